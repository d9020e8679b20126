using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Tests.Scripting;

public sealed class SandboxTests
{
    [Fact]
    public async Task GlobalObject_HoldsBuiltInsAndTheGlobalsOnly()
    {
        Assert.Equal(
            "AggregateError Array ArrayBuffer BigInt BigInt64Array BigUint64Array Boolean DataView Date Error EvalError Float16Array Float32Array Float64Array "
            + "Function Infinity Int16Array Int32Array Int8Array Iterator JSON Map Math NaN Number Object Promise Proxy RangeError ReferenceError Reflect RegExp Set "
            + "String Symbol SyntaxError TypeError URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakSet "
            + "agent args budget checkpoint clearTimeout console decodeURI decodeURIComponent encodeURI encodeURIComponent escape failures globalThis isFinite isNaN log parallel "
            + "parseFloat parseInt phase pipeline setTimeout undefined unescape workflow",
            await CombinatorTests.TextAsync("return Object.getOwnPropertyNames(globalThis).sort().join(' ');"));
    }

    [Theory]
    [InlineData("(() => 1).constructor('return 1')()")]
    [InlineData("(async () => 1).constructor('return 1')()")]
    [InlineData("(function* () {}).constructor('yield 1')()")]
    [InlineData("(async function* () {}).constructor('yield 1')()")]
    [InlineData("agent.constructor.constructor('return globalThis')()")]
    [InlineData("Reflect.construct(Function, ['return 1'])()")]
    [InlineData("globalThis['ev' + 'al']('1')")]
    [InlineData("setTimeout('1')")]
    [InlineData("require('fs')")]
    [InlineData("process.exit(1)")]
    [InlineData("fetch('http://127.0.0.1')")]
    [InlineData("System.IO.File.ReadAllText('/etc/passwd')")]
    [InlineData("importNamespace('System')")]
    [InlineData("agent.GetType()")]
    [InlineData("budget.spent.GetType()")]
    [InlineData("new WeakRef({})")]
    [InlineData("new SharedArrayBuffer(1)")]
    [InlineData("new ShadowRealm()")]
    [InlineData("Intl.DateTimeFormat()")]
    public async Task WayOut_IsClosed(string expression)
    {
        Assert.Equal("\"closed\"", await ScriptDriver.ResultAsync($"try {{ {expression}; return 'open'; }} catch (e) {{ return e instanceof Error ? 'closed' : 'odd'; }}"));
    }

    [Fact]
    public async Task LocaleAndTimeZone_AreTheSameEverywhere()
    {
        Assert.Equal("[\"1234.5\",0,true]", await ScriptDriver.ResultAsync(
            "return [String(1234.5), new Date(2026, 6, 1).getTimezoneOffset(), new Date(2026, 0, 1).getTime() === Date.UTC(2026, 0, 1)];"));
    }

    [Fact]
    public async Task PatchedBuiltIns_BreakNoGlobal()
    {
        await using var run = await ScriptDriver.RunAsync("""
            const stolen = [];
            const saved = { parse: JSON.parse, all: Promise.all.bind(Promise) };
            Object.defineProperty(Array.prototype, '0', { set(v) { stolen.push(v); }, get() { return 'trap'; }, configurable: true });
            Array.prototype.map = Array.prototype.push = Array.prototype[Symbol.iterator] = () => { throw new Error('patched'); };
            Object.prototype.model = 'evil'; Object.prototype.effort = 'evil'; Object.prototype.callback = () => { throw new Error('patched'); };
            Object.defineProperty(Object.prototype, 'resolve', { set(v) { throw new Error('stolen'); }, configurable: true });
            Function.prototype.call = Function.prototype.apply = Function.prototype.bind = () => { throw new Error('patched'); };
            JSON.parse = JSON.stringify = () => { throw new Error('patched'); };
            String.prototype.trim = String.prototype.slice = String.prototype.indexOf = () => { throw new Error('patched'); };
            Reflect.apply = Object.keys = Object.defineProperty = Math.random = Date.now = () => { throw new Error('patched'); };
            Promise.resolve = Promise.reject = () => { throw new Error('patched'); };
            globalThis.Promise = globalThis.Error = globalThis.String = undefined;
            const a = await parallel([() => agent('x', { label: 'l' }), () => { throw 1; }]);
            const b = await pipeline(['y'], v => agent(v), v => v + '!');
            const c = await agent({}).catch(e => e.message);
            phase('p'); log('l'); setTimeout(() => log('late'), 1);
            return { a: [a[0], a[1]], b: b[0], c };
            """);
        Assert.Equal("{\"b\":\"y!\",\"c\":\"agent() needs a string as prompt, got an object.\"}", System.Text.RegularExpressions.Regex.Replace(run.ResultJson!, "\"a\":\\[.*?\\],", ""));
        Assert.All(run.Agents, call => Assert.Null(call.Options.Model));
    }

    [Fact]
    public async Task Runs_ShareNothing()
    {
        await ScriptDriver.ResultAsync("Array.prototype.leak = 1; globalThis.leak = 2; Object.prototype.leak = 3; return 1;");
        Assert.Equal("\"undefined\"", await ScriptDriver.ResultAsync("return typeof leak + ([].leak ?? '') + (Math.leak ?? '');"));
    }
}
