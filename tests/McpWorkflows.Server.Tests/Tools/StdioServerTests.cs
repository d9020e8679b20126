using System.Text.Json;
using McpWorkflows.Server.Tests.Processes;
using McpWorkflows.Testing.Models;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace McpWorkflows.Server.Tests.Tools;

public class StdioServerTests
{
    private const string OneAgent = "export const meta = { name: 'one', description: 'One agent' }\nconsole.log('to the log')\nreturn await agent('hello', { label: 'greeter' })\n";

    [Fact]
    public async Task Serve_RealClient_RunsAWorkflowAgainstAModelServer()
    {
        await using var model = await ModelServer.StartAsync(call => ModelReply.Text($"you said {call.Prompt.Trim()[..5]}"));
        using var folder = new TempFolder().With(model);
        await using var client = await ConnectAsync(folder, "serve", "--model", "openai/test-model");

        var answer = await CallAsync(client, "start_workflow", new() { ["script"] = OneAgent, ["waitSeconds"] = 30 });

        Assert.Equal("completed", answer.GetProperty("state").GetString());
        Assert.StartsWith("you said", answer.GetProperty("result").GetString());
        Assert.DoesNotContain(folder.Path, answer.GetRawText());
    }

    [Fact]
    public async Task Serve_WithoutModel_StartSaysHowToConfigureOneAndNamesRehearsal()
    {
        using var folder = new TempFolder();
        await using var client = await ConnectAsync(folder, "serve");

        var refused = await client.CallToolAsync(
            "start_workflow", new Dictionary<string, object?> { ["script"] = OneAgent }, cancellationToken: TestContext.Current.CancellationToken);
        var rehearsed = await CallAsync(client, "start_workflow", new() { ["script"] = OneAgent, ["model"] = "rehearsal", ["waitSeconds"] = 30 });

        Assert.True(refused.IsError);
        var text = Assert.IsType<TextContentBlock>(Assert.Single(refused.Content)).Text;
        Assert.Contains("OPENAI_API_KEY", text);
        Assert.Contains("rehearsal", text);
        Assert.True(rehearsed.GetProperty("rehearsed").GetBoolean());
        Assert.Contains("made up", rehearsed.GetProperty("next").GetString());
    }

    [Fact]
    public async Task Serve_ToolList_IsTheApprovedOne()
    {
        using var folder = new TempFolder();
        await using var client = await ConnectAsync(folder, "serve");

        var tools = await client.ListToolsAsync(cancellationToken: TestContext.Current.CancellationToken);
        var text = string.Join("\n", tools.OrderBy(tool => tool.Name, StringComparer.Ordinal).Select(Describe));

        Approved.Verify("tools.txt", $"{client.ServerInstructions}\n\n{text}");
    }

    [Fact]
    public async Task Serve_RawStream_HoldsNothingButProtocolAndEndsWithItsInput()
    {
        using var folder = new TempFolder();
        using var process = ServerProcess.Start(folder.Path, folder.Environment, "serve", "--model", "rehearsal");
        await process.StandardInput.WriteLineAsync("""{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}""");
        await process.StandardInput.WriteLineAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(new
        {
            jsonrpc = "2.0",
            id = 2,
            method = "tools/call",
            @params = new { name = "start_workflow", arguments = new { script = OneAgent, waitSeconds = 30 } },
        }));
        await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        var lines = new List<string>();
        while (!lines.Any(line => line.Contains("\"id\":2", StringComparison.Ordinal)))
            lines.Add(await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(ServerProcess.Timeout, TestContext.Current.CancellationToken) ?? throw new EndOfStreamException());
        process.StandardInput.Close();

        var rest = await ServerProcess.EndAsync(process);

        Assert.Equal(0, rest.ExitCode);
        Assert.Empty(rest.Output);
        Assert.StartsWith("Agents run on ", Assert.Single(rest.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.All(lines, line => Assert.Equal("2.0", JsonDocument.Parse(line).RootElement.GetProperty("jsonrpc").GetString()));
    }

    [Fact]
    public async Task Serve_InputEndsDuringAWait_EndsAtOnceAndTheRunIsInterrupted()
    {
        await using var model = await ModelServer.StartAsync(_ => ModelReply.Hang());
        using var folder = new TempFolder().With(model);
        string runId;
        await using (var client = await ConnectAsync(folder, "serve", "--model", "openai/test-model"))
        {
            runId = (await CallAsync(client, "start_workflow", new() { ["script"] = OneAgent })).GetProperty("runId").GetString()!;
            await model.Log.WaitForCallsAsync(1, ServerProcess.Timeout);
            _ = client.CallToolAsync(
                "get_status", new Dictionary<string, object?> { ["runId"] = runId, ["waitSeconds"] = 45 }, cancellationToken: TestContext.Current.CancellationToken)
                .AsTask().ContinueWith(_ => { }, TaskScheduler.Default);
        }

        var status = await ServerProcess.RunAsync(folder, "status", runId, "--json");

        Assert.Equal("interrupted", JsonDocument.Parse(status.Output).RootElement.GetProperty("state").GetString());
    }

    private static string Describe(McpClientTool tool) =>
        $"## {tool.Name} ({tool.Title})\n{tool.Description}\n"
        + JsonSerializer.Serialize(tool.ProtocolTool.Annotations, ModelContextProtocol.McpJsonUtilities.DefaultOptions)
        + $"\nin: {tool.ProtocolTool.InputSchema.GetRawText()}\nout: {tool.ProtocolTool.OutputSchema!.Value.GetRawText()}\n";

    private static Task<McpClient> ConnectAsync(TempFolder folder, params string[] arguments) => McpClient.CreateAsync(
        new StdioClientTransport(new StdioClientTransportOptions
        {
            Command = ServerProcess.Executable,
            Arguments = arguments,
            WorkingDirectory = folder.Path,
            InheritEnvironmentVariables = false,
            EnvironmentVariables = StdioClientTransportOptions.GetDefaultEnvironmentVariables()
                .Concat(folder.Environment.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)))
                .GroupBy(pair => pair.Key).ToDictionary(group => group.Key, group => group.Last().Value),
        }),
        cancellationToken: TestContext.Current.CancellationToken);

    private static async Task<JsonElement> CallAsync(McpClient client, string tool, Dictionary<string, object?> arguments)
    {
        var result = await client.CallToolAsync(tool, arguments, cancellationToken: TestContext.Current.CancellationToken);
        Assert.False(result.IsError is true, string.Join(' ', result.Content.OfType<TextContentBlock>().Select(block => block.Text)));
        return result.StructuredContent!.Value;
    }
}
