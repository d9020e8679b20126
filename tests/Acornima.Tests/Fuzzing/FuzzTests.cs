using System.Globalization;
using Acornima.Tests.Conformance;

namespace Acornima.Tests.Fuzzing;

/// <summary>
/// Whatever the source, there is a tree or a parse error, and soon. Longer by hand: <c>MCPWORKFLOWS_FUZZ_SECONDS=3600</c>,
/// elsewhere in the space of sources with <c>MCPWORKFLOWS_FUZZ_SEED=1000000</c>,
/// more verdicts with <c>MCPWORKFLOWS_FUZZ_COMPARED=100000</c>.
/// </summary>
public sealed class FuzzTests
{
    private static readonly int Compared = Setting("COMPARED") ?? 4_000;

    private static readonly int Seed = Setting("SEED") ?? 1;

    [Fact]
    public void MadeUpSources_GiveATreeOrAParseError()
    {
        var kit = ConformanceKit.Find();
        var run = new FuzzRun(new SourceFuzzer(Corpus.Load(kit)), Seed, TimeSpan.FromSeconds(Setting("SECONDS") ?? (kit is null ? 3 : 15)));

        var failure = run.Run();

        TestContext.Current.TestOutputHelper?.WriteLine($"{run.Count} sources from seed {Seed}");
        Assert.True(failure is null, failure);
        Assert.True(run.Count > 100, $"{run.Count} sources");
    }

    [Fact]
    public async Task MadeUpSources_GetTheVerdictsOfAcorn()
    {
        var kit = ConformanceKit.Require();
        var fuzzer = new SourceFuzzer(Corpus.Load(kit));
        var sources = Enumerable.Range(Seed, Compared).Select(fuzzer.Source).ToArray();

        var verdicts = await kit.AcornAsync(sources.Select(EsTreeText.Quote), TestContext.Current.CancellationToken, "verdicts")
            .ToListAsync(TestContext.Current.CancellationToken);

        Assert.Equal(sources.Length, verdicts.Count);
        var differences = sources.Zip(verdicts)
            .SelectMany((pair, index) => new[]
            {
                Difference(pair.First, pair.Second[0], Seed + index, "script"),
                Difference(pair.First, pair.Second[1], Seed + index, "module"),
            })
            .OfType<string>()
            .ToList();
        Assert.True(differences.Count == 0, string.Join('\n', differences.Take(5)));
        Assert.InRange(verdicts.Count(verdict => verdict.Contains('1')), Compared / 20, Compared);
    }

    private static string? Difference(string source, char theirs, int seed, string kind)
    {
        var parser = new Parser();
        var error = DeepStack.Run(() => Record.Exception(() =>
        {
            _ = kind == "script" ? (Acornima.Ast.Program)parser.ParseScript(source) : parser.ParseModule(source);
        }));
        return theirs == '?' || theirs == (error is null ? '1' : '0')
            ? null
            : $"seed {seed} as {kind}: acorn {(theirs == '1' ? "accepts" : "refuses")}, ours says {error?.Message ?? "fine"}: {source}";
    }

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable("MCPWORKFLOWS_FUZZ_" + name), CultureInfo.InvariantCulture, out var value) ? value : null;
}
