using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Tests.Scripting;

public sealed class CombinatorTests
{
    [Fact]
    public async Task Parallel_Results_StandInInputOrder()
    {
        await using var run = new ScriptDriver();
        await run.StartAsync(ScriptDriver.Body("return await parallel([() => agent('a'), async () => (await agent('b')) + '!', () => 3, () => undefined]);"));
        await run.DeliverAsync(2, new Resolved("\"B\""));
        Assert.False(run.HasEnded);
        await run.DeliverAsync(1, new Resolved("\"A\""));
        Assert.Equal("[\"A\",\"B!\",3,null]", run.ResultJson);
    }

    [Fact]
    public async Task Parallel_ThrowingThunks_GiveNullAndAreTold()
    {
        var driver = new ScriptDriver { Agent = _ => new Rejected("Error", "rate limit") };
        await using var run = await ScriptDriver.RunAsync("""
            return await parallel([
              () => { throw new TypeError('sync'); },
              async () => { throw 'text'; },
              () => agent('x'),
              () => ({ then() { throw new RangeError('then'); } }),
              () => 5,
            ]);
            """, driver);
        Assert.Equal("[null,null,null,null,5]", run.ResultJson);
        Assert.Equal(
            [
                new BranchFailed("parallel[0]", "TypeError: sync"),
                new BranchFailed("parallel[1]", "text"),
                new BranchFailed("parallel[3]", "RangeError: then"),
                new BranchFailed("parallel[2]", "Error: rate limit", OfAgent: true),
            ],
            run.Outputs.OfType<BranchFailed>().ToArray());
        Assert.Contains("parallel[2] failed: Error: rate limit", run.Lines);
    }

    [Theory]
    [InlineData("[agent('x')]", "TypeError: parallel() expects an array of functions, not promises. Wrap each call: () => agent(...)")]
    [InlineData("[() => 1, 'x']", "TypeError: parallel() expects an array of functions, but item 1 is a string. Wrap each call: () => agent(...)")]
    [InlineData("", "TypeError: parallel() expects an array of functions, got undefined.")]
    [InlineData("() => 1", "TypeError: parallel() expects an array of functions, got a function.")]
    [InlineData("Array(4097).fill(() => 1)", "RangeError: parallel() takes at most 4096 items, got 4097. Split the list into batches.")]
    public async Task Parallel_BadArguments_Reject(string arguments, string message)
    {
        Assert.Equal(
            message,
            await TextAsync($"const p = parallel({arguments}); try {{ await p; }} catch (e) {{ return String(e); }}"));
    }

    [Theory]
    [InlineData("'abc', x => x", "TypeError: pipeline() expects an array of items, got a string.")]
    [InlineData("[1], x => x, 5", "TypeError: pipeline() expects functions as stages, but stage 2 is a number. Write (previous, item, index) => agent(...)")]
    [InlineData("Array(4097).fill(0), x => x", "RangeError: pipeline() takes at most 4096 items, got 4097. Split the list into batches.")]
    public async Task Pipeline_BadArguments_Reject(string arguments, string message)
    {
        Assert.Equal(
            message,
            await TextAsync($"const p = pipeline({arguments}); try {{ await p; }} catch (e) {{ return String(e); }}"));
    }

    [Fact]
    public async Task EmptyLists_GiveEmptyLists()
    {
        Assert.Equal("[[],[],[],[1,2]]", await ScriptDriver.ResultAsync(
            "return [await parallel([]), await pipeline([], x => x), await pipeline([]), await pipeline([1, 2])];"));
    }

    [Fact]
    public async Task Parallel_LargestList_Works()
    {
        Assert.Equal("8386560", await ScriptDriver.ResultAsync(
            "return (await parallel(Array.from({ length: 4096 }, (_, i) => () => i))).reduce((a, b) => a + b);"));
    }

    [Fact]
    public async Task Pipeline_Stages_GetPreviousItemAndIndex()
    {
        Assert.Equal("[\"a|a|0+a|0\",\"b|b|1+b|1\"]", await ScriptDriver.ResultAsync(
            "return await pipeline(['a', 'b'], (p, item, i) => agent(`${p}|${item}|${i}`), (p, item, i) => `${p}+${item}|${i}`);"));
    }

    [Fact]
    public async Task Pipeline_Items_DoNotWaitForEachOther()
    {
        await using var run = new ScriptDriver();
        await run.StartAsync(ScriptDriver.Body("return await pipeline(['a', 'b'], x => agent(x + '1'), x => agent(x + '2'));"));
        await run.DeliverAsync(2, new Resolved("\"b1\""));
        Assert.Equal(["a1", "b1", "b12"], run.Agents.Select(call => call.Prompt));
    }

    [Fact]
    public async Task Pipeline_NullAndThrow_SkipTheRemainingStages()
    {
        await using var run = await ScriptDriver.RunAsync("""
            const reached = [];
            const results = await pipeline([0, 1, 2, 3, 4],
              x => { if (x === 0) throw new Error('no'); return x === 1 ? null : x === 2 ? undefined : x === 3 ? agent('three') : x; },
              (p, x) => { reached.push(x); if (x === 4) return Promise.reject(new Error('late')); return p === undefined ? 'undefined' : p; });
            return { results, reached };
            """, new ScriptDriver { Agent = _ => new Resolved("null") });
        Assert.Equal("{\"results\":[null,null,\"undefined\",null,null],\"reached\":[2,4]}", run.ResultJson);
        Assert.Equal(
            [new BranchFailed("pipeline[0] stage 1", "Error: no"), new BranchFailed("pipeline[4] stage 2", "Error: late")],
            run.Outputs.OfType<BranchFailed>().ToArray());
        Assert.Contains("pipeline[4] stage 2 failed: Error: late", run.Lines);
    }

    [Fact]
    public async Task Combinators_NestedInEachOther_DoNotDeadlock()
    {
        Assert.Equal("[[[\"a0\",\"a1\"],[\"b0\",\"b1\"]]]", await ScriptDriver.ResultAsync("""
            return await parallel([() => pipeline(['a', 'b'], x => parallel([() => agent(x + 0), () => agent(x + 1)]))]);
            """));
    }

    [Fact]
    public async Task HandWrittenSemaphore_Works()
    {
        Assert.Equal("[0,1,2,3,4,5,6,7,8,9]", await ScriptDriver.ResultAsync("""
            let free = 2; const waiting = [];
            const gate = async work => {
              if (free === 0) await new Promise(go => waiting.push(go)); else free--;
              try { return await work(); } finally { const next = waiting.shift(); if (next) next(); else free++; }
            };
            return await Promise.all(Array.from({ length: 10 }, (_, i) => gate(async () => Number(await agent(String(i))))));
            """));
    }

    [Fact]
    public async Task Globals_CanBeShadowedAndReassigned()
    {
        Assert.Equal("[5,\"p:x\",[\"k\"],{\"deep\":true},7,\"mine\"]", await ScriptDriver.ResultAsync("""
            const budget = 5;
            let args = ['k'];
            function phase(x) { return 'p:' + x; }
            var log = 7;
            const run = (agent, parallel) => agent(parallel);
            { const pipeline = { deep: true }; var kept = pipeline; }
            return [budget, phase('x'), args, kept, log, run(x => x, 'mine')];
            """));
    }

    [Fact]
    public async Task Globals_AlsoStandOnGlobalThis()
    {
        Assert.Equal("[true,\"hi\",[],[\"agent\",\"parallel\",\"pipeline\",\"workflow\",\"phase\",\"log\",\"args\",\"budget\",\"console\",\"setTimeout\",\"clearTimeout\",\"checkpoint\",\"failures\"]]", await ScriptDriver.ResultAsync("""
            const names = ['agent', 'parallel', 'pipeline', 'workflow', 'phase', 'log', 'args', 'budget', 'console', 'setTimeout', 'clearTimeout', 'checkpoint', 'failures'];
            globalThis.log = 1;
            return [globalThis.agent === agent, await globalThis.agent('hi'), Object.keys(globalThis), names.filter(n => n in globalThis)];
            """));
    }

    internal static async Task<string> TextAsync(string body, ScriptDriver? driver = null) =>
        System.Text.Json.JsonSerializer.Deserialize<string>((await ScriptDriver.ResultAsync(body, driver))!)!;
}
