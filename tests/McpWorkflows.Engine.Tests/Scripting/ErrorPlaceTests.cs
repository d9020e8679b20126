using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Tests.Scripting;

public sealed class ErrorPlaceTests
{
    [Theory]
    [InlineData("throw new Error('no');", "Error: no", 2, 7)]
    [InlineData("\n   null.x;", "TypeError: Cannot read properties of null (reading 'x')", 3, 9)]
    [InlineData("const f = () => {\n  throw new RangeError('deep');\n};\nf();", "RangeError: deep", 3, 9)]
    [InlineData("await agent('x');\nmissing();", "ReferenceError: missing is not defined", 3, 1)]
    [InlineData("export const a = 1; throw new Error('after export');", "Error: after export", 2, 27)]
    [InlineData("export default async () => {\n  throw new Error('in default');\n};", "Error: in default", 3, 9)]
    [InlineData("[1].map(x => { throw new Error('in callback'); });", "Error: in callback", 2, 22)]
    [InlineData("await (async () => { await null; throw new Error('later'); })();", "Error: later", 2, 40)]
    [InlineData("parallel;\nawait parallel([agent('x')]);", "TypeError: parallel() expects an array of functions, not promises. Wrap each call: () => agent(...)", 3, 7)]
    [InlineData("class Mine extends Error { name = 'Mine'; }\nthrow new Mine('own');", "Mine: own", 3, 11)]
    public async Task Error_HasThePlaceInTheFile(string body, string message, int line, int column)
    {
        await using var run = await ScriptDriver.RunAsync(body);
        Assert.Equal(message, run.Error.Message);
        Assert.Equal(("test.js", line, column), (run.Error.FileName, run.Error.Line, run.Error.Column));
        Assert.Equal(ScriptDriver.Body(body).Split('\n')[line - 1], run.Error.SourceLine);
    }

    [Theory]
    [InlineData("throw 'text';", "text")]
    [InlineData("throw { code: 5 };", "{\"code\":5}")]
    [InlineData("throw undefined;", "undefined")]
    [InlineData("throw null;", "null")]
    [InlineData("throw { get message() { throw 1; } };", "[unprintable error]")]
    [InlineData("const e = new Error('m'); e.stack = 'at x (test.js:99:99)'; e.name = ''; throw e;", "m")]
    public async Task OddThrow_IsDescribed(string body, string message)
    {
        await using var run = await ScriptDriver.RunAsync(body);
        Assert.Equal(message, run.Error.Message);
        Assert.Equal("test.js", run.Error.FileName);
    }

    [Fact]
    public async Task Stack_SeenByTheScript_IsTrueToTheFile()
    {
        var stack = await CombinatorTests.TextAsync("function inner() { return new Error('x').stack; }\nreturn inner();");
        Assert.StartsWith("    at inner (test.js:2:27)\n    at ", "    " + stack.TrimStart());
        Assert.DoesNotContain("prelude", stack, StringComparison.Ordinal);
        Assert.DoesNotContain("/", stack, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Place_BehindADeepExpression_IsTrueToTheFile()
    {
        var sum = string.Join(" + ", Enumerable.Repeat("1", 1000));
        await using var run = await ScriptDriver.RunAsync($"const x = {sum}; if (x !== 1000) throw 1\nconst y = {sum} + missing;");
        Assert.Equal("ReferenceError: missing is not defined", run.Error.Message);
        Assert.Equal((3, $"const y = {sum} + m".Length), (run.Error.Line, run.Error.Column));
    }

    [Fact]
    public async Task InvalidScript_FailsWithItsPlace()
    {
        await using var run = new ScriptDriver();
        await run.StartAsync("export const meta = { name: 'x', description: 'y' };\nlet a = ;");
        Assert.Equal(new ScriptError("Syntax error: Unexpected token ';'. Correct the syntax at this place.", "test.js", 2, 9, "let a = ;"), run.Error);
    }
}
