using System.Globalization;
using System.Text.RegularExpressions;
using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Engine.Tests.Bundled;

public sealed partial class CodeReviewTests
{
    private static readonly string[] Files = ["a.cs", "b.cs"];

    [Fact]
    public async Task CodeReview_LiarsLazyAndFailingFinders_ReportsOnlyWhatIsReal()
    {
        // Line 1 of each file is a real defect, line 2 an invented one; the finder of the third lens is lazy, b.cs's second fails.
        var (status, result, _) = await BundledRun.RunAsync("code-review", new { files = Files }, request => request.Label switch
        {
            var label when label.StartsWith("verify ", StringComparison.Ordinal) => BundledRun.Vote(label.Contains(":1 ", StringComparison.Ordinal) ? "confirmed" : "refuted"),
            var label when label.StartsWith("find b.cs (what happens", StringComparison.Ordinal) => null,
            var label when label.StartsWith("find ", StringComparison.Ordinal) && !label.Contains("more than one", StringComparison.Ordinal) => Findings(FileOf(request), 1, 2),
            _ => Findings(FileOf(request)),
        });

        Assert.Equal(["a.cs", "b.cs"], result.GetProperty("findings").Texts("file"));
        Assert.Equal(["1", "1"], result.GetProperty("findings").Texts("line"));
        Assert.Equal(["2", "2"], result.GetProperty("refuted").Texts("line"));
        Assert.Equal(["b.cs"], result.GetProperty("notRead").Texts("file"));
        Assert.Equal(1, status.Run.Totals.Failed);
    }

    [Fact]
    public async Task CodeReview_VerifierFails_FindingIsUnverifiedAndNotReported()
    {
        var (_, result, _) = await BundledRun.RunAsync("code-review", new { files = new[] { "a.cs" }, sweeps = 0 }, request =>
            request.Label.StartsWith("verify ", StringComparison.Ordinal) ? null : Findings("a.cs", 7));

        Assert.Empty(result.GetProperty("findings").EnumerateArray());
        Assert.Equal(["7"], result.GetProperty("unverified").Texts("line"));
    }

    [Fact]
    public async Task CodeReview_SweepFindsWhatAllMissed_IsVerifiedAndReported()
    {
        var (_, result, requests) = await BundledRun.RunAsync("code-review", new { files = Files }, request => request.Label switch
        {
            var label when label.StartsWith("verify ", StringComparison.Ordinal) => BundledRun.Vote("confirmed"),
            var label when label.StartsWith("sweep ", StringComparison.Ordinal) => Findings(FileOf(request), 5),
            _ => Findings(FileOf(request)),
        });

        Assert.Equal(["5", "5"], result.GetProperty("findings").Texts("line"));
        Assert.Equal(2, requests.Count(request => request.Phase == "Sweep" && request.Label.StartsWith("sweep", StringComparison.Ordinal)));
    }

    // A fault is found by each of three finders and one sweep with probability recall, and confirmed with probability
    // trust; an invented one is reported by each with probability noise and confirmed with probability gullible. All
    // draws are independent, so pooled counts are binomial.
    [Theory]
    [InlineData(0.5, 0.9, 0.2, 0.1)]
    [InlineData(0.3, 0.8, 0.4, 0.3)]
    [InlineData(0.8, 1.0, 0.1, 0.0)]
    public async Task CodeReview_FindersOfStatedRecallAndPrecision_ReportLiesInThePredictedInterval(double recall, double trust, double noise, double gullible)
    {
        const int Seeds = 60;
        const int Faults = 4;
        var (found, invented) = (0, 0);
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var draws = seed;
            bool Draw(AgentRequest request, int line, double chance) => Chance($"{draws}|{request.Label}|{line}") < chance;
            var (_, result, _) = await BundledRun.RunAsync("code-review", new { files = Files }, request =>
            {
                if (request.Label.StartsWith("verify ", StringComparison.Ordinal))
                {
                    var line = int.Parse(request.Label[(request.Label.IndexOf(':', StringComparison.Ordinal) + 1)..].Split(' ')[0], CultureInfo.InvariantCulture);
                    return BundledRun.Vote(Draw(request, line, IsReal(line) ? trust : gullible) ? "confirmed" : "refuted");
                }

                return Findings(FileOf(request), [.. Enumerable.Range(1, 2 * Faults).Where(line => Draw(request, line, IsReal(line) ? recall : noise))]);
            });
            var lines = result.GetProperty("findings").Texts("line").Select(line => int.Parse(line, CultureInfo.InvariantCulture)).ToList();
            found += lines.Count(IsReal);
            invented += lines.Count(line => !IsReal(line));
        }

        var trials = Seeds * Faults * Files.Length;
        var (foundChance, inventedChance) = (Reported(recall) * trust, Reported(noise) * gullible);
        AssertWithin(found, trials, foundChance);
        AssertWithin(invented, trials, inventedChance);
        var precision = (double)found / (found + invented);
        var predicted = foundChance / (foundChance + inventedChance);
        Assert.InRange(precision, predicted - (1.96 * PrecisionDeviation(trials, foundChance, inventedChance)) - 1e-9, predicted + (1.96 * PrecisionDeviation(trials, foundChance, inventedChance)) + 1e-9);
    }

    private static bool IsReal(int line) => line <= 4;

    /// <summary>By at least one of three finders and one sweep.</summary>
    private static double Reported(double chance) => 1 - Math.Pow(1 - chance, 4);

    private static void AssertWithin(int count, int trials, double chance)
    {
        var deviation = Math.Sqrt(trials * chance * (1 - chance));
        Assert.InRange(count, (trials * chance) - (1.96 * deviation) - 1e-9, (trials * chance) + (1.96 * deviation) + 1e-9);
    }

    /// <summary>First order, of x / (x + y) for two independent binomial counts.</summary>
    private static double PrecisionDeviation(int trials, double x, double y)
    {
        var (meanX, meanY) = (trials * x, trials * y);
        var (varX, varY) = (meanX * (1 - x), meanY * (1 - y));
        return Math.Sqrt((meanY * meanY * varX) + (meanX * meanX * varY)) / Math.Pow(meanX + meanY, 2);
    }

    /// <summary>From 0 to below 1, the same for the same text.</summary>
    private static double Chance(string text)
    {
        var hash = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text));
        return (BitConverter.ToUInt64(hash) >> 11) * (1.0 / (1UL << 53));
    }

    private static string FileOf(AgentRequest request) => FileLine().Match(request.Prompt).Groups[1].Value;

    private static object Findings(string file, params int[] lines) => new
    {
        findings = lines.Select(line => new { file, line, title = $"defect at {line}", evidence = "x", consequence = "y", severity = "high" }),
    };

    [GeneratedRegex("^File: (.*)$", RegexOptions.Multiline)]
    private static partial Regex FileLine();
}
