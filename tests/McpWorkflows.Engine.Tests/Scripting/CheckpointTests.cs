using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Tests.Scripting;

public sealed class CheckpointTests
{
    [Fact]
    public async Task Checkpoint_WithEveryOption_TellsTheEngineWhatTheScriptSays()
    {
        await using var run = await ScriptDriver.RunAsync(
            "return await checkpoint('Which?', { schema: { enum: ['b', 'a'] }, default: { z: 1, a: null }, timeoutMs: 1500 })");

        Assert.Equal(
            new QuestionAsked
            {
                RequestId = 1,
                Text = "Which?",
                SchemaJson = """{"enum":["b","a"]}""",
                DefaultJson = """{"z":1,"a":null}""",
                TimeoutMilliseconds = 1_500,
            },
            run.Outputs.OfType<QuestionAsked>().Single());
    }

    [Fact]
    public async Task Checkpoint_OptionsUndefined_AreAbsent()
    {
        await using var run = await ScriptDriver.RunAsync("return await checkpoint('Which?', { schema: undefined, default: undefined, timeoutMs: undefined })");

        Assert.Equal(new QuestionAsked { RequestId = 1, Text = "Which?" }, run.Outputs.OfType<QuestionAsked>().Single());
    }

    [Theory]
    [InlineData("checkpoint()", "TypeError: checkpoint() needs a string as question, got undefined.")]
    [InlineData("checkpoint(' ')", "TypeError: checkpoint() got an empty question. Say what the person is to decide.")]
    [InlineData("checkpoint('x', 5)", "TypeError: checkpoint() takes its options as an object, got a number. Write checkpoint(question, { schema, default, timeoutMs }).")]
    [InlineData("checkpoint('x', { timoutMs: 5 })", "TypeError: checkpoint() does not know the option 'timoutMs'. Did you mean 'timeoutMs'?")]
    [InlineData("checkpoint('x', { timeoutMs: 0 })", "TypeError: checkpoint() option timeoutMs must be a number of milliseconds above 0.")]
    [InlineData("checkpoint('x', { schema: { type: 'boolen' } })", "TypeError: checkpoint() got an invalid schema: schema/type has the unknown type \"boolen\". Did you mean 'boolean'?")]
    public async Task Checkpoint_BadArguments_RejectNamingTheRemedy(string call, string message) =>
        Assert.Equal(message, await CombinatorTests.TextAsync($"try {{ await {call}; return 'none'; }} catch (e) {{ return String(e); }}"));

    [Fact]
    public async Task Checkpoint_RefusedInAThunk_DoesNotThrowAtTheCall() =>
        Assert.Equal("[null]", await ScriptDriver.ResultAsync("return await parallel([() => checkpoint('')])"));

    [Fact]
    public async Task Names_OfTheExtensions_CanBeShadowed() =>
        Assert.Equal("[1,[2]]", await ScriptDriver.ResultAsync("const checkpoint = 1; const failures = []; failures.push(2); return [checkpoint, failures]"));
}
