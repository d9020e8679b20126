using McpWorkflows.Agents.McpTools;
using McpWorkflows.Agents.Tests.Harness;
using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Agents.Tests.McpTools;

/// <summary>MCP servers that are named by their address.</summary>
public sealed class HttpToolTests
{
    [Fact]
    public async Task Server_AtAnAddress_IsAskedWithItsHeaders()
    {
        await using var server = await HttpToolServer.StartAsync("echo");

        Assert.Equal("echo done", await ToldAsync(server, "echo"));
        Assert.All(server.Authorizations, header => Assert.Equal("Bearer the-token", header));
    }

    [Fact]
    public async Task Server_WithHundredsOfTools_GivesThoseThatAreSelected()
    {
        await using var server = await HttpToolServer.StartAsync([.. Enumerable.Range(0, 200).Select(number => $"tool_{number}")]);
        var client = new ScriptedChatClient(ScriptedChatClient.Text("ok"));
        using var bench = Bench(server, client);

        await bench.RunAsync(new AgentOptions { Tools = ["mcp__far__*"] });
        await bench.RunAsync(new AgentOptions { Tools = ["mcp__far__tool_19*"] });

        Assert.Equal(200, client.Requests[0].ToolNames.Distinct().Count());
        Assert.Equal(11, client.Requests[1].ToolNames.Count);
        Assert.Equal(1, server.Sessions);
    }

    [Fact]
    public async Task Tools_WithNamesThatModelsDoNotTake_AreRenamedApart()
    {
        var stem = new string('n', 90);
        await using var server = await HttpToolServer.StartAsync($"{stem}1", $"{stem}2", "a.b", "a b");
        var client = new ScriptedChatClient(
            (request, token) => ScriptedChatClient.Call(request.ToolNames[1], "{}")(request, token), ScriptedChatClient.Text("ok"));
        using var bench = Bench(server, client);

        await bench.RunAsync(new AgentOptions { Tools = ["mcp__far"] });

        var names = client.Requests[0].ToolNames;
        Assert.Equal(3, names.Distinct().Count());
        Assert.All(names, name => Assert.Matches("^[A-Za-z0-9_-]{1,64}$", name));
        Assert.Equal($"{stem}2 done", client.Requests[1].LastText);
    }

    [Theory]
    [InlineData("refuse", "Error: The MCP server 'far' refused the call: ", "no such city")]
    [InlineData("crash", "Error: The MCP server 'far' ended during the call.", "started again for the next one")]
    [InlineData("broken", "Error: The MCP server 'far' ended during the call.", "started again for the next one")]
    public async Task Call_ThatFails_IsToldAndTheNextOneWorks(string tool, string begins, string says)
    {
        await using var server = await HttpToolServer.StartAsync(tool, "echo");
        var client = new ScriptedChatClient(ScriptedChatClient.Call($"mcp__far__{tool}", "{}"), ScriptedChatClient.Call("mcp__far__echo", "{}"), ScriptedChatClient.Text("ok"));
        using var bench = Bench(server, client);

        var outcome = await bench.RunAsync(new AgentOptions { Tools = ["mcp__far__*"] });

        Assert.Equal(AgentOutcomeKind.Succeeded, outcome.Kind);
        Assert.StartsWith(begins, client.Requests[1].LastText, StringComparison.Ordinal);
        Assert.Contains(says, client.Requests[1].LastText, StringComparison.Ordinal);
        Assert.Equal("echo done", client.Requests[2].LastText);
    }

    [Fact]
    public async Task Result_OfMillionsOfCharacters_IsCutInTheMiddle()
    {
        await using var server = await HttpToolServer.StartAsync("huge");

        var text = await ToldAsync(server, "huge");

        Assert.InRange(text.Length, 50_000, 50_200);
        Assert.StartsWith("BEGINx", text, StringComparison.Ordinal);
        Assert.EndsWith("xEND", text, StringComparison.Ordinal);
        Assert.Contains("characters cut", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Address_WhereNobodyListens_IsTheModelsAndTheRecordsToKnow()
    {
        var client = new ScriptedChatClient(ScriptedChatClient.Text("ok"));
        using var bench = new HostBench(client, servers: new() { ["far"] = new McpServerDefinition { Url = new Uri("http://127.0.0.1:9/mcp") } });

        var outcome = await bench.RunAsync(new AgentOptions { Tools = ["mcp__far__*"] });

        Assert.Equal(AgentOutcomeKind.Succeeded, outcome.Kind);
        Assert.Contains("the tools of the MCP server 'far' (it did not start", Assert.Single(outcome.Notes!), StringComparison.Ordinal);
    }

    [Fact]
    public void Servers_WhoseNamesBecomeTheSame_AreNoFault()
    {
        var definition = new McpServerDefinition { Url = new Uri("http://127.0.0.1:9/mcp") };

        new HostBench(servers: new() { ["a b"] = definition, ["a.b"] = definition }).Dispose();
    }

    private static async Task<string> ToldAsync(HttpToolServer server, string tool)
    {
        var client = new ScriptedChatClient(ScriptedChatClient.Call($"mcp__far__{tool}", "{}"), ScriptedChatClient.Text("ok"));
        using var bench = Bench(server, client);
        await bench.RunAsync(new AgentOptions { Tools = [$"mcp__far__{tool}"] });
        return client.Requests[1].LastText;
    }

    private static HostBench Bench(HttpToolServer server, ScriptedChatClient client) => new(client, servers: new()
    {
        ["far"] = new McpServerDefinition { Url = server.Address, Headers = new Dictionary<string, string> { ["Authorization"] = "Bearer the-token" } },
    });
}
