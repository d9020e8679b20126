using McpWorkflows.Engine.Agents;
using McpWorkflows.Testing.Models;
using Xunit;

namespace McpWorkflows.Testing.Agents;

public abstract partial class AgentHostContract
{
    private const string Schema = """{"type":"object","properties":{"title":{"type":"string"},"lines":{"type":"array","items":{"type":"integer"}}},"required":["title","lines"]}""";

    [Fact]
    public async Task Schema_Satisfied_IsTheAnswerInTheModelsKeyOrder()
    {
        await using var server = await ModelServer.StartAsync(call => ModelReply.Answer(call, new { lines = new[] { 3, 1 }, title = "é<b>" }).InChunksOf(4));

        var outcome = await RunAsync(server, new AgentOptions { SchemaJson = Schema, Tools = [] });

        Assert.Equal("""{"lines":[3,1],"title":"é<b>"}""", outcome.AnswerJson);
        Assert.Equal(Schema, server.Log.Calls[0].AnswerSchema!.Value.GetRawText());
        server.Log.AssertWellFormed();
    }

    [Fact]
    public async Task Schema_Missed_IsAskedAgainWithTheErrors()
    {
        await using var server = await ModelServer.StartAsync(call => call.Turn == 0
            ? ModelReply.Answer(call, new { title = 5 })
            : ModelReply.Answer(call, new { title = call.Messages[^1].Content, lines = Array.Empty<int>() }));

        var outcome = await RunAsync(server, new AgentOptions { SchemaJson = Schema });

        Assert.Contains("/title: must be string, but is a number (5)", outcome.AnswerJson, StringComparison.Ordinal);
        Assert.Contains("/lines: is required, but absent", outcome.AnswerJson, StringComparison.Ordinal);
        server.Log.AssertWellFormed();
    }

    [Fact]
    public async Task Schema_WithToolsBefore_IsAnsweredAfterThem()
    {
        await using var server = await ModelServer.StartAsync(call => call.Turn == 0
            ? ModelReply.Call("list_files", new { pattern = "*" })
            : ModelReply.Answer(call, new { title = call.ToolResults[0].Content, lines = new[] { 1 } }));

        var outcome = await RunAsync(server, new AgentOptions { SchemaJson = Schema });

        Assert.Equal(AgentOutcomeKind.Succeeded, outcome.Kind);
        Assert.Equal(2, server.Log.Count);
        server.Log.AssertWellFormed();
    }

    [Fact]
    public async Task Schema_NeverSatisfied_EndsWithErrorsAndLastAnswer()
    {
        await using var server = await ModelServer.StartAsync(call => ModelReply.Answer(call, new { title = 5 }));

        var outcome = await RunAsync(server, new AgentOptions { SchemaJson = Schema });

        Assert.Equal((AgentOutcomeKind.SchemaUnsatisfied, 6), (outcome.Kind, server.Log.Count));
        Assert.Contains("/title: must be string", outcome.Failure!.Cause, StringComparison.Ordinal);
        Assert.Contains("5", outcome.Failure.LastText, StringComparison.Ordinal);
    }
}
