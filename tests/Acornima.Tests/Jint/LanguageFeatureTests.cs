using System.Runtime.CompilerServices;
using Acornima.Tests.Conformance;
using Jint;

namespace Acornima.Tests.Jint;

/// <summary>
/// What scripts use of the language, on the engine: each line of <c>Features</c> is the body of an async function in strict
/// mode, and what it returns, as JSON, stands in the line below. Node gives the same.
/// </summary>
public sealed class LanguageFeatureTests
{
    private const string Expected = "// => ";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>What goes wrong although the tree is right: the beginning of the code, and what is wrong.</summary>
    private static readonly Dictionary<string, string> FaultsElsewhere = new(StringComparer.Ordinal)
    {
        ["return [...\"👨‍👩‍👧\"].length;"] = "Jint 4.18.0 iterates strings by grapheme clusters, not by code points",
        ["return ['é'.normalize('NFD').length"] = "without ICU .NET leaves characters beyond ASCII as they are when it normalizes",
        ["const r = Object.defineProperty([1, 2, 3, 4]"] = "Jint 4.18.0: slice(n) of an array with defined elements gives holes",
    };

    public static TheoryData<string> Areas => [.. Directory.GetFiles(Folder(), "*.txt").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Areas))]
    public void Features_OnJint_GiveWhatTheStandardSays(string area)
    {
        var wrong = new List<string>();
        foreach (var (code, expected) in Read(area))
        {
            var result = Run(code);
            if (result != expected && !IsKnown(code))
            {
                wrong.Add($"{code}\n  expected {expected}\n  gave     {result}");
            }
            else if (result == expected && IsKnown(code))
            {
                wrong.Add($"{code}\n  works now: take it out of the list");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task Features_OnNode_GiveTheSame()
    {
        var kit = ConformanceKit.Require();
        var all = Directory.GetFiles(Folder(), "*.txt").Select(path => Path.GetFileNameWithoutExtension(path)).SelectMany(Read).ToList();

        var results = await kit.AcornAsync(all.Select(pair => EsTreeText.Quote(pair.Code)), TestContext.Current.CancellationToken, "run")
            .ToListAsync(TestContext.Current.CancellationToken);

        Assert.True(all.Count >= 200, $"{all.Count} lines");
        Assert.Equal(all.Select(pair => pair.Result), results);
    }

    private static bool IsKnown(string code) => FaultsElsewhere.Keys.Any(start => code.StartsWith(start, StringComparison.Ordinal));

    private static string Run(string code)
    {
        try
        {
            var engine = new Engine(options =>
            {
                options.Strict = true;
                options.TimeZone = TimeZoneInfo.Utc;
                options.TimeoutInterval(Patience);
            });
            return engine.Evaluate($"(async () => JSON.stringify(await (async () => {{ {code}\n }})()))()")
                .UnwrapIfPromise(TestContext.Current.CancellationToken).ToString();
        }
        catch (Exception exception) when (exception is ParseErrorException or JintException)
        {
            return $"{exception.GetType().Name}: {exception.Message}";
        }
    }

    private static IEnumerable<(string Code, string Result)> Read(string area)
    {
        // Not File.ReadLines: some lines hold separators of their own.
        var lines = File.ReadAllText(Path.Combine(Folder(), area + ".txt")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.Chunk(2).Select(pair => (pair[0], pair[1][Expected.Length..]));
    }

    private static string Folder([CallerFilePath] string path = "") => Path.Combine(Path.GetDirectoryName(path)!, "Features");
}
