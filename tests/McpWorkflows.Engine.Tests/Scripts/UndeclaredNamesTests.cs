using McpWorkflows.Engine.Scripts;

namespace McpWorkflows.Engine.Tests.Scripts;

public sealed class UndeclaredNamesTests
{
    private const string Meta = "export const meta = { name: 'x', description: 'y' };\n";

    private const string Throws = "It will throw a ReferenceError when it is reached.";

    public static TheoryData<string> Examples => [.. Directory.EnumerateFiles(ExampleFolder(), "*.js").Select(path => Path.GetFileName(path))];

    [Theory]
    [InlineData("await agnet('x');", 7, "'agnet' is not declared anywhere. Did you mean 'agent'?")]
    [InlineData("const findings = []; log(finding);", 26, "'finding' is not declared anywhere. Did you mean 'findings'?")]
    [InlineData("log(json.parse('1'));", 5, "'json' is not declared anywhere. Did you mean 'JSON'?")]
    [InlineData("await examine('x', {});", 7, "'examine' is not declared anywhere. " + Throws)]
    [InlineData("gather([]);", 1, "'gather' is not declared anywhere. " + Throws)]
    [InlineData("log(name);", 5, "'name' is not declared anywhere. " + Throws)]
    [InlineData("const a = 1, fn = 2; log(x, a, fn);", 26, "'x' is not declared anywhere. " + Throws)]
    [InlineData("total = 5;", 1, "'total' is not declared anywhere. " + Throws)]
    [InlineData("total += 5;", 1, "'total' is not declared anywhere. " + Throws)]
    [InlineData("total++;", 1, "'total' is not declared anywhere. " + Throws)]
    [InlineData("for (entry of []) { }", 6, "'entry' is not declared anywhere. " + Throws)]
    [InlineData("({ a: [vote] } = args);", 8, "'vote' is not declared anywhere. " + Throws)]
    [InlineData("({ vote = 1 } = args);", 4, "'vote' is not declared anywhere. " + Throws)]
    [InlineData("[...vote] = args;", 5, "'vote' is not declared anywhere. " + Throws)]
    [InlineData("const { a = vote } = args;", 13, "'vote' is not declared anywhere. " + Throws)]
    [InlineData("const { [vote]: a } = args;", 10, "'vote' is not declared anywhere. " + Throws)]
    [InlineData("return { vote };", 10, "'vote' is not declared anywhere. " + Throws)]
    [InlineData("return { [vote]: 1 };", 11, "'vote' is not declared anywhere. " + Throws)]
    [InlineData("return { vote: 1, list: [...vote] };", 29, "'vote' is not declared anywhere. " + Throws)]
    [InlineData("args[vote];", 6, "'vote' is not declared anywhere. " + Throws)]
    [InlineData("args.a?.[vote];", 10, "'vote' is not declared anywhere. " + Throws)]
    [InlineData("class A extends Vote { }", 17, "'Vote' is not declared anywhere. " + Throws)]
    [InlineData("class A { p = vote; }", 15, "'vote' is not declared anywhere. " + Throws)]
    [InlineData("class A { [vote]() { } }", 12, "'vote' is not declared anywhere. " + Throws)]
    [InlineData("const f = (a = vote) => a;", 16, "'vote' is not declared anywhere. " + Throws)]
    [InlineData("log(`a ${vote} b`);", 10, "'vote' is not declared anywhere. " + Throws)]
    [InlineData("vote`a`;", 1, "'vote' is not declared anywhere. " + Throws)]
    [InlineData("vote: for (;;) break vote; log(vote);", 32, "'vote' is not declared anywhere. " + Throws)]
    [InlineData("try { vote(); } catch { }", 7, "'vote' is not declared anywhere. " + Throws)]
    [InlineData("typeof vote.kind;", 8, "'vote' is not declared anywhere. " + Throws)]
    [InlineData("args.vote.vote = vote;", 18, "'vote' is not declared anywhere. " + Throws)]
    [InlineData("export default async function ({ agent }) { await agent(vote); }", 57, "'vote' is not declared anywhere. " + Throws)]
    [InlineData("const a = require('fs');", 11, "'require' is not available in workflows: a workflow is one file and loads no modules. Move the code into this file, or let an agent do what the module would.")]
    [InlineData("fs.readFileSync('a');", 1, "'fs' is not available in workflows: scripts have no files. Let an agent read and write them.")]
    [InlineData("log(process.env.HOME);", 5, "'process' is not available in workflows: scripts have no files, network or processes. Let an agent do it, or pass what you need in args.")]
    [InlineData("await fetch('x');", 7, "'fetch' is not available in workflows: scripts have no network. Let an agent do it.")]
    [InlineData("Buffer.from('x');", 1, "'Buffer' is not available in workflows: scripts handle text and JSON. Let an agent handle binary data.")]
    [InlineData("setInterval(log, 5);", 1, "'setInterval' is not available in workflows: setTimeout and clearTimeout are the only timers. Use those, in a loop if need be.")]
    [InlineData("structuredClone(args);", 1, "'structuredClone' is not available in workflows: copy data with JSON.parse(JSON.stringify(value)).")]
    [InlineData("window.alert('x');", 1, "'window' is not available in workflows: scripts run in no browser. Let an agent use one, or pass what you need in args.")]
    [InlineData("document.title;", 1, "'document' is not available in workflows: scripts run in no browser. Let an agent use one, or pass what you need in args.")]
    [InlineData("new WeakRef({});", 5, "'WeakRef' is not available in workflows: when garbage is collected differs from replay to replay. Use a Map or a WeakMap.")]
    public void UndeclaredName_IsWarnedOf(string body, int column, string message)
    {
        var warning = Assert.Single(WorkflowScript.Parse(Meta + body, "x.js").Warnings);
        Assert.Equal((2, column, message), (warning.Line, warning.Column, warning.Message));
        Assert.Equal(body, warning.SourceLine);
    }

    [Theory]
    [InlineData("var a = 1; let b = a; const c = b; log(c); { let d; d = 1; } function f() { return g(); } function g() { } f(); class K { } new K();")]
    [InlineData("later(); function later() { return limit; } const limit = 5;")]
    [InlineData("const { a, b: c, d = 1, e: { f = a }, ...g } = args, [h, , [i = c], ...j] = [a, c, d, f, g]; log(h, i, j);")]
    [InlineData("const f = (a, { b, c: [d] = [] }, [e], g = a, ...h) => [a, b, d, e, g, h]; function k({ a }, ...[b]) { return a + b; }")]
    [InlineData("const f = async ({ a = 1 }, b) => a + b, g = async a => a, h = a => b => a + b, k = async function* (a) { yield* a; };")]
    [InlineData("try { log(); } catch (error) { log(error); } try { } catch ({ message, name = message }) { log(name); } try { } catch { }")]
    [InlineData("const f = function fact(n) { return n < 2 ? 1 : n * fact(n - 1); }, A = class B { static b = B; };")]
    [InlineData("for (const a of []) log(a); for (let i = 0, n = 5; i < n; i++) { } for (const k in {}) log(k); for await (const [a, b] of []) log(a, b);")]
    [InlineData("let a, b, c; [a, b] = [b, a]; ({ a, b: c, ...args.rest } = args); for ([a, b.c] of []) { } for (a in {}) { } a ??= b;")]
    [InlineData("outer: for (;;) { inner: for (;;) { continue outer; } } again: { break again; }")]
    [InlineData("const o = { key: 1, 'text': 2, 3: 4, method() { }, get half() { return 1; }, set half(v) { log(v); }, async *gen() { } }; o.other; o?.more?.deep; o.key.x = 1;")]
    [InlineData("class A { #p = 1; static s; field; static { const t = this; log(t); } get g() { return #p in this; } m(a) { super.toString(); return new.target; } 'x y'() { } }")]
    [InlineData("if (typeof examine === 'function') await examine('x'); typeof process !== 'undefined' && process.exit();")]
    [InlineData("const copy = globalThis.structuredClone ? structuredClone(args) : args; globalThis['shared'] = 1; log(copy, shared);")]
    [InlineData("Object.assign(globalThis, { helper() { } }); helper();")]
    [InlineData("log('fetch' in globalThis ? fetch : null); const g = globalThis; g.q = 1; log(q);")]
    [InlineData("function f() { return arguments.length; } log(arguments[0], undefined, NaN, Infinity, hasOwnProperty.call({}, 'a'), toString());")]
    [InlineData("new Map([[new Set(), new WeakMap()]]); Promise.all([]); Reflect.ownKeys({}); new Float64Array(BigInt(1)); Symbol.iterator; encodeURIComponent(isNaN(1)); new AggregateError([]);")]
    [InlineData("await parallel([]); await pipeline([]); await workflow('x'); phase('x'); log(args, budget.total); console.log(1); clearTimeout(setTimeout(() => { }, 1)); await agent('x');")]
    [InlineData("const budget = 1, phase = 2; args = JSON.parse('1'); const f = agent => agent(phase, budget); log(meta.name);")]
    [InlineData("const fs = { }, path = 1, process = item => item; fs.a = path; process(1); [].map(require => require.x); function fetch() { } fetch();")]
    [InlineData("// agnet\nlog('agnet', `agnet ${'agnet'}`, /agnet(?<vote>x)\\k<vote>/u); /* agnet */ log(String.raw`agnet`);")]
    [InlineData("switch (args) { case 1: let a = 1; log(a); break; default: function f() { } f(); } do { var v = 1; } while (v); if (v) { var w = 2; } log(w);")]
    [InlineData("var of = 1, async = 2, get = 3, set = 4, from = 5, as = 6, type = 7; log(of, async, get, set, from, as, type); async = of;")]
    [InlineData("const a = 1; export { a as b }; export const c = a; export function d() { return c; } export class E { }")]
    [InlineData("export default async function main({ agent, log: say, limit = 5 }) { say(limit); return main.name; }")]
    [InlineData("export default class { }")]
    [InlineData("export default ({ agent: ask }) => ask('x');")]
    [InlineData("const caf\\u00e9 = 1; log(café); const 名 = 2; log(名);")]
    public void LegalScript_HasNoWarnings(string body) => Assert.Empty(WorkflowScript.Parse(Meta + body, "x.js").Warnings);

    [Theory]
    [MemberData(nameof(Examples))]
    public void Example_HasNoWarnings(string file) =>
        Assert.Empty(WorkflowScript.Parse(File.ReadAllText(Path.Combine(ExampleFolder(), file)), file).Warnings);

    [Fact]
    public void UndeclaredNames_AreWarnedOfOnceEach_InOrderWithOtherWarnings()
    {
        var script = WorkflowScript.Parse(
            "export const meta = { name: 'x', description: 'y', phases: [{ title: 'Find' }] }\nlgo(vote);\nphase('Other'); vote = lgo;\nawait agnet(vote);", "x.js");
        Assert.Equal([(2, 1), (2, 5), (3, 7), (4, 7)], script.Warnings.Select(warning => (warning.Line, warning.Column)));
        Assert.Equal("'lgo' is not declared anywhere. Did you mean 'log'?", script.Warnings[0].Message);
    }

    [Fact]
    public void UndeclaredNames_BeyondTwenty_AreLeftOut()
    {
        var body = string.Join(' ', Enumerable.Range(0, 30).Select(i => $"unknown{i}();"));
        Assert.Equal(20, WorkflowScript.Parse(Meta + body, "x.js").Warnings.Count);
    }

    [Fact]
    public void DeepTree_IsSearchedToItsEnd()
    {
        var sum = "log(vote" + string.Concat(Enumerable.Repeat(" + 1", 50_000)) + ");\n";
        var chain = "Promise.resolve()" + string.Concat(Enumerable.Repeat(".then(a => a)", 20_000)) + ";";
        var warning = Assert.Single(WorkflowScript.Parse(Meta + sum + chain, "x.js").Warnings);
        Assert.Equal((2, 5), (warning.Line, warning.Column));
    }

    private static string ExampleFolder()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "McpWorkflows.sln")))
        {
            at = at.Parent ?? throw new InvalidOperationException("The tests do not stand in the repository.");
        }

        return Path.Combine(at.FullName, "examples");
    }
}
