using System.Text;
using Acornima.Ast;

namespace Acornima.Tests.Conformance;

/// <summary>Every tree is acorn's: types, ranges, places, values, operators, kinds and flags of each node.</summary>
public sealed class AcornTreesTests
{
    private const int PerPackage = 20;

    [Fact]
    public async Task RealSources_GiveTheTreesOfAcorn()
    {
        var kit = ConformanceKit.Require();
        var sources = kit.Sources(PerPackage);

        var trees = await CompareAsync(kit, sources);

        Assert.True(trees >= 200, $"{trees} trees");
        TestContext.Current.TestOutputHelper?.WriteLine($"{trees} trees of {sources.Sum(source => new FileInfo(source).Length) / 1e6:0.0} MB are alike.");
    }

    [Theory]
    [InlineData("pass")]
    [InlineData("pass-explicit")]
    public async Task ConformanceSources_GiveTheTreesOfAcorn(string set)
    {
        var kit = ConformanceKit.Require();
        var sources = Directory.GetFiles(Path.Combine(kit.Modules, "test262-parser-tests", set));

        var trees = await CompareAsync(kit, sources);

        Assert.Equal(1981, sources.Length);
        Assert.True(trees > 1970, $"{trees} trees");
    }

    /// <summary>Gives the number of trees that are alike; fails on the first that is not.</summary>
    private static async Task<int> CompareAsync(ConformanceKit kit, IReadOnlyList<string> sources)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var (compared, trees) = (0, 0);
        await foreach (var answer in kit.AcornAsync(sources, cancellationToken, "trees"))
        {
            var source = sources[compared++];
            var text = ConformanceKit.Read(source);
            var (kind, rest) = (answer[..answer.IndexOf(' ')], answer[(answer.IndexOf(' ') + 1)..]);
            if (kind == "refused")
            {
                Assert.False(Parses(text, "script") || Parses(text, "module"), $"{source}: acorn refuses it: {rest}");
                continue;
            }

            if (!string.Equals(DeepStack.Run(() => EsTreeText.Hash(Parse(text, kind, source))), rest, StringComparison.Ordinal))
            {
                var theirs = await kit.AcornAsync([], cancellationToken, "tree", kind, source).ToListAsync(cancellationToken);
                var ours = DeepStack.Run(() => EsTreeText.Lines(Parse(text, kind, source)));
                Assert.Fail(FirstDifference(source, ours, theirs));
            }

            trees++;
        }

        Assert.Equal(sources.Count, compared);
        return trees;
    }

    private static string FirstDifference(string source, IReadOnlyList<string> ours, IReadOnlyList<string> theirs)
    {
        var at = ours.Zip(theirs).TakeWhile(pair => pair.First == pair.Second).Count();
        var message = new StringBuilder().Append(source).AppendLine(": the trees differ, in the last of these nodes:");
        foreach (var line in theirs.Take(at).Where(line => line.Contains('-') && line.Contains(':')).TakeLast(3))
        {
            message.AppendLine(line);
        }

        return message
            .Append("acorn: ").AppendLine(at < theirs.Count ? theirs[at] : "(end)")
            .Append("ours:  ").Append(at < ours.Count ? ours[at] : "(end)")
            .ToString();
    }

    private static Program Parse(string text, string kind, string source) => kind == "module"
        ? new Parser().ParseModule(text, source)
        : new Parser().ParseScript(text, source);

    private static bool Parses(string text, string kind) =>
        DeepStack.Run(() => Record.Exception(() => Parse(text, kind, "")) is null);
}
