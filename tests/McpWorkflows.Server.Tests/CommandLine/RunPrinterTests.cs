using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Server.CommandLine;

namespace McpWorkflows.Server.Tests.CommandLine;

public class RunPrinterTests
{
    [Fact]
    public void Summarize_OneCauseForManyAgents_SaysItOnce()
    {
        var failures = Enumerable.Range(1, 100).Select(i => new FailureStatus(i, $"agent {i}", null, i == 50 ? "Odd one." : "No server answers.", 1, null));

        var text = Summary(Status(RunState.CompletedWithFailures) with { Failures = [.. failures] });

        Assert.Contains("failed: agent 1, agent 2, agent 3, agent 4, agent 5 and 94 more: No server answers.", text);
        Assert.Contains("failed: agent 50: Odd one.", text);
        Assert.Single(System.Text.RegularExpressions.Regex.Matches(text, "No server answers"));
    }

    [Fact]
    public void Summarize_ScriptFailed_AsksForTheCorrectedScript() =>
        Assert.Contains("resume wf_a --script review.js", Summary(Status(RunState.Failed, "review.js:2:1: ReferenceError: x is not defined")));

    [Fact]
    public void Summarize_KilledBeforeItsTimeWasWritten_DoesNotMakeOneUp() =>
        Assert.DoesNotContain("0.0 s", Summary(Status(RunState.Interrupted)));

    private static string Summary(RunStatus status)
    {
        var writer = new StringWriter();
        RunPrinter.Summarize(status, writer);
        return writer.ToString();
    }

    private static RunStatus Status(RunState state, string? error = null) => new()
    {
        Run = new RunRecord
        {
            Id = "wf_a",
            Name = "review",
            Script = "",
            FileName = "review.js",
            Settings = new RunSettings { Workspace = "/w", Seed = 1 },
            State = state,
            Error = error,
            CreatedAt = DateTimeOffset.UnixEpoch,
        },
    };
}
