using McpWorkflows.Server.Tests.Processes;
using McpWorkflows.Testing.Models;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace McpWorkflows.Server.Tests.Tools;

/// <summary>What calls ran with, and who said so, as a client of the real server is told.</summary>
public sealed class OptionOriginTests
{
    private const string Script = """
        export const meta = { name: 'origins', description: 'A call for each origin' }
        await agent('One.', { label: 'stated', model: 'openai/mine', effort: 'low', stallMs: 9000, retries: 1, maxTurns: 7 })
        await agent('Two.', { label: 'typed', agentType: 'reviewer' })
        await agent('Three.', { label: 'plain' })
        return 'ok'
        """;

    [Fact]
    public async Task Status_InFull_NamesCallTypeRunAndConfiguration()
    {
        await using var model = await ModelServer.StartAsync(_ => ModelReply.Text("ok"));
        using var folder = new TempFolder().With(model);
        folder.Write(".mcpworkflows/agents/reviewer.md", "---\nname: reviewer\nmodel: openai/typed\neffort: high\ntools: Read\n---\nReview.\n");
        var variables = folder.Environment.Append(KeyValuePair.Create("MCPWORKFLOWS_MODEL", "openai/configured"));
        await using var client = await McpClient.CreateAsync(
            new StdioClientTransport(new StdioClientTransportOptions
            {
                Command = ServerProcess.Executable,
                Arguments = ["serve"],
                WorkingDirectory = folder.Path,
                InheritEnvironmentVariables = false,
                EnvironmentVariables = StdioClientTransportOptions.GetDefaultEnvironmentVariables()
                    .Concat(variables.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)))
                    .GroupBy(pair => pair.Key).ToDictionary(group => group.Key, group => group.Last().Value),
            }),
            cancellationToken: TestContext.Current.CancellationToken);

        var configured = await StatusAsync(client, new() { ["script"] = Script, ["waitSeconds"] = 30 });
        var chosen = await StatusAsync(client, new() { ["script"] = Script, ["model"] = "openai/chosen", ["waitSeconds"] = 30 });

        Assert.True(configured.Contains("\"state\":\"completed\"", StringComparison.Ordinal), configured);
        Assert.Contains("model openai/mine (call), effort low (call), stallMs 9000 (call), maxTurns 7 (call), retries 1 (call)", configured, StringComparison.Ordinal);
        Assert.Contains("model openai/typed (agentType), effort high (agentType), tools", configured, StringComparison.Ordinal);
        Assert.Contains("model openai/configured (configuration)", configured, StringComparison.Ordinal);
        Assert.Contains("model openai/chosen (run)", chosen, StringComparison.Ordinal);
        Assert.Equal(["mine", "typed", "configured", "mine", "typed", "chosen"], model.Log.Calls.Select(call => call.Model));
    }

    private static async Task<string> StatusAsync(McpClient client, Dictionary<string, object?> start)
    {
        var started = await CallAsync(client, "start_workflow", start);
        return (await CallAsync(client, "get_status", new() { ["runId"] = started.GetProperty("runId").GetString(), ["detail"] = "full" })).GetRawText();
    }

    private static async Task<System.Text.Json.JsonElement> CallAsync(McpClient client, string tool, Dictionary<string, object?> arguments)
    {
        var result = await client.CallToolAsync(tool, arguments, cancellationToken: TestContext.Current.CancellationToken);
        Assert.False(result.IsError is true, string.Join(' ', result.Content.OfType<TextContentBlock>().Select(block => block.Text)));
        return result.StructuredContent!.Value;
    }
}
