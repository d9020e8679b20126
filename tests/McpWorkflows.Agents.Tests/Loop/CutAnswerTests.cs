using McpWorkflows.Agents.Tests.Harness;
using McpWorkflows.Agents.Tools;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Testing.Models;
using Microsoft.Extensions.AI;

namespace McpWorkflows.Agents.Tests.Loop;

/// <summary>Answers that the output limit cut are continued, asked for again or failures, whoever gives them and in whatever form.</summary>
public sealed class CutAnswerTests
{
    private const string Schema = """{"type":"object","properties":{"items":{"type":"array","items":{"type":"integer"}}}}""";

    public static TheoryData<string, string> Cuts()
    {
        var data = new TheoryData<string, string>();
        foreach (var provider in (string[])["openai", "openai-unstreamed", "azure", "anthropic"])
        {
            foreach (var cut in (string[])["""{"items":[1,2""", """{"items":[1,2]}""", ""])
            {
                data.Add(provider, cut);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task StructuredCall_Cut_IsAskedForAgainHoweverWholeItLooks(string provider, string arguments)
    {
        await using var server = await ModelServer.StartAsync(call =>
            call.Turn == 0 ? Reply(provider, ModelReply.Call("StructuredOutput", arguments).Finishing("length")) : ModelReply.Answer(call, new { items = new[] { 1, 2, 3 } }));
        using var bench = On(provider, server);

        var outcome = await bench.RunAsync(options: new AgentOptions { SchemaJson = Schema });

        server.Log.AssertWellFormed();
        Assert.Equal(("""{"items":[1,2,3]}""", 2), (outcome.AnswerJson, server.Log.Count));
        Assert.Contains("cut off", server.Log.Calls[1].ToolResults[0].Content, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("anthropic")]
    public async Task StructuredCall_CutEachTime_FailsAndKeepsWhatCame(string provider)
    {
        await using var server = await ModelServer.StartAsync(call => ModelReply.Call("StructuredOutput", """{"items":[1,2""").Finishing("length"));
        using var bench = On(provider, server);

        var outcome = await bench.RunAsync(options: new AgentOptions { SchemaJson = Schema });

        Assert.Contains("output limit", outcome.Failure!.Cause, StringComparison.Ordinal);
        Assert.Equal(("""{"items":[1,2""", 3), (outcome.Failure.LastText, server.Log.Count));
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("anthropic")]
    public async Task StructuredText_Cut_IsAskedForAgain(string provider)
    {
        await using var server = await ModelServer.StartAsync(call =>
            call.Turn == 0 ? ModelReply.Text("""{"items":[1]}""").Finishing("length") : ModelReply.Text("""{"items":[2]}"""));
        using var bench = On(provider, server);

        Assert.Equal("""{"items":[2]}""", (await bench.RunAsync(options: new AgentOptions { SchemaJson = Schema })).AnswerJson);
    }

    [Theory]
    [InlineData("openai", """{"path":"a.txt","content":"half""")]
    [InlineData("openai", """{"path":"a.txt","content":"half"}""")]
    [InlineData("anthropic", """{"path":"a.txt","content":"half""")]
    [InlineData("anthropic", """{"path":"a.txt","content":"half"}""")]
    public async Task ToolCall_Cut_IsNotRunAndTheModelIsTold(string provider, string arguments)
    {
        await using var server = await ModelServer.StartAsync(call => call.Turn == 0
            ? ModelReply.Text("Writing.").AndCall("list_files", "{}").AndCall("write_file", arguments).Finishing("length")
            : ModelReply.Text("done"));
        using var bench = On(provider, server, new GrantedTools { WriteFile = true });
        bench.Folder.Write("there.txt", "");

        var outcome = await bench.RunAsync();

        server.Log.AssertWellFormed();
        Assert.Equal("\"done\"", outcome.AnswerJson);
        Assert.False(File.Exists(bench.Folder.At("a.txt")));
        Assert.Equal("there.txt\n", server.Log.Calls[1].ToolResults[0].Content);
        Assert.Contains("cut off at the output limit, so it was not run", server.Log.Calls[1].ToolResults[1].Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ToolCall_CutAgainAndAgain_FailsInsteadOfGoingOnForAllTurns()
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Call("write_file", """{"path":"a.txt","content":"ha""").Finishing("length"));
        using var bench = On("openai", server, new GrantedTools { WriteFile = true });

        var outcome = await bench.RunAsync();

        Assert.Equal((AgentOutcomeKind.Failed, 3), (outcome.Kind, server.Log.Count));
        Assert.Contains("output limit", outcome.Failure!.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task JsonMode_Cut_IsAskedForAgain()
    {
        await using var server = await ModelServer.StartAsync(call => call.Body.TryGetProperty("tools", out _)
            ? ModelReply.Error(400, "this model does not support tools", "invalid_request_error")
            : call.Turn == 0 ? ModelReply.Text("""{"items":[1]}""").Finishing("length") : ModelReply.Text("""{"items":[2]}"""));
        using var bench = On("openai", server);

        var outcome = await bench.RunAsync(options: new AgentOptions { SchemaJson = Schema });

        Assert.Equal("""{"items":[2]}""", outcome.AnswerJson);
        Assert.Contains("cut off", server.Log.Calls[^1].Messages[^1].Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_OfAClientsOwnModel_CutIsContinued()
    {
        var own = new ScriptedChatClient(ScriptedChatClient.Text("one ", ChatFinishReason.Length), ScriptedChatClient.Text("two"));
        using var bench = AgentBench.On(own, _ => true);

        Assert.Equal("\"one two\"", (await bench.RunAsync(runModel: "client/any")).AnswerJson);
    }

    private static ModelReply Reply(string provider, ModelReply reply) => provider == "openai-unstreamed" ? reply.AsOneObject() : reply;

    private static AgentBench On(string provider, ModelServer server, GrantedTools? granted = null) => AgentBench.On(
        provider switch
        {
            "anthropic" => new() { ["MCPWORKFLOWS_MODEL"] = "anthropic/claude-x", ["ANTHROPIC_BASE_URL"] = server.Origin, ["ANTHROPIC_API_KEY"] = "the-key" },
            "azure" => new() { ["MCPWORKFLOWS_MODEL"] = "azure/gpt", ["AZURE_OPENAI_ENDPOINT"] = server.Origin, ["AZURE_OPENAI_API_KEY"] = "the-key" },
            _ => new() { ["MCPWORKFLOWS_MODEL"] = "openai/default", ["OPENAI_BASE_URL"] = server.BaseUrl },
        },
        granted);
}
