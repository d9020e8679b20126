namespace McpWorkflows.Engine.Tests.Scripting;

/// <summary>Built-ins that Jint alone gets wrong, as scripts find them. Node gives the same.</summary>
public sealed class CorrectionTests
{
    private const string Text = "const s = 'a👨‍👩‍👧e\\u0301\\r\\nx'; ";

    [Theory]
    [InlineData("return [...s].length;", "11")]
    [InlineData("let n = 0; for (const c of s) n++; return n;", "11")]
    [InlineData("return Array.from(s, c => c.length).join('');", "\"12121211111\"")]
    [InlineData("const [a, b, ...rest] = s; return [b.length, rest.length];", "[2,9]")]
    [InlineData("return ((...x) => x.length)(...s);", "11")]
    [InlineData("function* all() { yield* s } return [...all()].length;", "11")]
    [InlineData("return new Set(new String(s)).size;", "10")]
    [InlineData("return [...'\\ud83d\\ud83d\\ude00\\ude00'].map(c => c.length);", "[1,2,1]")]
    [InlineData("return Object.prototype.toString.call(s[Symbol.iterator]());", "\"[object String Iterator]\"")]
    [InlineData("return [''[Symbol.iterator].name, ''[Symbol.iterator].length, [...''].length];", "[\"[Symbol.iterator]\",0,0]")]
    [InlineData("return [...s[Symbol.iterator]().take(2)].length;", "2")]
    [InlineData("try { String.prototype[Symbol.iterator].call(null) } catch (e) { return e.name }", "\"TypeError\"")]
    public async Task Strings_AreIteratedByCodePoint(string body, string json) =>
        Assert.Equal(json, await ScriptDriver.ResultAsync(Text + body));

    [Theory]
    [InlineData("return Object.freeze([1, 2, 3, 4]).slice(1);", "[2,3,4]")]
    [InlineData("return Object.seal([1, 2, 3, 4]).slice(-2);", "[3,4]")]
    [InlineData("return Object.freeze([1, 2, 3, 4]).slice(1, -1);", "[2,3]")]
    [InlineData("return Object.freeze([1, 2, 3, 4]).slice('2', 9);", "[3,4]")]
    [InlineData("return Object.freeze([1, 2, 3]).slice(-9);", "[1,2,3]")]
    [InlineData("return Object.freeze([1, 2, 3]).slice(Infinity);", "[]")]
    [InlineData("return 3 in [1, , , ,].slice(0);", "false")]
    [InlineData("return Object.keys([1, , 3, , ].slice(1));", "[\"1\"]")]
    [InlineData("return (function () { return Array.prototype.slice.call(arguments, 1) })(1, 2, 3);", "[2,3]")]
    [InlineData("return [[].slice.length, [].slice.name, 'prototype' in [].slice];", "[2,\"slice\",false]")]
    public async Task Slice_OfAnyArray_HasAllElements(string body, string json) =>
        Assert.Equal(json, await ScriptDriver.ResultAsync(body));
}
