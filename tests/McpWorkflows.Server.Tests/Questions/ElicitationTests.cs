using System.Text.Json;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Server.Questions;
using McpWorkflows.Server.Tests.Tools;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace McpWorkflows.Server.Tests.Questions;

public class ElicitationTests
{
    [Theory]
    [InlineData("2025-06-18")]
    [InlineData("2026-07-28")]
    public async Task Checkpoint_ClientCanAsk_ThePersonIsAskedAndTheRunGoesOn(string protocol)
    {
        var asked = new List<string>();
        await using var pair = await ConnectedPair.OpenAsync(new ScriptedAgents(), protocol, Person(request =>
        {
            asked.Add(request.Message);
            return new ElicitResult { Action = "accept", Content = new Dictionary<string, JsonElement> { ["answer"] = JsonSerializer.SerializeToElement("yes") } };
        }));

        var answer = await pair.AnswerAsync("start_workflow", new { script = Script("{ schema: { enum: ['yes', 'no'] } }"), waitSeconds = 30 });

        Assert.Equal(["Go on?"], asked);
        Assert.Equal("completed", answer.GetProperty("state").GetString());
        Assert.Equal("yes", answer.GetProperty("result").GetString());
        Assert.Single((await pair.AnswerAsync("get_status", new { })).GetProperty("runs").EnumerateArray());
    }

    [Theory]
    [InlineData("2025-06-18")]
    [InlineData("2026-07-28")]
    public async Task Checkpoint_ThePersonDeclines_TheQuestionStandsInTheAnswer(string protocol)
    {
        await using var pair = await ConnectedPair.OpenAsync(new ScriptedAgents(), protocol, Person(_ => new ElicitResult { Action = "decline" }));

        var answer = await pair.AnswerAsync("start_workflow", new { script = Script("{}"), waitSeconds = 30 });

        Assert.Equal("waiting", answer.GetProperty("state").GetString());
        Assert.Equal("Go on?", answer.GetProperty("questions")[0].GetProperty("question").GetString());
    }

    [Theory]
    [InlineData(null, """{"answer":"text"}""", "\"text\"")]
    [InlineData(null, """{"answer":"3"}""", "\"3\"")]
    [InlineData("""{"type":"boolean"}""", """{"answer":true}""", "true")]
    [InlineData("""{"type":"integer","minimum":1}""", """{"answer":3}""", "3")]
    [InlineData("""{"enum":["a","b"]}""", """{"answer":"b"}""", "\"b\"")]
    [InlineData("""{"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"}},"required":["name"]}""", """{"name":"x","age":3}""", """{"name":"x","age":3}""")]
    [InlineData("""{"type":"array","items":{"type":"string"}}""", """{"answer":"[\"a\"]"}""", """["a"]""")]
    public void Form_OfAQuestion_TakesTheAnswerItsSchemaWants(string? schema, string content, string expected)
    {
        var form = new QuestionForm(new QuestionRecord
        {
            Number = 1,
            Key = new ItemKey(ItemKind.Question, "h", 1),
            Text = "Which?",
            SchemaJson = schema,
            AskedAt = DateTimeOffset.UnixEpoch,
        });

        var answer = form.Answer(new ElicitResult
        {
            Action = "accept",
            Content = JsonDocument.Parse(content).RootElement.EnumerateObject().ToDictionary(member => member.Name, member => member.Value),
        });

        Assert.Equal(expected, answer);
        Assert.NotEmpty(form.Parameters.RequestedSchema!.Properties);
        Assert.Null(form.Answer(new ElicitResult { Action = "cancel" }));
    }

    private static string Script(string options) =>
        $"export const meta = {{ name: 'ask', description: 'Asks' }}\nreturn await checkpoint('Go on?', {options})\n";

    private static McpClientHandlers Person(Func<ElicitRequestParams, ElicitResult> answer) => new()
    {
        ElicitationHandler = (request, _) => ValueTask.FromResult(answer(request!)),
    };
}
