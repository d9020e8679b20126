using System.Text.Json;

namespace McpWorkflows.Server.Tests.Tools;

/// <summary>A run asks the user through the model.</summary>
public class QuestionToolTests
{
    private const string Script = """
        export const meta = { name: 'ask', description: 'Asks' }
        const found = await agent('find')
        const choice = await checkpoint(`Delete ${found}?`, { schema: { enum: ['yes', 'no'] }, default: 'no', timeoutMs: 86400000 })
        return { found, choice }
        """;

    [Fact]
    public async Task Checkpoint_FromStartToAnswer_GoesThroughQuestionsAndResume()
    {
        await using var pair = await ConnectedPair.OpenAsync(new ScriptedAgents());

        var asked = await pair.AnswerAsync("start_workflow", new { script = Script, waitSeconds = 30 });
        var runId = asked.GetProperty("runId").GetString();

        Assert.Equal(("waiting", "answer"), (asked.GetProperty("state").GetString(), asked.GetProperty("waitingFor").GetString()));
        Assert.True(asked.TryGetProperty("waitingUntil", out _));
        var question = Assert.Single(asked.GetProperty("questions").EnumerateArray());
        Assert.Equal("Delete answer to find?", question.GetProperty("question").GetString());
        Assert.Equal(1, question.GetProperty("number").GetInt32());
        Assert.Equal("""{"enum":["yes","no"]}""", question.GetProperty("schema").GetRawText());
        Assert.Equal("no", question.GetProperty("default").GetString());
        Assert.True(question.TryGetProperty("deadline", out _));
        Assert.Contains("""call resume with answers {"1": …}""", asked.GetProperty("next").GetString());

        var refusal = await pair.RefusalAsync("resume", new { runId, answers = new Dictionary<string, object> { ["1"] = "perhaps" } });
        Assert.Contains("The answer to question 1 does not match its schema: (root):", refusal);
        Assert.Contains("waits for an answer to question 1", await pair.RefusalAsync("resume", new { runId }));

        var done = await pair.AnswerAsync("resume", new { runId, answers = new Dictionary<string, object> { ["1"] = "yes" }, waitSeconds = 30 });
        Assert.Equal("completed", done.GetProperty("state").GetString());
        Assert.Equal("""{"found":"answer to find","choice":"yes"}""", done.GetProperty("result").GetRawText());
        Assert.False(done.TryGetProperty("questions", out _));
        Assert.Contains("asks nothing", await pair.RefusalAsync("resume", new { runId, answers = new Dictionary<string, object> { ["1"] = "no" } }));
    }

    [Theory]
    [InlineData("""{ "1": "true" }""", "true")]
    [InlineData("""{ "1": true }""", "true")]
    [InlineData("""   "{ \"1\": true }" """, "true")]
    public async Task Resume_AnswersAsModelsWriteThem_AreTakenForWhatTheyMean(string answers, string result)
    {
        await using var pair = await ConnectedPair.OpenAsync(new ScriptedAgents());
        var asked = await pair.AnswerAsync("start_workflow", new
        {
            script = "export const meta = { name: 'ask', description: 'Asks' }\nreturn await checkpoint('Sure?', { schema: { type: 'boolean' } })",
            waitSeconds = 30,
        });

        var done = await pair.AnswerAsync("resume", new
        {
            runId = asked.GetProperty("runId").GetString(),
            answers = JsonDocument.Parse(answers).RootElement,
            waitSeconds = 30,
        });

        Assert.Equal(result, done.GetProperty("result").GetRawText());
    }

    [Theory]
    [InlineData("""{ "one": true }""", "the key 'one'")]
    [InlineData("""[true]""", "must be an object")]
    [InlineData("""{ "2": true }""", "has no question 2. Open are: 1: Sure?")]
    public async Task Resume_AnswersOfAnotherShape_AreRefusedWithTheRemedy(string answers, string message)
    {
        await using var pair = await ConnectedPair.OpenAsync(new ScriptedAgents());
        var asked = await pair.AnswerAsync("start_workflow", new
        {
            script = "export const meta = { name: 'ask', description: 'Asks' }\nreturn await checkpoint('Sure?')",
            waitSeconds = 30,
        });

        Assert.Contains(message, await pair.RefusalAsync("resume", new
        {
            runId = asked.GetProperty("runId").GetString(),
            answers = JsonDocument.Parse(answers).RootElement,
        }));
    }

    [Fact]
    public async Task GetStatus_BranchesThrew_ListsThemWithTheirKind()
    {
        await using var pair = await ConnectedPair.OpenAsync(new ScriptedAgents());

        var done = await pair.AnswerAsync("start_workflow", new
        {
            script = "export const meta = { name: 'b', description: 'b' }\nphase('one')\nreturn await parallel([() => { throw new Error('boom') }, () => agent('x')])",
            waitSeconds = 30,
        });

        Assert.Equal("completed_with_failures", done.GetProperty("state").GetString());
        Assert.Equal(1, done.GetProperty("census").GetProperty("branchesFailed").GetInt32());
        var failure = Assert.Single(done.GetProperty("failures").EnumerateArray());
        Assert.Equal(
            ("parallel[0]", "one", "Error: boom", "branch"),
            (failure.GetProperty("label").GetString(), failure.GetProperty("phase").GetString(), failure.GetProperty("cause").GetString(), failure.GetProperty("kind").GetString()));
        Assert.StartsWith("Done, but 1 branches of the script threw", done.GetProperty("next").GetString());
    }

    [Fact]
    public async Task StartWorkflow_ScriptPathMisspelt_NamesTheNearestFile()
    {
        await using var pair = await ConnectedPair.OpenAsync(new ScriptedAgents());
        pair.Folder.Write("scripts/review.js", Script);

        Assert.Contains("(did you mean 'review.js'?)", await pair.RefusalAsync("start_workflow", new { scriptPath = "scripts/reveiw.js" }));
    }
}
