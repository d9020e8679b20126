using McpWorkflows.Agents.StructuredOutput;
using McpWorkflows.Agents.Tests.Harness;
using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Agents.Tests.StructuredOutput;

public sealed class AnswerRepairTests
{
    private const string Schema = """
        {"type":"object","properties":{"items":{"type":"array","items":{"type":"integer"}},"ok":{"type":"boolean"},"note":{"type":"string"}},
         "required":["items"],"additionalProperties":false}
        """;

    [Theory]
    [InlineData("""{"items":"[1,2]","ok":"true"}""", """{"items":[1,2],"ok":true}""")]
    [InlineData("""{"items":["1","2"],"note":null}""", """{"items":[1,2]}""")]
    [InlineData("```json\n{\"items\":[1],}\n```", """{"items":[1]}""")]
    [InlineData("""Here you go: {"items":[1]} Hope that helps!""", """{"items":[1]}""")]
    [InlineData("""{"answer":{"items":[1]}}""", """{"items":[1]}""")]
    [InlineData("""{"items":"none"}""", null)]
    [InlineData("""{"items":null}""", null)]
    [InlineData("""{"items":[1],"more":1}""", null)]
    public void Answer_ThatOnlyMissesItsForm_IsMended(string text, string? expected)
    {
        var answer = new StructuredAnswer(Schema, 5);

        Assert.Equal(expected is null ? null : Compact(expected), answer.Accept(text, cutOff: false) is { } json ? Compact(json) : null);
    }

    [Fact]
    public async Task Root_ThatIsAChoice_GoesInAnEnvelopeAndComesOutOfIt()
    {
        const string Choice = """
            {"oneOf":[{"$ref":"#/$defs/found"},{"type":"object","properties":{"why":{"type":"string"}},"required":["why"],"additionalProperties":false}],
             "$defs":{"found":{"type":"object","properties":{"at":{"type":"integer"}},"required":["at"],"additionalProperties":false}}}
            """;
        var client = new ScriptedChatClient(
            ScriptedChatClient.Call("StructuredOutput", """{"answer":{"at":"x"}}"""), ScriptedChatClient.Call("StructuredOutput", """{"answer":{"at":5}}"""));
        using var bench = AgentBench.On(client);

        var outcome = await bench.RunAsync(options: new AgentOptions { SchemaJson = Choice });

        Assert.Equal("""{"at":5}""", outcome.AnswerJson);
        var parameters = client.Requests[0].Options.Tools!.OfType<Microsoft.Extensions.AI.AIFunctionDeclaration>().Single(tool => tool.Name == "StructuredOutput").JsonSchema;
        Assert.Equal("object", parameters.GetProperty("type").GetString());
        Assert.True(parameters.TryGetProperty("$defs", out _));
        Assert.Contains("/at", client.Requests[1].LastText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Schema_WithAVeryDeepEnum_IsNoInternalError()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 400)) + string.Concat(Enumerable.Repeat("]", 400));
        var schema = """{"type":"object","properties":{"a":{"enum":[DEEP,1]}},"required":["a"]}""".Replace("DEEP", deep, StringComparison.Ordinal);
        var client = new ScriptedChatClient(ScriptedChatClient.Call("StructuredOutput", """{"a":1}"""));
        using var bench = AgentBench.On(client);

        Assert.Equal("""{"a":1}""", (await bench.RunAsync(options: new AgentOptions { SchemaJson = schema })).AnswerJson);
        Assert.Equal(AgentOutcomeKind.Succeeded, (await bench.RunAsync(options: new AgentOptions { SchemaJson = schema, Model = "rehearsal" })).Kind);
    }

    private static string Compact(string json) => System.Text.Json.Nodes.JsonNode.Parse(json)!.ToJsonString();
}
