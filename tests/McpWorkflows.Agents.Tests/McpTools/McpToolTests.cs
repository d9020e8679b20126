using McpWorkflows.Agents.McpTools;
using McpWorkflows.Agents.Tests.Harness;
using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Agents.Tests.McpTools;

public sealed class McpToolTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ScriptedServer _server;

    public McpToolTests()
    {
        ScriptedServer.Require();
        _server = new ScriptedServer(_folder);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Server_NobodySelects_IsNotStarted()
    {
        var client = new ScriptedChatClient(ScriptedChatClient.Text("ok"));
        using (var bench = Bench(client))
        {
            await bench.RunAsync();
            await bench.RunAsync(new AgentOptions { Tools = ["read_file", "mcp__other__x"] });
        }

        Assert.Empty(_server.Starts);
        Assert.Contains("mcp__other__x (no such MCP server is configured; known: my_server)", client.Requests[1].Messages[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_SelectedByManyAtOnce_IsStartedOnceAndEndsWithTheHost()
    {
        var client = new ScriptedChatClient(ScriptedChatClient.Text("ok"));
        using (var bench = Bench(client))
        {
            await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => bench.RunAsync(new AgentOptions { Tools = ["mcp__my_server__*"], DisallowedTools = ["mcp__*__die"] })));
            Assert.Equal(8, client.Requests.Count);
            Assert.All(client.Requests, request => Assert.Equal(
                ["mcp__my_server__echo", "mcp__my_server__fail", "mcp__my_server__picture", "mcp__my_server__structured", "mcp__my_server__hang", "mcp__my_server__secret"],
                request.ToolNames));
        }

        var pid = Assert.Single(_server.Starts);
        Assert.ThrowsAny<ArgumentException>(() => System.Diagnostics.Process.GetProcessById(pid));
    }

    [Theory]
    [InlineData("mcp__my_server__echo", """{"text":"hi"}""", "echo hi")]
    [InlineData("mcp__my_server__fail", "{}", "Error: it went wrong")]
    [InlineData("mcp__my_server__picture", "{}", "[image, image/png, 3 bytes; not shown]\na dot")]
    [InlineData("mcp__my_server__structured", "{}", """{"n":1}""")]
    [InlineData("mcp__my_server__secret", "{}", "undefined given")]
    public async Task Tool_ItsResult_IsMappedToText(string tool, string arguments, string expected)
    {
        Environment.SetEnvironmentVariable("SECRET_KEY", "sk-secret");
        var client = new ScriptedChatClient(ScriptedChatClient.Call(tool, arguments), ScriptedChatClient.Text("ok"));
        using var bench = Bench(client);

        await bench.RunAsync(new AgentOptions { Tools = ["mcp__my_server"] });

        Assert.Equal(expected, client.Requests[1].LastText);
    }

    [Fact]
    public async Task Server_ThatDied_IsStartedAgainForTheNextCall()
    {
        var client = new ScriptedChatClient(
            ScriptedChatClient.Call("mcp__my_server__die", "{}"), ScriptedChatClient.Call("mcp__my_server__echo", """{"text":"again"}"""), ScriptedChatClient.Text("ok"));
        using var bench = Bench(client);

        await bench.RunAsync(new AgentOptions { Tools = ["mcp__my_server__*"] });

        Assert.StartsWith("Error: The MCP server 'my_server'", client.Requests[1].LastText, StringComparison.Ordinal);
        Assert.Equal("echo again", client.Requests[2].LastText);
        Assert.Equal(2, _server.Starts.Length);
    }

    [Fact]
    public async Task Server_ThatDoesNotAnswer_IsGivenUpInTime()
    {
        var time = new ManualTime();
        var client = new ScriptedChatClient(ScriptedChatClient.Call("mcp__s__hang", "{}"), ScriptedChatClient.Text("ok"));
        var options = new AgentHostOptions
        {
            Models = McpWorkflows.Agents.Providers.ModelConfiguration.FromEnvironment(new Dictionary<string, string?> { ["MCPWORKFLOWS_MODEL"] = "openai/x" }),
            McpServers = new Dictionary<string, McpServerDefinition> { ["s"] = _server.Definition() },
            McpTime = TimeSpan.FromSeconds(4),
            Time = time,
        };
        using var host = new ChatAgentHost(options, new Dictionary<string, Microsoft.Extensions.AI.IChatClient> { ["openai"] = client });
        var request = new AgentRequest
        {
            RunId = "r",
            CallNumber = 1,
            Prompt = "p",
            Label = "l",
            Options = new AgentOptions { Tools = ["mcp__s__hang"] },
            Workspace = _folder.Path,
        };

        var running = host.RunAsync(request, new Progress<AgentProgress>(), TestContext.Current.CancellationToken);
        await _server.HungAsync();
        time.Advance(TimeSpan.FromSeconds(4));
        await running.WaitAsync(HostBench.Patience, TestContext.Current.CancellationToken);

        Assert.Equal("Error: The MCP server 's' did not answer within 4 s. Try something smaller, or go on without it.", client.Requests[1].LastText);
    }

    [Fact]
    public async Task Server_ThatCannotStart_IsTheModelsAndTheRecordsToKnow()
    {
        var client = new ScriptedChatClient(ScriptedChatClient.Text("ok"));
        using var bench = new HostBench(client, servers: new()
        {
            ["gone"] = new McpServerDefinition { Command = "no-such-program-here" },
            ["bad"] = new McpServerDefinition { Command = "node", Args = ["-e", "console.error('no database'); process.exit(3)"] },
        });

        var outcome = await bench.RunAsync(new AgentOptions { Tools = ["mcp__*"] });

        Assert.Equal(AgentOutcomeKind.Succeeded, outcome.Kind);
        Assert.Contains("the tools of the MCP server 'gone' (it did not start", Assert.Single(outcome.Notes!), StringComparison.Ordinal);
        Assert.Contains("the tools of the MCP server 'bad' (it did not start", outcome.Notes![0], StringComparison.Ordinal);
        Assert.Contains("no database", outcome.Notes![0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mcp-workflows", "node", "", false)]
    [InlineData("w", "/opt/bin/mcp-workflows", "serve", false)]
    [InlineData("w", "dotnet", "out/McpWorkflows.Server.dll", false)]
    [InlineData("w", "dotnet", "src/McpWorkflows.Server/McpWorkflows.Server.csproj", false)]
    [InlineData("w", null, "mcp-workflows", true)]
    public async Task OwnServer_HoweverConfigured_GivesNoTools(string name, string? command, string argument, bool starts)
    {
        var definition = command is null ? _server.Definition(argument) : new McpServerDefinition { Command = command, Args = [argument] };
        var client = new ScriptedChatClient(ScriptedChatClient.Text("ok"));
        using var bench = new HostBench(client, servers: new() { [name] = definition });

        var outcome = await bench.RunAsync(new AgentOptions { Tools = ["*", $"mcp__{name}__*"] });

        Assert.DoesNotContain(client.Requests[0].ToolNames, tool => tool.StartsWith("mcp__", StringComparison.Ordinal));
        Assert.Contains("workflows do not start workflows", Assert.Single(outcome.Notes!), StringComparison.Ordinal);
        Assert.Equal(starts ? 1 : 0, _server.Starts.Length);
    }

    private HostBench Bench(ScriptedChatClient client) => new(client, servers: new() { ["my server"] = _server.Definition() });
}
