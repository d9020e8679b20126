using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Engine.Tests.Bundled;

public sealed class DeepResearchTests
{
    [Fact]
    public async Task DeepResearch_LiarsAmongResearchers_ReportRestsOnConfirmedClaimsOnly()
    {
        var report = "";
        var (_, result, _) = await BundledRun.RunAsync("deep-research", new { question = "Is it so?", angles = 2, rounds = 2 }, request => Play(request, ref report));

        Assert.Equal(["true one", "true two"], result.GetProperty("citations").Texts("claim"));
        Assert.Equal(["a lie"], result.GetProperty("refuted").Texts("claim"));
        Assert.Equal(["nobody knows"], result.GetProperty("unverified").Texts("claim"));
        Assert.Contains("[1] true one", report, StringComparison.Ordinal);
        Assert.DoesNotContain("[3]", report, StringComparison.Ordinal);
        Assert.Contains("could not be verified", report, StringComparison.Ordinal);
        Assert.Equal("The report cites [9], which do not exist.", result.GetProperty("warning").GetString());
    }

    [Fact]
    public async Task DeepResearch_NothingSurvives_SaysThatThereIsNoAnswer()
    {
        var (_, result, requests) = await BundledRun.RunAsync("deep-research", "Is it so?", request => request.Phase switch
        {
            "Angles" => new { angles = new[] { new { title = "one", task = "look" } } },
            "Search" => Claims("a lie"),
            _ => BundledRun.Vote("refuted"),
        });

        Assert.StartsWith("No claim survived", result.GetProperty("answer").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(requests, request => request.Phase == "Report");
    }

    [Fact]
    public async Task DeepResearch_WithoutAQuestion_FailsWithTheRemedy()
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => BundledRun.RunAsync("deep-research", null, _ => null));

        Assert.Contains("needs a question", failure.Message, StringComparison.Ordinal);
    }

    private static object? Play(AgentRequest request, ref string report)
    {
        switch (request.Phase)
        {
            case "Angles":
                return new { angles = new[] { new { title = "first", task = "look" }, new { title = "second", task = "look again" }, new { title = "left out", task = "x" } } };
            case "Search" when request.Label.StartsWith("first", StringComparison.Ordinal):
                return Claims("true one", "a lie");
            case "Search":
                return Claims("true two", "nobody knows", "TRUE  one");
            case "Verify":
                return BundledRun.Vote(
                    request.Prompt.Contains("a lie", StringComparison.Ordinal) ? "refuted"
                    : request.Prompt.Contains("nobody knows", StringComparison.Ordinal) ? "unverifiable" : "confirmed");
            default:
                report = request.Prompt;
                return new { answer = "yes [1]", report = "It is so [1][2], and [9].", confidence = "high" };
        }
    }

    private static object Claims(params string[] claims) => new
    {
        claims = claims.Select(claim => new { claim, source = "a.md:1", quote = "so it says" }),
        gaps = new[] { "the rest" },
    };
}
