using System.Text.RegularExpressions;
using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Tests.Extensions;

public sealed partial class TournamentTests
{
    [Fact]
    public async Task Tournament_FiveCandidates_BestWinsWithAByeInFourMatches()
    {
        var (result, run) = await PatternRun.RunAsync("return await tournament(['2', '5', '1', '4', '3'])", Larger);

        Assert.Equal(("5", 1), (result.GetProperty("winner").GetString(), result.GetProperty("index").GetInt32()));
        Assert.Equal([3, 2, 1], result.GetProperty("rounds").EnumerateArray().Select(round => round.GetArrayLength()));
        Assert.Equal(4, run.Agents.Count());
    }

    [Fact]
    public async Task Tournament_JudgesWhoAlwaysLikeTheFirst_CancelEachOtherOut()
    {
        var (result, _) = await PatternRun.RunAsync(
            "return await tournament(['a', 'b'], { judges: 2 })", _ => new { better = "first", reason = "it came first" });

        Assert.False(result.GetProperty("rounds")[0][0].GetProperty("decided").GetBoolean());
    }

    [Fact]
    public async Task Tournament_EveryJudgeFails_KeepsTheEarlierAndSaysSo()
    {
        var (result, _) = await PatternRun.RunAsync("return await tournament(['a', 'b', 'c'])", _ => null);

        Assert.Equal("a", result.GetProperty("winner").GetString());
        Assert.False(result.GetProperty("rounds")[1][0].GetProperty("decided").GetBoolean());
    }

    [Fact]
    public async Task Tournament_OneCandidate_WinsUnseen()
    {
        var (result, run) = await PatternRun.RunAsync("return await tournament(['only'])", _ => null);

        Assert.Equal("only", result.GetProperty("winner").GetString());
        Assert.Empty(run.Agents);
    }

    private static object Larger(AgentRequested call)
    {
        var match = Pair().Match(call.Prompt);
        return new { better = string.CompareOrdinal(match.Groups[1].Value, match.Groups[2].Value) > 0 ? "first" : "second", reason = "larger" };
    }

    [GeneratedRegex("<first>\n(.*)\n</first>\n\n<second>\n(.*)\n</second>")]
    private static partial Regex Pair();
}
