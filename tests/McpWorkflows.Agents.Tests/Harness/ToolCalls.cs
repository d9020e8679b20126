using System.Text.Json;
using McpWorkflows.Agents.Tools;

namespace McpWorkflows.Agents.Tests.Harness;

/// <summary>Calls tools as a model does: with JSON.</summary>
internal static class ToolCalls
{
    public static Task<string> CallAsync(this AgentTool tool, object arguments, CancellationToken? token = null) => tool.InvokeAsync(
        new ToolArguments(JsonSerializer.SerializeToElement(arguments).EnumerateObject().ToDictionary(member => member.Name, member => (object?)member.Value)),
        token ?? TestContext.Current.CancellationToken);

    public static async Task<string> RefusalAsync(this AgentTool tool, object arguments) =>
        (await Assert.ThrowsAsync<ToolException>(() => tool.CallAsync(arguments))).Message;
}
