using System.Text.Json;
using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.Tests.Scripting;

namespace McpWorkflows.Engine.Tests.Extensions;

/// <summary>Runs a script against agents that a test plays.</summary>
internal static class PatternRun
{
    /// <param name="answer">The agent's answer, to be written as JSON; null for one that fails.</param>
    public static async Task<(JsonElement Result, ScriptDriver Run)> RunAsync(string body, Func<AgentRequested, object?> answer)
    {
        var driver = new ScriptDriver { Agent = request => new Resolved(JsonSerializer.Serialize(answer(request))) };
        var run = await ScriptDriver.RunAsync(body, driver);
        return (JsonElement.Parse(run.ResultJson!), run);
    }

    public static Func<AgentRequested, object?> InTurn(params object?[] answers)
    {
        var next = 0;
        return _ => answers[next++];
    }

    public static object Vote(string verdict) => new { verdict, reason = $"because {verdict}", evidence = "a.cs:1" };
}
