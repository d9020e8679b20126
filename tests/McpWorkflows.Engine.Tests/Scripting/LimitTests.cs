using System.Diagnostics;
using System.Text;
using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Tests.Scripting;

public sealed class LimitTests
{
    // Not deep: to leave a deep stack takes seconds on a busy machine, and would count as one operation without end.
    private static readonly ScriptLimits Short = new() { Slice = TimeSpan.FromMilliseconds(300), CallDepth = 1_000 };

    /// <summary>Makes <c>a</c> an array that is nested deep, in steps that take no time to speak of.</summary>
    internal const string NestedDeep = "let a = []; for (let i = 0; i < 120000; i++) { a = [a]; if (i % 5000 === 0) await agent('x'); } ";

    private const string Overrun =
        "The script ran for 0.3 s without waiting for an agent or a timer. Look for a loop that does not end; long work belongs into agents.";

    [Theory]
    [InlineData("while (true);")]
    [InlineData("for (;;) { }")]
    [InlineData("await agent('x'); while (true);")]
    [InlineData("while (true) { try { while (true); } catch { } finally { continue; } }")]
    [InlineData("while (true) await null;")]
    [InlineData("const again = () => Promise.resolve().then(again); again();")]
    [InlineData("const f = () => { try { f(); } finally { f(); } }; f();")]
    [InlineData("[1].forEach(function f() { while (true); });")]
    [InlineData("return { toJSON() { while (true); } };")]
    [InlineData("log({ toString() { while (true); } });")]
    [InlineData("throw { get message() { while (true); } };")]
    [InlineData("await agent('x', { get model() { while (true); } });")]
    [InlineData("setTimeout(() => { while (true); }); await new Promise(() => {});")]
    [InlineData("[3, 2, 1].sort(() => { while (true); });")]
    [InlineData("new Proxy({}, { get() { while (true); } }).x;")]
    [InlineData("function* g() { while (true) yield 1; } for (const x of g());")]
    [InlineData("while (true) { agent('x').catch(() => {}); }")]
    [InlineData("while (true) log('x');")]
    public async Task EndlessLoop_EndsTheRun(string body)
    {
        await using var run = await ScriptDriver.RunAsync(body, new ScriptDriver { Limits = Short });
        Assert.Equal(Overrun, run.Error.Message);
        await Assert.ThrowsAsync<InvalidOperationException>(() => run.DeliverAsync(1, new Resolved("1")));
    }

    [Fact]
    public async Task BuiltInOperationWithoutEnd_EndsTheRun()
    {
        var watch = Stopwatch.StartNew();
        await using var run = await ScriptDriver.RunAsync(
            NestedDeep + "return JSON.stringify(a).length;",
            new ScriptDriver { Limits = new ScriptLimits { Slice = TimeSpan.FromSeconds(2) } });
        Assert.StartsWith("The script ran for more than 2 s inside one built-in operation.", run.Error.Message);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(45), $"took {watch.Elapsed}");
    }

    [Fact]
    public async Task SliceTime_CountsEverySliceAnew()
    {
        // Many short slices, which together take longer than one may.
        var slice = TimeSpan.FromSeconds(1);
        var watch = Stopwatch.StartNew();
        Assert.Equal("\"enough\"", await ScriptDriver.ResultAsync(
            "let said; do { for (let j = 0; j < 2000; j++); said = await agent('x'); } while (said !== 'enough'); return said;",
            new ScriptDriver
            {
                Limits = new ScriptLimits { Slice = slice, MaxAgents = 1_000_000 },
                Agent = _ => new Resolved(watch.Elapsed > slice * 1.2 ? "\"enough\"" : "\"on\""),
            }));
    }

    [Fact]
    public async Task EndlessLoop_HoldsUpNoOtherRun()
    {
        using var end = new CancellationTokenSource();
        var hostile = Enumerable.Range(0, 4)
            .Select(_ => ScriptDriver.RunAsync("while (true);", new ScriptDriver { Cancellation = end.Token }))
            .ToList();
        Assert.Equal("\"x\"", await ScriptDriver.ResultAsync("return await agent('x');"));
        Assert.DoesNotContain(hostile, run => run.IsCompleted);
        await end.CancelAsync();
        foreach (var run in hostile)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        }
    }

    [Fact]
    public async Task Cancellation_StopsARunningSlice()
    {
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await using var run = new ScriptDriver { Cancellation = cancel.Token };
        var watch = Stopwatch.StartNew();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.StartAsync(ScriptDriver.Body("while (true);")));
        // Long before the slice's own limit.
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"took {watch.Elapsed}");
        await Assert.ThrowsAsync<InvalidOperationException>(() => run.DeliverAsync(1, new Resolved("1")));
    }

    [Theory]
    [InlineData("const keep = []; while (true) keep.push(new Array(1000).fill(keep.length));")]
    [InlineData("let text = 'x'; const keep = []; while (true) keep.push(text.repeat(100000) + keep.length);")]
    [InlineData("const keep = []; while (true) keep.push(new Uint8Array(1000000));")]
    [InlineData("const keep = []; for (let i = 0; i < 100; i++) { await agent('x'); for (let j = 0; j < 1000; j++) keep.push(new Array(1000).fill(j)); }")]
    [InlineData("const m = new Map(); let i = 0; while (true) m.set(i++, { i });")]
    public async Task GrowingMemory_EndsTheRun(string body)
    {
        await using var run = await ScriptDriver.RunAsync(body, new ScriptDriver { Limits = ScriptDriver.Ample with { MemoryBytes = 64 * 1024 * 1024 } });
        Assert.Equal("The script holds more than 64 MB. Keep less at a time: drop what is done, let agents return summaries.", run.Error.Message);
    }

    [Fact]
    public async Task Memory_AllocatedAndDropped_IsNoOffence()
    {
        Assert.Equal("\"done\"", await ScriptDriver.ResultAsync(
            "for (let i = 0; i < 2000; i++) { let keep = new Array(20000).fill(i); keep = null; } return 'done';",
            new ScriptDriver { Limits = ScriptDriver.Ample with { MemoryBytes = 64 * 1024 * 1024 } }));
    }

    [Theory]
    [InlineData("'x'.repeat(2 ** 30)")]
    [InlineData("'x'.padEnd(2 ** 31)")]
    [InlineData("new Array(2 ** 32)")]
    [InlineData("let s = 'x'; for (let i = 0; i < 40; i++) s += s; s.length")]
    public async Task HugeValue_FailsOrThrows_AndTheProcessLives(string expression)
    {
        await using var run = await ScriptDriver.RunAsync($"try {{ const x = (() => {{ {(expression.Contains(';', StringComparison.Ordinal) ? expression : "return " + expression)}; }})(); }} catch (e) {{ }} return 1;");
        Assert.True(run.Outputs[^1] is ScriptFailed or ScriptReturned { ResultJson: "1" });
        Assert.Equal("1", await ScriptDriver.ResultAsync("return 1;"));
    }

    [Theory]
    [InlineData("function f(n) { return n === 0 ? 0 : 1 + f(n - 1); } return f(5000);", "5000")]
    [InlineData("const f = n => n === 0 ? 0 : 1 + f(n - 1); return f(5000);", "5000")]
    [InlineData("async function f(n) { return n === 0 ? 0 : 1 + await f(n - 1); } return await f(5000);", "5000")]
    [InlineData("class C { constructor(n) { this.c = n ? new C(n - 1) : null; } } let c = new C(5000), n = 0; while (c = c.c) n++; return n;", "5000")]
    [InlineData("const f = n => n === 0 ? 0 : [n].map(x => 1 + f(x - 1))[0]; return f(2400);", "2400")]
    public async Task DeepCalls_Work(string body, string result)
    {
        Assert.Equal(result, await ScriptDriver.ResultAsync(body));
    }

    [Theory]
    [InlineData("const f = () => f() + 1; f();")]
    [InlineData("const o = { get x() { return this.x + 1; } }; o.x;")]
    [InlineData("const o = { toString() { return `${this}!`; } }; `${o}`;")]
    [InlineData("class C { constructor() { this.c = new C(); } } new C();")]
    [InlineData("const p = new Proxy({}, { get(t, k, r) { return r[k] + 1; } }); p.x;")]
    [InlineData("const f = () => [1].map(f).concat(1); f();")]
    [InlineData("async function f() { await f(); } await f();")]
    [InlineData("const fs = Array.from({ length: 500 }, (_, i) => () => fs[(i + 1) % 500]() + 1); fs[0]();")]
    public async Task EndlessRecursion_IsARangeError(string body)
    {
        await using var run = await ScriptDriver.RunAsync(body);
        Assert.StartsWith("RangeError: Maximum call stack size exceeded", run.Error.Message);
    }

    [Theory]
    [InlineData("return String(nested);")]
    [InlineData("return nested.join();")]
    [InlineData("return nested.flat(Infinity).length;")]
    public async Task DataNestedBeyondReason_EndsNoProcess(string use)
    {
        await using var run = await ScriptDriver.RunAsync("let nested = []; for (let i = 0; i < 100000; i++) nested = [nested]; " + use);
        Assert.True(run.Outputs[^1] is ScriptReturned { ResultJson: "1" } || run.Error.Message.StartsWith("RangeError: Maximum call stack", StringComparison.Ordinal));
    }

    [Fact]
    public async Task GuardedBuiltIns_WorkAsBefore()
    {
        Assert.Equal("[\"1,2\",\"1-2\",\"1,,2\",[1,[2]],[1,2],[1,2],1,\"Error: m\",\"join\",[\"0\"]]", await ScriptDriver.ResultAsync("""
            return [String([1, 2]), [1, 2].join('-'), [1, null, [2]].toString(), [[1], [[2]]].flat(), [[1], [[2]]].flat(2), [[1], [[2]]].flat(Infinity),
              [].join.length, String(new Error('m')), [].join.name, Object.keys([7])];
            """));
    }

    [Fact]
    public async Task EndlessRecursion_CanBeCaught()
    {
        Assert.Equal("[\"RangeError\",true]", await ScriptDriver.ResultAsync(
            "const f = () => f() + 1; try { f(); } catch (e) { return [e.name, e instanceof RangeError]; }"));
    }

    [Fact]
    public async Task OverrunDeepInTheStack_EndsTheRun()
    {
        await using var run = await ScriptDriver.RunAsync(
            "const f = n => { if (n === 0) while (true); return f(n - 1) + 1; }; f(5500);", new ScriptDriver { Limits = new ScriptLimits { Slice = Short.Slice } });
        // A busy machine takes longer to leave so deep a stack than an operation may.
        Assert.Contains(run.Error.Message, new[] { Overrun, SliceOverrunException.StuckMessage(Short.Slice) });
    }

    [Fact]
    public async Task LongExpressions_Work()
    {
        var sum = string.Join(" + ", Enumerable.Repeat("1", 2000));
        Assert.Equal("2000", await ScriptDriver.ResultAsync($"return {sum};"));
        var text = string.Join(" + ", Enumerable.Repeat("`a`", 2000));
        Assert.Equal("2000", await ScriptDriver.ResultAsync($"return ({text}).length;"));
        var chain = new StringBuilder("Promise.resolve(0)").Insert(18, ".then(x => x + 1)", 1000);
        Assert.Equal("1000", await ScriptDriver.ResultAsync($"return await {chain};"));
        Assert.Equal("2000", await ScriptDriver.ResultAsync("let p = Promise.resolve(0); for (let i = 0; i < 2000; i++) p = p.then(x => x + 1); return await p;"));
    }

    [Theory]
    [InlineData("foo\n{0}.length", "'a'", " + ", "`a`")]
    [InlineData("return [{0}]", "this === undefined", " && ", "true")]
    [InlineData("return (function () {{ return {0}; }})(3)", "arguments[0]", " + ", "arguments[0]")]
    [InlineData("return await {0}", "Promise.resolve(0)", "", ".then(x => x + 1)")]
    [InlineData("const o = {{ n: 0, add() {{ this.n++; return this; }} }}; return {0}.n", "o", "", ".add()")]
    [InlineData("return {0}", "0", "", " || 0")]
    [InlineData("return {0}1{1}", "[", "", "[")]
    public async Task LongChain_OfAnyKind_Works(string body, string first, string between, string link)
    {
        var chain = first + string.Concat(Enumerable.Repeat(between + link, 999));
        var closing = link == "[" ? new string(']', 1000) : "";
        var script = "const foo = 1\n" + string.Format(System.Globalization.CultureInfo.InvariantCulture, body, chain, closing);
        await using var run = await ScriptDriver.RunAsync(script);
        Assert.True(run.Outputs[^1] is ScriptReturned, run.Outputs[^1].ToString());
    }

    [Fact]
    public async Task SourceNestedBeyondReason_IsAnError()
    {
        var nested = new string('(', 200_000) + "1" + new string(')', 200_000);
        await using var run = await ScriptDriver.RunAsync($"return {nested};");
        Assert.Equal("The source is nested too deeply. Split the expression into several statements.", run.Error.Message);
    }

    [Fact]
    public async Task RegexWithoutEnd_EndsTheRun()
    {
        await using var run = await ScriptDriver.RunAsync("/^(a+)+$/.test('a'.repeat(60) + 'b'); return 'matched';", new ScriptDriver { Limits = new ScriptLimits { Slice = TimeSpan.FromSeconds(20) } });
        Assert.True(run.Outputs[^1] is ScriptFailed || run.ResultJson == "\"matched\"");
    }
}
