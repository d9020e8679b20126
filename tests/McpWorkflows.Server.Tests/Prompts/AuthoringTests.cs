using System.Text.RegularExpressions;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Engine.Scripts;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Prompts;
using McpWorkflows.Server.Tests.Processes;

namespace McpWorkflows.Server.Tests.Prompts;

/// <summary>Whatever authoring.md shows to models must itself be good.</summary>
public sealed partial class AuthoringTests
{
    public static TheoryData<string> Scripts => [.. Fence().Matches(PromptFiles.Load("authoring.md")).Select(match => match.Groups[1].Value)];

    [Fact]
    public void Authoring_ShowsAScriptForEachPattern()
    {
        var text = string.Concat(Scripts.Select(row => row.Data));

        Assert.All(["verify(", "tournament(", "converge(", "pipeline(", "parallel(", "failures()", "budget.", "schema:"], part => Assert.Contains(part, text));
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Block_ValidatedAndRehearsed_HasNothingToComplainOf(string text)
    {
        var script = WorkflowScript.Parse(text, "authoring.js");
        using var folder = new TempFolder();
        await using var workbench = new Workbench(new WorkbenchOptions { Workspace = folder.Path, InMemory = true, Model = ModelSetup.Rehearsal });
        var engine = await workbench.EngineAsync(TestContext.Current.CancellationToken);

        var runId = await engine.StartAsync(
            new StartRun { Script = text, Model = ModelSetup.Rehearsal, Workspace = folder.Path }, TestContext.Current.CancellationToken);
        var status = await engine.WaitAsync(runId, ServerProcess.Timeout, TestContext.Current.CancellationToken);

        Assert.Empty(script.Warnings);
        Assert.True(status.Run.State == RunState.Completed, status.Run.Error ?? status.Run.State.ToText());
        Assert.InRange(status.Run.Totals.Agents, 2, 60);
        Assert.Equal([.. script.Meta.Phases.Select(phase => phase.Title)], status.Phases.Select(phase => phase.Title));
    }

    [GeneratedRegex(@"^```js\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
