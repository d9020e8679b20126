using System.Text.Json;
using McpWorkflows.Agents.Tests.Harness;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Testing.Models;

namespace McpWorkflows.Agents.Tests.Anthropic;

/// <summary>Models that think hand out signed blocks, and want them back untouched with the results of their calls.</summary>
public sealed class ThinkingTests
{
    [Theory]
    [InlineData("Where would the answer be?\nIn a file, surely.")]
    [InlineData("")]
    public async Task Thinking_GoesBackAsItCame_WithTheCallsThatFollowedIt(string thought)
    {
        await using var server = await ModelServer.StartAsync(call => call.ToolResults.Count == 0
            ? ModelReply.Text("Let me look.").AndCall("list_files", new { pattern = "*.txt" }).AfterThinking(thought, "signed+1==")
            : ModelReply.Text("found"));
        using var bench = On(server);

        var outcome = await bench.RunAsync();

        server.Log.AssertWellFormed();
        Assert.Equal("\"found\"", outcome.AnswerJson);
        var said = Said(server.Log.Calls[1]);
        Assert.Equal(["thinking", "text", "tool_use"], said.Select(block => block.GetProperty("type").GetString()));
        Assert.Equal((thought, "signed+1=="), (said[0].GetProperty("thinking").GetString(), said[0].GetProperty("signature").GetString()));
    }

    [Fact]
    public async Task Tools_WhenTheTurnsAreUsedUp_StayNamedForWhatIsBoundToThem()
    {
        await using var server = await ModelServer.StartAsync(call => call.Turn < 1
            ? ModelReply.Call("list_files", new { }).AfterThinking("hm", "signed")
            : ModelReply.Text("done"));
        using var bench = On(server);

        var outcome = await bench.RunAsync(options: new AgentOptions { MaxTurns = 1 });

        Assert.Equal("\"done\"", outcome.AnswerJson);
        Assert.Equal(server.Log.Calls[0].Body.GetProperty("tools").GetRawText(), server.Log.Calls[1].Body.GetProperty("tools").GetRawText());
        Assert.Equal("none", server.Log.Calls[1].Body.GetProperty("tool_choice").GetProperty("type").GetString());
    }

    [Fact]
    public async Task Thinking_RefusedByTheEndpoint_IsLeftOut()
    {
        await using var server = await ModelServer.StartAsync(call => call.ToolResults.Count == 0
            ? ModelReply.Call("list_files", new { }).AfterThinking("hm", "signed")
            : Said(call).Any(block => block.GetProperty("type").GetString() == "thinking")
                ? ModelReply.Error(400, "messages.1.content.0: Invalid `signature` in `thinking` block. The block is bound to a different conversation.", "invalid_request_error")
                : ModelReply.Text("done"));
        using var bench = On(server);

        Assert.Equal(("\"done\"", 3), ((await bench.RunAsync()).AnswerJson, server.Log.Count));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pings_WhileTheModelThinks_AreSignsOfLife(bool anthropic)
    {
        var time = new ManualTime();
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Text("thought long").AfterPings(10).Paced(time.PassEach(TimeSpan.FromMilliseconds(400))));
        using var bench = anthropic ? On(server, time) : AgentBench.On(server.BaseUrl, time: time);

        var outcome = await bench.RunAsync(options: new AgentOptions { Stall = TimeSpan.FromMilliseconds(1_000) });

        Assert.Equal(("\"thought long\"", 1), (outcome.AnswerJson, outcome.Attempts));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pings_ForEver_AreAStall(bool anthropic)
    {
        var time = new ManualTime();
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Text("never").AfterPings(100_000).Paced(time.PassEach(TimeSpan.FromMilliseconds(200))));
        using var bench = anthropic ? On(server, time) : AgentBench.On(server.BaseUrl, time: time);

        var outcome = await bench.RunAsync(options: new AgentOptions { Stall = TimeSpan.FromMilliseconds(600), Retries = 0 });

        Assert.Equal(AgentOutcomeKind.Stalled, outcome.Kind);
        Assert.Contains("nothing but keep-alives for 3 s", outcome.Failure!.Cause, StringComparison.Ordinal);
    }

    private static List<JsonElement> Said(ModelCall call) =>
        [.. call.Body.GetProperty("messages").EnumerateArray().First(message => message.GetProperty("role").GetString() == "assistant").GetProperty("content").EnumerateArray()];

    private static AgentBench On(ModelServer server, ManualTime? time = null) => AgentBench.On(
        new Dictionary<string, string?>
        {
            ["MCPWORKFLOWS_MODEL"] = "anthropic/claude-x",
            ["ANTHROPIC_BASE_URL"] = server.Origin,
            ["ANTHROPIC_API_KEY"] = "the-key",
        },
        time: time);
}
