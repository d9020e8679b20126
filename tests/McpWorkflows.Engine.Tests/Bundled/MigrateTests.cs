using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Engine.Tests.Bundled;

public sealed class MigrateTests
{
    [Fact]
    public async Task Migrate_FilesOfEveryFate_AreReportedAsWhatTheyAre()
    {
        var (_, result, requests) = await BundledRun.RunAsync(
            "migrate", new { task = "use dates", files = new[] { "good", "mended", "hopeless", "dead", "as it is" }, rounds = 1, test = "make test" }, Play);

        Assert.Equal(["good", "mended"], result.GetProperty("done").Texts("file"));
        Assert.Equal(["as it is"], result.GetProperty("unchanged").Texts("file"));
        Assert.Equal(["hopeless"], result.GetProperty("notAccepted").Texts("file"));
        Assert.Equal(["dead"], result.GetProperty("failed").Texts("file"));
        var authors = requests.Where(request => request.Phase is "Change" or "Fix").ToList();
        Assert.All(authors, request => Assert.Equal("worktree", request.Options.Isolation));
        Assert.Contains("not nice", authors.Single(request => request.Label == "fix 1 mended").Prompt, StringComparison.Ordinal);
        Assert.Contains("The tests fail: boom", authors.Single(request => request.Label == "fix 1 hopeless").Prompt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Migrate_ReviewersGiveNoAnswer_IsNotAccepted()
    {
        var (_, result, _) = await BundledRun.RunAsync("migrate", new { task = "t", files = new[] { "good" }, rounds = 0 }, request =>
            request.Phase == "Review" ? null : Play(request));

        Assert.Equal(["good"], result.GetProperty("notAccepted").Texts("file"));
    }

    private static object? Play(AgentRequest request)
    {
        var file = request.Prompt.Split("File: ")[1].Split('\n')[0];
        if (request.Phase == "Review")
        {
            var approved = file is not "mended" || request.Prompt.Contains("second try", StringComparison.Ordinal);
            return new { approved, problems = approved ? Array.Empty<string>() : ["not nice"] };
        }

        return file == "dead" ? null : new
        {
            changed = file != "as it is",
            summary = request.Phase == "Fix" ? "second try" : "first try",
            diff = "+ x",
            tests = file == "hopeless" ? "failed" : "passed",
            testOutput = file == "hopeless" ? "boom" : "",
        };
    }
}
