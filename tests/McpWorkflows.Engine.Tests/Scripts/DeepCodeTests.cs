using System.Text;
using McpWorkflows.Engine.Tests.Scripting;

namespace McpWorkflows.Engine.Tests.Scripts;

/// <summary>Code that is long in one direction, through the whole runtime: it does what it does when it is short.</summary>
public sealed class DeepCodeTests
{
    private const string ExpressionTooDeep = "The source is nested too deeply. Split the expression into several statements.";
    private const string BlocksTooDeep = "The source is nested too deeply. Move the inner blocks into functions of their own.";

    [Theory]
    [InlineData("'a' + `b` + await agent('c') + ")]
    [InlineData("`${await agent('a')}b` + 'c' + ")]
    public async Task Sum_WithAwaitsAllAlong_GivesTheText(string triple)
    {
        var text = await ScriptDriver.ResultAsync($"return {Repeat(triple, 667)}'';");
        Assert.Equal('"' + Repeat("abc", 667) + '"', text);
    }

    [Fact]
    public async Task Sum_OneAwaitAtTheFarEnd_IsEvaluatedInOrder()
    {
        Assert.Equal("[2001,[\"first\",\"agent\",\"last\"]]", await ScriptDriver.ResultAsync($$"""
            const order = [];
            const note = (what, value) => { order.push(what); return value; };
            const sum = note('first', 1) + await agent('x').then(() => note('agent', 1)){{Repeat(" + 1", 1998)}} + note('last', 1);
            return [sum, order];
            """));
    }

    [Fact]
    public async Task LongExpressionWithAnAwait_WhoseValueIsAPromise_StaysAPromise()
    {
        Assert.Equal("true", await ScriptDriver.ResultAsync(
            $"const p = {Repeat("await null || ", 300)}Promise.resolve(1); const q = {Repeat("0 || ", 300)}(await null, Promise.resolve(1)); return p instanceof Promise && q instanceof Promise;"));
    }

    [Fact]
    public async Task LongExpressionWithAnAwait_ThatThrows_IsCaughtWhereItStands()
    {
        Assert.Equal("\"caught boom\"", await ScriptDriver.ResultAsync(
            $"try {{ return {Repeat("await null + ", 1000)}(() => {{ throw new Error('boom'); }})(); }} catch (e) {{ return 'caught ' + e.message; }}"));
    }

    [Fact]
    public async Task LineWithoutSemicolon_BeforeALongExpression_StaysALineOfItsOwn()
    {
        Assert.Equal("\"ok\"", await ScriptDriver.ResultAsync(
            $"const f = () => 'called'\nlet x = f\nawait null{Repeat(" + 1", 1000)}\nreturn x === f ? 'ok' : x"));
    }

    [Theory]
    [InlineData("return a === {0} ? {0} : ", "0", "null")]
    [InlineData("return a === {0} ? await agent('{0}') : ", "0", "null")]
    [InlineData("return a === await {0} ? {0} : ", "0", "null")]
    public async Task NestedTernaries_OfAThousand_ChooseTheRightOne(string link, string _, string last)
    {
        var body = new StringBuilder("const a = 990; return ");
        for (var i = 0; i < 1_000; i++)
        {
            body.Append(link.Replace("return ", "", StringComparison.Ordinal).Replace("{0}", $"{i}", StringComparison.Ordinal));
        }

        var result = await ScriptDriver.ResultAsync(body.Append(last).Append(';').ToString());
        Assert.Equal("990", result!.Trim('"'));
    }

    [Theory]
    [InlineData("r = {0};", "r = -1;")]
    [InlineData("{{ r = await agent('{0}'); }}", "{{ r = -1; }}")]
    [InlineData("{{ const n = {0}; r = n; continue; }}", "{{ r = -1; break; }}")]
    [InlineData("// else if\n{{ if (true) r = {0} }} /* else */\n", "r = -1")]
    [InlineData("r = {0}\n", "r = -1")]
    [InlineData("switch (a) {{ case {0}: r = {0}; break; }}", "{{ }}")]
    public async Task ElseIfLadder_OfAThousand_TakesTheRightBranch(string branch, string last)
    {
        var body = new StringBuilder("const results = [];\nfor (const a of [0, 500, 999, 5000]) {\nlet r = null; try {\n");
        for (var i = 0; i < 1_000; i++)
        {
            body.Append($"if (a === {i}) ").Append(branch.Replace("{0}", $"{i}", StringComparison.Ordinal).Replace("{{", "{", StringComparison.Ordinal).Replace("}}", "}", StringComparison.Ordinal)).Append("\nelse ");
        }

        body.Append(last.Replace("{{", "{", StringComparison.Ordinal).Replace("}}", "}", StringComparison.Ordinal)).Append("\n} finally { results.push(String(r)); }\n}\nreturn results;");

        var result = await ScriptDriver.ResultAsync(body.ToString());
        Assert.Equal(last.Contains("-1", StringComparison.Ordinal) ? "[\"0\",\"500\",\"999\",\"-1\"]" : "[\"0\",\"500\",\"999\",\"null\"]", result);
    }

    [Fact]
    public async Task ElseIfLadder_InALadderAndBehindALabel_LeavesTheRightOne()
    {
        var inner = string.Concat(Enumerable.Range(0, 150).Select(i => $"if (b === {i}) return 'inner {i}'; else "));
        var outer = string.Concat(Enumerable.Range(0, 150).Select(i => $"if (a === {i}) {(i == 149 ? inner + "return 'none'" : $"r = {i}")}; else "));
        Assert.Equal("[7,\"inner 148\",\"none\",\"end\"]", await ScriptDriver.ResultAsync(
            $"const f = (a, b) => {{ let r; label: {outer}{{ return 'end'; }} return r; }}; return [f(7), f(149, 148), f(149, 500), f(500)];"));
    }

    [Theory]
    [InlineData("const f = x => x + 1; return ", "f(", "0", ")", "300")]
    [InlineData("const f = async x => x + 1; return ", "await f(", "0", ")", "300")]
    [InlineData("const f = async x => await x + 1; return await ", "f(", "0", ")", "300")]
    [InlineData("let d = 0; for (let v = ", "[", "0", "]", "300", "; Array.isArray(v); v = v[0]) d++; return d;")]
    [InlineData("let d = 0; for (let v = ", "{ a: ", "0", "}", "300", "; typeof v === 'object'; v = v.a) d++; return d;")]
    [InlineData("return ", "(() => 1 + ", "0", ")()", "300")]
    [InlineData("return ", "(function () { return 1 + ", "0", "; })()", "300")]
    [InlineData("return await ", "(async () => 1 + await ", "0", ")()", "300")]
    [InlineData("return (", "`a${", "''", "}`", "300", ").length")]
    [InlineData("return (", "(1 + (", "0", "))", "300", ")")]
    [InlineData("return ", "- - ", "300", "", "300")]
    [InlineData("let a; return ", "a = ", "300", "", "300")]
    [InlineData("return ", "await ", "300", "", "300")]
    [InlineData("return ", "new Number(1 + ", "0", ")", "300", " + 0")]
    public async Task NestedThreeHundredDeep_Works(string before, string open, string middle, string close, string result, string after = "")
    {
        Assert.Equal(result, await ScriptDriver.ResultAsync($"{before}{Repeat(open, 300)}{middle}{Repeat(close, 300)}{after}"));
    }

    [Theory]
    [InlineData("{\n", "", "}", BlocksTooDeep)]
    [InlineData("if (args === undefined) {\n", "", "}", BlocksTooDeep)]
    [InlineData("for (const x of [1]) {\n", "", "}", BlocksTooDeep)]
    [InlineData("try {\n", "", "} finally { }", BlocksTooDeep)]
    [InlineData("", "function* g() { return (yield 1)", " +\n1", ExpressionTooDeep, "; }")]
    [InlineData("args?.[\n", "0", "]", ExpressionTooDeep)]
    public async Task NestedBeyondJint_IsAnErrorWithItsPlace(string open, string middle, string close, string message, string end = "")
    {
        await using var run = await ScriptDriver.RunAsync(Repeat(open, 400) + middle + Repeat(close, 400) + end);
        Assert.Equal(message, run.Error.Message);
        Assert.InRange(run.Error.Line, 2, 402);
        Assert.NotNull(run.Error.SourceLine);
    }

    [Fact]
    public async Task Place_BehindALaidOutLadder_IsTrueToTheFile()
    {
        var ladder = string.Concat(Enumerable.Range(0, 300).Select(i => $"if (i === {i}) x = {i}; else "));
        await using var run = await ScriptDriver.RunAsync($"const i = 299; let x;\n{ladder}{{ x = 0; }} missing();");
        Assert.Equal("ReferenceError: missing is not defined", run.Error.Message);
        Assert.Equal((3, ladder.Length + "{ x = 0; } m".Length), (run.Error.Line, run.Error.Column));
    }

    private static string Repeat(string text, int count) => new StringBuilder(text.Length * count).Insert(0, text, count).ToString();
}
