using System.Text.RegularExpressions;

namespace Acornima.Tests.Conformance;

/// <summary>
/// Parse verdicts over a checkout of the standard's own test suite, which the npm registry does not carry: by hand, with
/// <c>MCPWORKFLOWS_TEST262</c> set to the checkout. Every test parses but those that expect an early error.
/// </summary>
public sealed partial class Test262Tests
{
    private const string Variable = "MCPWORKFLOWS_TEST262";

    /// <summary>Where the verdicts are not the suite's, by the beginning of the path.</summary>
    private static readonly Dictionary<string, string> Known = new(StringComparer.Ordinal)
    {
        ["test/annexB/language/expressions/assignmenttargettype/"] = "f() = 1 is an early error in sloppy code too, instead of an error at run time",
        ["test/language/identifiers/part-unicode-17."] = "identifiers follow the Unicode version of .NET, which is 16",
        ["test/language/identifiers/start-unicode-17."] = "identifiers follow the Unicode version of .NET, which is 16",
    };

    [Fact]
    public void EveryTest_GetsItsVerdict()
    {
        var checkout = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(string.IsNullOrEmpty(checkout), $"By hand: set {Variable} to a checkout of tc39/test262.");
        var files = Directory.GetFiles(Path.Combine(checkout!, "test"), "*.js", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith("_FIXTURE.js", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).ToList();

        var verdicts = files.Select(file => (Path: Path.GetRelativePath(checkout!, file), IsRight: Judge(file))).ToList();

        Assert.InRange(verdicts.Count(verdict => verdict.IsRight == true), 40_000, int.MaxValue);
        var wrong = verdicts
            .Where(verdict => verdict.IsRight == false && !Known.Keys.Any(known => verdict.Path.StartsWith(known, StringComparison.Ordinal)))
            .Select(verdict => verdict.Path);
        Assert.Equal([], wrong);
    }

    /// <summary>Null for a test of a proposal.</summary>
    private static bool? Judge(string file)
    {
        var text = ConformanceKit.Read(file);
        var meta = Meta().Match(text).Groups[1].Value;
        if (Proposals().IsMatch(meta))
        {
            return null;
        }

        var isEarly = EarlyError().IsMatch(meta);
        return Verdicts(text, Flags().Match(meta).Groups[1].Value).All(accepted => accepted != isEarly);
    }

    private static IEnumerable<bool> Verdicts(string text, string flags)
    {
        if (flags.Contains("module", StringComparison.Ordinal))
        {
            yield return Accepts(() => new Parser().ParseModule(text));
            yield break;
        }

        if (!flags.Contains("onlyStrict", StringComparison.Ordinal))
        {
            yield return Accepts(() => new Parser().ParseScript(text));
        }

        if (!flags.Contains("noStrict", StringComparison.Ordinal) && !flags.Contains("raw", StringComparison.Ordinal))
        {
            yield return Accepts(() => new Parser().ParseScript(text, strict: true));
        }
    }

    private static bool Accepts(Func<Acornima.Ast.Program> parse) => Record.Exception(parse) switch
    {
        null => true,
        ParseErrorException => false,
        var other => throw other,
    };

    [GeneratedRegex(@"/\*---(.*?)---\*/", RegexOptions.Singleline)]
    private static partial Regex Meta();

    [GeneratedRegex(@"flags:\s*(\[.*?\]|(?:\n\s*-\s*\w+)+)")]
    private static partial Regex Flags();

    [GeneratedRegex(@"negative:\s*\n\s*phase:\s*parse|negative:\s*\n\s*type:\s*SyntaxError\s*\n\s*phase:\s*parse")]
    private static partial Regex EarlyError();

    [GeneratedRegex(@"\b(decorators|source-phase-imports|import-defer|import-text|import-bytes)\b")]
    private static partial Regex Proposals();
}
