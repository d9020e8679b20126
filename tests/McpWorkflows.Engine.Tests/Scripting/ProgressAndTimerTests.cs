using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Tests.Scripting;

public sealed class ProgressAndTimerTests
{
    [Fact]
    public async Task Phase_IsAmbientAndTheCallsOwnGoesFirst()
    {
        await using var run = await ScriptDriver.RunAsync(
            "await agent('a'); phase('One'); await agent('b'); await agent('c', { phase: 'Own' }); phase(2); await agent('d'); phase(null); await agent('e');");
        Assert.Equal([null, "One", "Own", "2", null], run.Agents.Select(call => call.Phase));
        Assert.Equal([new PhaseEntered("One"), new PhaseEntered("2")], run.Outputs.OfType<PhaseEntered>().ToArray());
    }

    [Fact]
    public async Task Log_CoercesAnything()
    {
        await using var run = await ScriptDriver.RunAsync("""
            log('text'); log(5); log(); log(null); log({ a: [1] }); log([1, [2]]); log(Symbol('s')); log(10n); log('a', 1);
            log({ toString() { throw new Error('hostile'); } });
            log(Object.create(null));
            log({ toString: () => ({}) });
            """);
        Assert.Equal(
            ["text", "5", "", "null", "{\"a\":[1]}", "1,2", "Symbol(s)", "10", "a 1", "[unprintable value]", "[unprintable value]", "[unprintable value]"],
            run.Lines);
    }

    [Fact]
    public async Task Console_WritesWithLevels()
    {
        await using var run = await ScriptDriver.RunAsync(
            "console.log('a', { b: 1 }); console.info('i'); console.warn('w'); console.error(new Error('e')); console.debug('d'); ['x'].forEach(console.log);");
        Assert.Equal(
            [
                new Logged("log", "a {\"b\":1}"), new Logged("info", "i"), new Logged("warn", "w"),
                new Logged("error", "Error: e"), new Logged("debug", "d"), new Logged("log", "x 0 x"),
            ],
            run.Outputs.OfType<Logged>().ToArray());
    }

    [Fact]
    public async Task Log_InALoop_KeepsTheLastLines()
    {
        await using var run = await ScriptDriver.RunAsync("for (let i = 0; i < 10000; i++) log(i); await agent('x');");
        Assert.InRange(run.Lines.Count(), 1_000, 2_000);
        Assert.Equal("9999", run.Lines.Last());
    }

    [Fact]
    public async Task SetTimeout_Fires_WithItsArguments()
    {
        await using var run = await ScriptDriver.RunAsync(
            "return await new Promise(done => { const id = setTimeout((a, b) => done([typeof id, a, b]), 1500, 'x', 2); });");
        Assert.Equal("[\"number\",\"x\",2]", run.ResultJson);
        Assert.Equal(new TimerRequested(1, 1500), Assert.Single(run.Outputs.OfType<TimerRequested>()));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData(", -5", 0)]
    [InlineData(", NaN", 0)]
    [InlineData(", '20'", 20)]
    [InlineData(", Infinity", 2147483647)]
    [InlineData(", 1.5", 1.5)]
    public async Task SetTimeout_Delay_IsANumber(string delay, double milliseconds)
    {
        await using var run = await ScriptDriver.RunAsync($"setTimeout(() => {{}}{delay});");
        Assert.Equal(milliseconds, Assert.Single(run.Outputs.OfType<TimerRequested>()).DelayMilliseconds);
    }

    [Fact]
    public async Task SetTimeout_CallbackThatThrows_IsLoggedNotFatal()
    {
        await using var run = await ScriptDriver.RunAsync(
            "await new Promise(done => { setTimeout(() => { throw new Error('late'); }); setTimeout(async () => { throw 1; }); setTimeout(done); }); return 1;");
        Assert.Equal("1", run.ResultJson);
        Assert.Equal(["setTimeout callback failed: Error: late"], run.Lines);
    }

    [Fact]
    public async Task SetTimeout_WithoutAFunction_Throws()
    {
        Assert.Equal("\"TypeError: setTimeout() expects a function, got a string.\"", await ScriptDriver.ResultAsync(
            "try { setTimeout('code', 1); } catch (e) { return String(e); }"));
    }

    [Fact]
    public async Task ClearTimeout_StopsTheTimer_AndIgnoresTheRest()
    {
        await using var run = await ScriptDriver.RunAsync("""
            const id = setTimeout(() => log('never'), 10);
            const call = agent('x');
            clearTimeout(id); clearTimeout(id); clearTimeout(2); clearTimeout(99); clearTimeout(undefined); clearTimeout('1'); clearTimeout({});
            return await call;
            """);
        Assert.Equal("\"x\"", run.ResultJson);
        Assert.Equal(new TimerCleared(1), Assert.Single(run.Outputs.OfType<TimerCleared>()));
        Assert.Empty(run.Lines);
    }
}
