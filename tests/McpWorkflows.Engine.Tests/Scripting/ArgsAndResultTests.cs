using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Tests.Scripting;

public sealed class ArgsAndResultTests
{
    [Theory]
    [InlineData(null, "\"undefined\"")]
    [InlineData("{\"b\":1,\"a\":[2]}", "{\"b\":1,\"a\":[2]}")]
    [InlineData("\"plain text\"", "\"plain text\"")]
    [InlineData("\"{\\\"a\\\":1}\"", "{\"a\":1}")]
    [InlineData("\" [1,2] \"", "[1,2]")]
    [InlineData("\"[not json\"", "\"[not json\"")]
    [InlineData("\"5\"", "\"5\"")]
    [InlineData("\"null\"", "\"null\"")]
    [InlineData("7", "7")]
    [InlineData("null", "null")]
    public async Task Args_EachForm_ArrivesAsMeant(string? args, string seen)
    {
        Assert.Equal(seen, await ScriptDriver.ResultAsync("return args === undefined ? 'undefined' : args;", new ScriptDriver { ArgsJson = args }));
    }

    [Fact]
    public async Task Args_IsWritable()
    {
        Assert.Equal("{\"a\":2}", await ScriptDriver.ResultAsync(
            "args = typeof args === 'string' ? JSON.parse(args) : args; args.a++; return args;", new ScriptDriver { ArgsJson = "{\"a\":1}" }));
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("return;", null)]
    [InlineData("return undefined;", null)]
    [InlineData("'a trailing expression is no result'", null)]
    [InlineData("return null;", "null")]
    [InlineData("return { p: agent('x'), q: Promise.resolve(1), f() {}, u: undefined, d: new Date(0), n: NaN };", "{\"p\":{},\"q\":{},\"d\":\"1970-01-01T00:00:00.000Z\",\"n\":null}")]
    [InlineData("return agent('x');", "\"x\"")]
    [InlineData("return { toJSON() { return 'own'; } };", "\"own\"")]
    [InlineData("const shared = { a: 1 }; return [shared, shared];", "[{\"a\":1},{\"a\":1}]")]
    public async Task Result_HasJsonSemantics(string body, string? json)
    {
        Assert.Equal(json, await ScriptDriver.ResultAsync(body));
    }

    [Theory]
    [InlineData("const o = { a: {} }; o.a.b = o; return o;", "TypeError: result.a.b: refers back to result, and a cycle has no JSON form. Return a copy without it.")]
    [InlineData("const o = [{ 'odd key': [] }]; o[0]['odd key'].push(o[0]); return o;", "TypeError: result[0][\"odd key\"][0]: refers back to result[0], and a cycle has no JSON form. Return a copy without it.")]
    [InlineData("return { count: [1, 2n] };", "TypeError: result.count[1]: a BigInt has no JSON form. Use Number(x) or String(x).")]
    [InlineData("return () => 1;", "TypeError: result: a function has no JSON form. Use data: objects, arrays, strings, numbers.")]
    [InlineData("return Symbol('x');", "TypeError: result: a symbol has no JSON form. Use data: objects, arrays, strings, numbers.")]
    [InlineData("return { get a() { throw new RangeError('mine'); } };", "RangeError: mine")]
    public async Task Result_WithoutJsonForm_FailsNamingThePath(string body, string message)
    {
        await using var run = await ScriptDriver.RunAsync(body);
        Assert.Equal(message, run.Error.Message);
    }

    [Fact]
    public async Task ExportDefault_AsyncFunction_GetsTheGlobals()
    {
        await using var run = new ScriptDriver { ArgsJson = "{\"n\":3}" };
        await run.StartAsync("""
            export const meta = { name: 'd', description: 'd' };
            const helper = x => x * 2;
            export default async function ({ agent, parallel, args }) {
              const [one] = await parallel([() => agent('one')]);
              return { one, n: helper(args.n) };
            }
            """);
        await run.DrainAsync();
        Assert.Equal("{\"one\":\"one\",\"n\":6}", run.ResultJson);
    }

    [Theory]
    [InlineData("export default async ({ agent }) => await agent('x');", "\"x\"")]
    [InlineData("export default ({ args }) => args;", "\"A\"")]
    [InlineData("export default function main(globals) { return Object.keys(globals).length; }", "13")]
    [InlineData("main.tag = 4; export default async function main() { return main.tag; }", "4")]
    [InlineData("export /* c */ default /* d */ async function () { return 6 }", "6")]
    [InlineData("export\n// default\ndefault () => 7", "7")]
    [InlineData("const x = 8\nexport { x }\n;[1].map(y => y)\nexport default () => x", "8")]
    [InlineData("export default { answer: 9 };", "{\"answer\":9}")]
    [InlineData("export const ten = 10; export function f() { return ten; } export class C {}; export let v; return f();", "10")]
    public async Task Exports_OfAnyKind_Work(string body, string json)
    {
        Assert.Equal(json, await ScriptDriver.ResultAsync(body, new ScriptDriver { ArgsJson = "\"A\"" }));
    }

    [Theory]
    [InlineData("\uFEFF// comment\n/* more */ export const meta = { name: 'x', description: 'x' };\nreturn 1; // end")]
    [InlineData("#!/usr/bin/env mcp-workflows\nexport const meta = { name: 'x', description: 'x' }\nreturn 1")]
    public async Task Script_WithOddEdges_Runs(string script)
    {
        await using var run = new ScriptDriver();
        await run.StartAsync(script);
        Assert.Equal("1", run.ResultJson);
    }

    [Fact]
    public async Task Meta_IsAnOrdinaryConstant()
    {
        Assert.Equal("\"test\"", await ScriptDriver.ResultAsync("return meta.name;"));
    }

    [Fact]
    public async Task StrictMode_Holds()
    {
        Assert.Equal("[true,\"ReferenceError\"]", await ScriptDriver.ResultAsync(
            "let e; try { undeclared = 1; } catch (x) { e = x; } return [(function () { return this === undefined; })(), e.name];"));
    }
}
