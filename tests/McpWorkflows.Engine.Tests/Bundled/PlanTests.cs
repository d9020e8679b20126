using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Engine.Tests.Bundled;

public sealed class PlanTests
{
    [Fact]
    public async Task Plan_OneDraftFailsAndSkepticsObject_MendsTheMergedPlan()
    {
        var (status, result, requests) = await BundledRun.RunAsync("plan", "move the house", Play);

        Assert.Equal("mended", result.GetProperty("plan").GetProperty("summary").GetString());
        Assert.Equal(1, result.GetProperty("draftsFailed").GetInt32());
        Assert.Equal(2, result.GetProperty("judged").GetArrayLength());
        Assert.Single(result.GetProperty("objections").EnumerateArray());
        Assert.Equal(1, status.Run.Totals.Failed);
        Assert.Contains("summary\": \"draft 2", requests.Single(request => request.Label == "merge").Prompt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_MendingFails_SaysThatObjectionsStand()
    {
        var (_, result, _) = await BundledRun.RunAsync("plan", "move the house", request => request.Label == "mend" ? null : Play(request));

        Assert.True(result.GetProperty("unanswered").GetBoolean());
        Assert.Equal("merged", result.GetProperty("plan").GetProperty("summary").GetString());
    }

    private static object? Play(AgentRequest request) => request.Label switch
    {
        var label when label.Contains("smallest", StringComparison.Ordinal) => null,
        var label when label.StartsWith("draft: risk", StringComparison.Ordinal) => PlanOf("draft 1"),
        var label when label.StartsWith("draft: ", StringComparison.Ordinal) => PlanOf("draft 2"),
        var label when label.StartsWith("judge", StringComparison.Ordinal) => new
        {
            scores = Extensions.JudgeTests.CandidateNumbers(request.Prompt).Select(one => new
            {
                candidate = one.Number,
                score = one.Text.Contains("draft 2", StringComparison.Ordinal) ? 9 : 3,
                reason = "r",
            }),
        },
        "merge" => PlanOf("merged"),
        "mend" => PlanOf("mended"),
        var label => BundledRun.Vote(label.Contains("harm", StringComparison.Ordinal) ? "refuted" : "confirmed"),
    };

    private static object PlanOf(string summary) => new { summary, steps = new[] { new { what = "w", where = "x", check = "c" } }, risks = Array.Empty<string>(), open = Array.Empty<string>() };
}
