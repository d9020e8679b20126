using System.Text.Json;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.Tests.Runs;
using McpWorkflows.Engine.Workflows;

namespace McpWorkflows.Engine.Tests.Bundled;

/// <summary>Runs a bundled workflow against agents that a test plays.</summary>
internal static class BundledRun
{
    /// <param name="answer">The answer, to be written as JSON; null for an agent that fails.</param>
    public static async Task<(RunStatus Status, JsonElement Result, IReadOnlyList<AgentRequest> Requests)> RunAsync(
        string name, object? args, Func<AgentRequest, object?> answer)
    {
        await using var harness = new EngineHarness(runtimes: new JintScriptRuntimeFactory());
        harness.Agents.Otherwise = request => answer(request) is { } value
            ? new AgentOutcome { Kind = AgentOutcomeKind.Succeeded, AnswerJson = JsonSerializer.Serialize(value), Usage = new AgentUsage(1, 10), Attempts = 1 }
            : FakeAgents.Failure("the test's agent failed");
        var workflow = BundledWorkflows.All.Single(one => one.Name == name);
        var runId = await harness.Engine.StartAsync(
            new StartRun { Script = workflow.Script, FileName = workflow.FileName, Workspace = "/w", ArgsJson = args is null ? null : JsonSerializer.Serialize(args) },
            TestContext.Current.CancellationToken);
        var status = await harness.EndOfAsync(runId);
        Assert.True(status.Run.State is RunState.Completed or RunState.CompletedWithFailures, status.Run.Error);
        return (status, JsonElement.Parse(status.Run.ResultJson!), harness.Agents.Requests);
    }

    public static object Vote(string verdict) => new { verdict, reason = $"because it is {verdict}", evidence = "seen" };

    public static string[] Texts(this JsonElement list, string member) => [.. list.EnumerateArray().Select(item => item.GetProperty(member).ToString())];
}
