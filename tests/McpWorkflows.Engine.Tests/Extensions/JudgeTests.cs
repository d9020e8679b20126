using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Tests.Extensions;

public sealed partial class JudgeTests
{
    [Fact]
    public async Task Judge_JudgesAgree_RanksByMeanWhateverTheOrderTheyReadIn()
    {
        var (result, run) = await PatternRun.RunAsync(
            "return await judge(['worth 3', 'worth 9', 'worth 6'], { judges: 4 })", ByWorth);

        Assert.Equal(("worth 9", 1), (result.GetProperty("winner").GetString(), result.GetProperty("index").GetInt32()));
        Assert.Equal([9.0, 6.0, 3.0], result.GetProperty("ranking").EnumerateArray().Select(one => one.GetProperty("score").GetDouble()));
        Assert.All(result.GetProperty("ranking").EnumerateArray(), one => Assert.Equal(4, one.GetProperty("scores").GetArrayLength()));
        Assert.True(run.Agents.Select(call => string.Join('|', Candidates(call).Select(one => one.Text))).Distinct().Count() >= 3);
    }

    [Fact]
    public async Task Judge_OneJudgeFailsAndOneLeavesOut_MeanIsOverTheScoresThereAre()
    {
        var (result, _) = await PatternRun.RunAsync(
            "return await judge(['a', 'b'], { judges: 3 })",
            call => call.Label switch
            {
                "judge 1" => null,
                "judge 2" => new { scores = new[] { new { candidate = NumberOf(call, "b"), score = 4, reason = "r" }, new { candidate = 9, score = 10, reason = "no such" } } },
                _ => new { scores = Candidates(call).Select(one => new { candidate = one.Number, score = one.Text == "a" ? 5 : 2, reason = "r" }) },
            });

        Assert.Equal(("a", 1), (result.GetProperty("winner").GetString(), result.GetProperty("failed").GetInt32()));
        Assert.Equal([5.0, 3.0], result.GetProperty("ranking").EnumerateArray().Select(one => one.GetProperty("score").GetDouble()));
    }

    [Fact]
    public async Task Judge_NobodyAnswers_NamesNoWinner()
    {
        var (result, _) = await PatternRun.RunAsync("return await judge(['a', 'b'])", _ => null);

        Assert.Equal((JsonValueKind.Null, -1), (result.GetProperty("winner").ValueKind, result.GetProperty("index").GetInt32()));
    }

    internal static IEnumerable<(int Number, string Text)> CandidateNumbers(string prompt) => Candidate().Matches(prompt)
        .Select(match => (int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), match.Groups[2].Value));

    private static IEnumerable<(int Number, string Text)> Candidates(AgentRequested call) => CandidateNumbers(call.Prompt);

    private static int NumberOf(AgentRequested call, string text) => Candidates(call).Single(one => one.Text == text).Number;

    private static object ByWorth(AgentRequested call) => new
    {
        scores = Candidates(call).Select(one => new { candidate = one.Number, score = int.Parse(one.Text[^1..], CultureInfo.InvariantCulture), reason = "its worth" }),
    };

    [GeneratedRegex("<candidate number=\"(\\d+)\">\n(.*?)\n</candidate>", RegexOptions.Singleline)]
    private static partial Regex Candidate();
}
