using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.Scripts;

namespace McpWorkflows.Engine.Tests.Scripts;

/// <summary>
/// Every syntax error stands at its line and column, whatever ends the lines and whatever stands before it, and shows the
/// line. <c>⟦</c> marks the place in each case and is no part of the source.
/// </summary>
public sealed class SyntaxErrorPlaceTests
{
    private const string Meta = "export const meta = { name: 'x', description: 'y' };\n";

    public static TheoryData<string, string> Cases => new()
    {
        { "const x = ⟦;", "Unexpected token ';'" },
        { "foo(1 ⟦2)", "missing ) after argument list" },
        { "const o = { a: 1, ⟦, b: 2 };", "Unexpected token ','" },
        { "const o = { a: 1\n  ⟦b: 2 };", "Unexpected identifier 'b'" },
        { "if (args ⟦{ }", "Unexpected token '{'" },
        { "if (args) { log(1) } else { log(2) }⟦}", "Unexpected token '}'" },
        { "const list = [1, 2⟦;", "Unexpected token ';'" },
        { "const s = ⟦'it isn\\'t closed;\nlog(s)", "the string that starts here is not closed on its line" },
        { "const s = 'it'⟦s ok';", "Unexpected identifier" },
        { "log(⟦\"two\nlines\")", "the string that starts here is not closed on its line" },
        { "const r = ⟦/abc;\n", "missing /" },
        { "const r = ⟦/(abc/;", "Unterminated group" },
        { "const r = ⟦/a/gg;", "Invalid regular expression flags" },
        { "let a = 1;\nlet ⟦a = 2;", "'a' has already been declared" },
        { "function f(a) { let ⟦a; }", "'a' has already been declared" },
        { "const ⟦a;", "Missing initializer in const declaration" },
        { "⟦break;", "Illegal break statement" },
        { "for (;;) { [1].forEach(() => { ⟦continue; }); }", "Illegal continue statement" },
        { "for (const ⟦x = 1 of y) { }", "may not have an initializer" },
        { "for (const ⟦x y) { }", "Missing initializer in const declaration" },
        { "⟦1 = 2;", "Invalid left-hand side in assignment" },
        { "⟦f() = 2;", "Invalid left-hand side in assignment" },
        { "class A { constructor() {} ⟦constructor() {} }", "A class may only have one constructor" },
        { "class A { m() { this.⟦#x; } }", "Private field '#x'" },
        { "class A { m() { ⟦super(); } }", "'super' keyword unexpected here" },
        { "const n = 1_⟦_0;", "underscore" },
        { "const n = ⟦010;", "Octal" },
        { "const s = '⟦\\u{110000}';", "Undefined Unicode code-point" },
        { "const t = `⟦\\x1`;", "Invalid hexadecimal escape sequence" },
        { "x = a ?? b ⟦|| c;", "Unexpected token '||'" },
        { "x = ⟦-1 ** 2;", "Unary operator used immediately before exponentiation" },
        { "delete ⟦x;", "Delete of an unqualified identifier" },
        { "const ⟦let = 1;", "Unexpected strict mode reserved word" },
        { "try { log(1) }⟦", "Missing catch or finally" },
        { "log(1);\n⟦/* never closed", "the comment that starts here is never closed" },
        { "switch (a) { default: 1; ⟦default: 2; }", "More than one default clause" },
        { "const a = [1, 2, 3].map(x => { return x ⟦];", "Unexpected token ']'" },
        { "await agent(`Use `⟦code` here`);", "A backtick inside a template literal ends it" },
        { "await agent(\n  ⟦`open prompt\n  with ${args} and more\n);\nlog('x');", "never closed" },
        { "log(`fine`); await agent(`outer ${`inner } and more`⟦);\n", "Missing } in template expression" },
        { "const f = x => { ⟦await agent(x) };", "await stands in a function that is not async" },
        { "log(1);\nif (args) {\n  log(2);\n⟦", "the file ends too early" },
        { "const x⟦: string = 'a';", "TypeScript syntax: a type annotation" },
        { "const f = (a⟦: string, b) => a;", "TypeScript syntax: a type annotation" },
        { "async function f(a)⟦: Promise<void> { }", "TypeScript syntax: a type annotation" },
        { "const y = x ⟦as Foo;", "TypeScript syntax: 'as'" },
        { "log(x ⟦as any);", "TypeScript syntax: 'as'" },
        { "⟦interface A { b: string }", "TypeScript syntax: 'interface'" },
        { "type ⟦A = { b: string };", "TypeScript syntax: 'type'" },
        { "⟦enum A { B }", "TypeScript syntax: 'enum'" },
        { "namespace ⟦A { }", "TypeScript syntax: 'namespace'" },
        { "class A { x⟦: number = 1; }", "TypeScript syntax: a type annotation" },
        { "class A { private ⟦x = 1; }", "TypeScript syntax: 'private'" },
        { "class A { constructor(⟦private x) { } }", "TypeScript syntax: 'private'" },
        { "class A { readonly ⟦x = 1; }", "TypeScript syntax: 'readonly'" },
        { "class A ⟦implements B { }", "TypeScript syntax: 'implements'" },
        { "abstract ⟦class A { }", "TypeScript syntax: 'abstract'" },
        { "import type ⟦{ A } from 'x';", "TypeScript syntax: 'import type'" },
        { "const m = new Map<string, number⟦>();", "TypeScript syntax: type parameters" },
        { "const f = ⟦<T,>(x) => x;", "TypeScript syntax: type parameters" },
        { "let x⟦!: string;", "TypeScript syntax: a non-null assertion" },
        { "log(args⟦!.name);", "TypeScript syntax: a non-null assertion" },
        { "return ⟦<div/>;", "JSX syntax" },
        { "const page = ⟦<Page title=\"x\">text</Page>;", "JSX syntax" },
        { "log(⟦<>a</>);", "JSX syntax" },
        { "⟦@decorator class A { }", "'@'" },
    };

    public static TheoryData<string> LineEnds => ["\n", "\r\n", "\r", "\u2028", "\u2029"];

    [Theory]
    [MemberData(nameof(Cases))]
    public void SyntaxError_StandsWhereItIs(string marked, string message) => Check(marked, message, "\n", "");

    [Theory]
    [MemberData(nameof(LineEnds))]
    public void SyntaxErrors_BehindEveryKindOfLineEnd_StandWhereTheyAre(string lineEnd)
    {
        // Strings may contain the separators that Unicode added.
        var cases = Cases.Select(row => row.Data).Where(data => lineEnd is "\n" or "\r\n" or "\r" || !data.Item2.Contains("on its line", StringComparison.Ordinal));
        foreach (var (marked, message) in cases)
        {
            Check(marked, message, lineEnd, "");
        }
    }

    [Theory]
    [InlineData("\t\t")]
    [InlineData("/* 😀𝒜 */ ")]
    [InlineData("var 𝒜 = '\u00e9\u0301', ü; ")]
    [InlineData("`two\nlines ${`and ${1} more`}`;")]
    [InlineData("/* a\ncomment */")]
    [InlineData("'a\\\ncontinued line'; ")]
    public void SyntaxErrors_BehindOtherCode_StandWhereTheyAre(string before)
    {
        foreach (var (marked, message) in Cases.Select(row => row.Data))
        {
            Check(before + marked, message, "\n", before);
        }
    }

    private static void Check(string marked, string message, string lineEnd, string before)
    {
        var whole = (Meta + marked).Replace("\n", lineEnd, StringComparison.Ordinal);
        var at = whole.IndexOf('⟦', StringComparison.Ordinal);
        var source = whole.Replace("⟦", "", StringComparison.Ordinal);
        var lines = source[..at].Split(lineEnd);
        var shown = source.Split(lineEnd)[lines.Length - 1];

        var refusal = Assert.Throws<ScriptRefusedException>(() => WorkflowScript.Parse(source, "x.js"));

        var error = refusal.Errors[0];
        Assert.True(
            error.Message.Contains(message, StringComparison.Ordinal) && (error.Line, error.Column, error.SourceLine) == (lines.Length, lines[^1].Length + 1, shown),
            $"{marked} (behind {before}): expected {lines.Length}:{lines[^1].Length + 1}, gave {error}");
    }
}
