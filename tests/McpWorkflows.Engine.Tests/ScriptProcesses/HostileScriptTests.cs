using System.Diagnostics;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.ScriptProcesses;
using McpWorkflows.Engine.Scripts;
using McpWorkflows.Engine.Tests.Runs;

namespace McpWorkflows.Engine.Tests.ScriptProcesses;

/// <summary>
/// What strangers' scripts may try: each against real script processes with a second, innocent run beside it, which must
/// finish undisturbed. A slice may take 1 s here.
/// </summary>
public sealed class HostileScriptTests
{
    /// <summary>On a machine that is slower than this by itself no delay can be blamed on a script.</summary>
    private const double BusyMachineMs = 50;

    private static readonly double MostDelayMs = TestProcesses.IsAlone ? 250 : 5_000;

    private const string Overrun = "The script ran for 1 s without waiting";
    private const string Stuck = "The script ran for more than 1 s inside one built-in operation";
    private const string Memory = "The script holds more than 256 MB";
    private const string TooLarge = "The script built a value too large";
    private const string CallStack = "RangeError: Maximum call stack size exceeded";

    /// <summary>Bodies, and what their runs may end with: starts of errors, or a result after <c>=</c>.</summary>
    public static TheoryData<string, string, string[]> Cases { get; } = new()
    {
        { "loop", "while (true);", [Overrun] },
        { "loop after an await", "await agent('x'); while (true);", [Overrun] },
        { "microtasks", "while (true) await null;", [Overrun] },
        { "microtasks without await", "const again = () => Promise.resolve().then(again); again(); await new Promise(() => {});", [Overrun] },
        { "regular expression", "return /^(a+)+$/.test('a'.repeat(60) + 'b');", [Stuck, "A regular expression took longer", "=false"] },
        { "regular expression with back reference", "return /^(?:(a+)+\\1)+$/.test('a'.repeat(40) + 'b');", [Stuck, "A regular expression took longer", "=false"] },
        { "string that doubles", "let s = 'x'; while (true) s += s;", [Memory, TooLarge, "RangeError"] },
        { "string that doubles flat", "let s = 'x'; while (true) s = s.repeat(2);", [Memory, TooLarge, "RangeError", Stuck] },
        { "array that doubles", "let a = [1]; while (true) a = a.concat(a);", [Memory, TooLarge, "RangeError", Stuck, Overrun] },
        { "BigInt that doubles", "let n = 3n; while (true) n *= n;", [Stuck, Overrun, TooLarge, "RangeError"] },
        { "BigInt by power", "return String(3n ** 40000000n).length;", [Stuck, Overrun, TooLarge, "RangeError"] },
        { "huge array", "return Array(1e9).fill(0).length;", [Memory, TooLarge, Stuck, Overrun, "RangeError"] },
        { "huge string", "return 'x'.repeat(5e8).length;", [Memory, TooLarge, "RangeError", "=500000000"] },
        { "typed array", "const keep = []; while (true) keep.push(new Uint8Array(5e7).fill(1));", [Memory, TooLarge, Overrun, "RangeError"] },
        { "objects kept", "const keep = []; while (true) keep.push({ a: [keep.length] });", [Memory, TooLarge, Overrun] },
        { "recursion", "const f = () => f() + 1; f();", [CallStack, Overrun] },
        { "recursion through getters", "const o = { get x() { return this.x; } }; o.x;", [CallStack, Overrun] },
        { "JSON nested deep", "return JSON.parse('['.repeat(1e6) + ']'.repeat(1e6)).length;", ["SyntaxError", "RangeError", "TypeError"] },
        { "result nested deep", "let a = []; for (let i = 0; i < 120000; i++) a = [a]; return a;", [Stuck, CallStack, "TypeError"] },
        { "arrays nested deep, made flat", "let a = []; for (let i = 0; i < 120000; i++) a = [a]; return a.flat(Infinity).length;", ["=1", CallStack, Stuck] },
        { "proxies nested deep", "let a = {}; for (let i = 0; i < 100000; i++) a = new Proxy(a, {}); return String(a.x) + JSON.stringify(a);", ["=\"undefined{}\"", Stuck, Overrun, CallStack] },
        { "stack of the process", "let it = [1].values(); for (let i = 0; i < 1300000; i++) it = it.drop(0); return it.next();", ["The script ran out of stack", Memory, Overrun] },
        { "promise flood", "while (true) Promise.resolve().then(() => {});", [Overrun, Memory] },
        { "promises kept", "const keep = []; while (true) keep.push(new Promise(() => {}));", [Overrun, Memory] },
        { "agent flood", "while (true) agent('x').catch(() => {});", [Overrun, Memory] },
        { "workflow flood", "while (true) workflow('x').catch(() => {});", ["The script asked for more than 50,000 things", Overrun, Memory] },
        { "phase flood", "for (let i = 0; ; i++) phase('p' + i);", ["The script asked for more than 50,000 things", Overrun] },
        { "log flood", "for (let i = 0; ; i++) log('line ' + i);", [Overrun] },
        { "long log lines", "const s = 'x'.repeat(1e6); while (true) log(s + Math.random());", [Overrun, Memory, TooLarge, "The script asked for more than 32 million characters"] },
        { "nothing ever settles", "await new Promise(() => {});", ["The script waits for a promise that nothing will settle"] },
        { "getter for the host", "return await agent('x', { get label() { while (true); } });", [Overrun] },
        { "proxy for the host", "return await agent('x', new Proxy({}, { ownKeys() { throw new Error('mine'); } })).catch(e => e.message);", ["=\"mine\""] },
        { "proxy logged", "log(new Proxy({}, { get() { throw new Error('mine'); } })); return 1;", ["=1"] },
        { "polluted prototypes", "Object.prototype.model = 'evil'; Object.prototype.toJSON = () => 'evil'; Array.prototype.then = r => r('evil'); return await agent('x');", ["=\"evil\"", "=\"x\""] },
        { "polluted args and results", "Object.defineProperty(Object.prototype, 'a', { set() { throw new Error('mine'); } }); return JSON.parse('{\"a\":1}');", ["={\"a\":1}"] },
        { "constructor of constructor", "return agent.constructor.constructor('return globalThis')();", ["TypeError: Code cannot be made from text"] },
        { "thenable that settles twice", "return await { then(done, fail) { done(1); done(2); fail(3); } };", ["=1"] },
        { "thenable that settles itself", "const t = { then(done) { done(t); } }; return await t;", [Overrun] },
        { "label that cannot be written", "return await agent('x', { label: { toString() { throw new Error('mine'); } } }).catch(e => e.message);", ["=\"agent() options.label must be a string.\""] },
        { "prompt that cannot be written", "return await agent({ toString() { throw new Error('mine'); } }).catch(e => e.message);", ["=\"agent() needs a string"] },
        { "cycle", "const a = { b: [] }; a.b.push(a); return a;", ["TypeError: result.b[0]: refers back to result"] },
        { "result of 100 MB", "return 'x'.repeat(1e8);", ["The script returned 100,000,002 characters", Memory, TooLarge, Overrun] },
        { "many results of 1 MB", "return Array.from({ length: 100 }, () => 'x'.repeat(1e6));", ["The script returned 100,000,", Memory, TooLarge, Overrun] },
        { "prompt of 100 MB", "return await agent('x'.repeat(1e8));", ["The script asked for more than 32 million characters", Memory, TooLarge] },
        { "timer storm", "for (let i = 0; i < 1e6; i++) setTimeout(() => {}, 0); return 1;", ["RangeError: setTimeout() was called 10000 times"] },
        { "timers that breed", "const f = () => { setTimeout(f, 0); setTimeout(f, 0); setTimeout(f, 0); }; for (let i = 0; i < 4000; i++) setTimeout(f, 0); await new Promise(r => setTimeout(r, 2000)); return 1;", ["=1"] },
        { "sort that never agrees", "return Array.from({ length: 1e6 }, (_, i) => i).sort(() => Math.random() - 0.5).length;", ["=1000000", Overrun, Stuck] },
        { "error that cannot be read", "throw { get message() { throw new Error('mine'); }, toString() { throw new Error('mine'); } };", ["[unprintable error]"] },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task HostileScript_FailsByItself_AndTheInnocentRunBesideItGoesOn(string name, string body, string[] ends)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (turn, machine, turns) = await RunBesideAsync(body, ends);
            TestContext.Current.SendDiagnosticMessage($"{name}: p99 of {turns} innocent turns {turn:0} ms, machine {machine:0} ms");
            if (turn < MostDelayMs || machine > BusyMachineMs)
                return;
            Assert.True(attempt < 2, $"The innocent run waited {turn:0} ms (p99 of {turns} turns) while the machine's own delay was {machine:0} ms.");
        }
    }

    [Fact]
    public async Task SourceNestedDeep_IsRefusedBeforeItRuns()
    {
        await using var processes = TestProcesses.Start();
        await using var harness = new EngineHarness(runtimes: processes);
        var nested = "return " + new string('[', 200_000) + new string(']', 200_000) + ";";
        await Assert.ThrowsAsync<ScriptRefusedException>(() => StartAsync(harness, nested));
    }

    private static async Task<(double Turn, double Machine, int Turns)> RunBesideAsync(string body, string[] ends)
    {
        await using var processes = TestProcesses.Start(TestProcesses.Options with { MaxProcesses = 2 });
        var limits = TestProcesses.Short with { MaxAgents = 10_000 };
        await using var harness = new EngineHarness(options: new EngineOptions { ScriptLimits = limits }, runtimes: processes);
        await using var innocent = await InnocentRun.StartAsync(harness.Engine, harness.Agents);
        var watch = Stopwatch.StartNew();

        var status = await harness.EndOfAsync(await StartAsync(harness, body));

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(TestProcesses.IsAlone ? 15 : 120), $"took {watch.Elapsed}");
        var end = status.Run.State == RunState.Failed ? status.Run.Error! : $"={status.Run.ResultJson}";
        string[] possible = TestProcesses.IsAlone ? ends : [.. ends, Overrun, Stuck];
        Assert.True(possible.Any(expected => WithoutPlace(end).StartsWith(expected, StringComparison.Ordinal)), $"{status.Run.State}: {end}");
        Assert.All(harness.Agents.Requests, request => Assert.Null(request.Options.Model));
        return await innocent.EndAsync();
    }

    private static Task<string> StartAsync(EngineHarness harness, string body) => harness.Engine.StartAsync(
        new StartRun { Script = EngineHarness.Script + body, Workspace = "/w", FileName = "hostile.js" }, TestContext.Current.CancellationToken);

    private static string WithoutPlace(string error) =>
        error.StartsWith("hostile.js:", StringComparison.Ordinal) ? error[(error.IndexOf(": ", StringComparison.Ordinal) + 2)..] : error;
}
