namespace Acornima.Tests.Syntax;

/// <summary>The messages are Node's for the same text; so are the places, but where V8 blames a neighbouring token.</summary>
public sealed class RejectedSyntaxTests
{
    [Theory]
    [InlineData("var x = ;", "Unexpected token ';'", 1, 8)]
    [InlineData("foo(1 2)", "missing ) after argument list", 1, 6)]
    [InlineData("if (x { }", "Unexpected token '{'", 1, 6)]
    [InlineData("function f() { return ", "Unexpected end of input", 1, 22)]
    [InlineData("x = {a: 1, b", "Unexpected end of input", 1, 12)]
    [InlineData("return 5; }", "Illegal return statement", 1, 0)]
    [InlineData("foo\n  bar baz", "Unexpected identifier 'baz'", 2, 6)]
    [InlineData("await foo();", "await is only valid in async functions and the top level bodies of modules", 1, 0)]
    [InlineData("function f() { await x }", "await is only valid in async functions and the top level bodies of modules", 1, 15)]
    [InlineData("let a; let a;", "Identifier 'a' has already been declared", 1, 11)]
    [InlineData("{ function a() {} let a }", "Identifier 'a' has already been declared", 1, 22)]
    [InlineData("const a = 1;\nvar a;", "Identifier 'a' has already been declared", 2, 4)]
    [InlineData("try {} catch ([e]) { var e }", "Identifier 'e' has already been declared", 1, 25)]
    [InlineData("function f(a) { let a }", "Identifier 'a' has already been declared", 1, 20)]
    [InlineData("let x = 'abc", "Invalid or unexpected token", 1, 8)]
    [InlineData("let x = `abc", "Unterminated template literal", 1, 12)]
    [InlineData("let x = /abc", "Invalid regular expression: missing /", 1, 8)]
    [InlineData("/* open", "Invalid or unexpected token", 1, 0)]
    [InlineData("1__0", "Only one underscore is allowed as numeric separator", 1, 2)]
    [InlineData("1_", "Numeric separators are not allowed at the end of numeric literals", 1, 1)]
    [InlineData("0_1", "Numeric separator can not be used after leading 0.", 1, 1)]
    [InlineData("3in []", "Invalid or unexpected token", 1, 0)]
    [InlineData("0b12", "Invalid or unexpected token", 1, 0)]
    [InlineData("09n", "Invalid or unexpected token", 1, 0)]
    [InlineData("'\\u{110000}'", "Undefined Unicode code-point", 1, 1)]
    [InlineData("'\\x1'", "Invalid hexadecimal escape sequence", 1, 1)]
    [InlineData("`\\u{`", "Invalid Unicode escape sequence", 1, 1)]
    [InlineData("`\\01`", "Octal escape sequences are not allowed in template strings.", 1, 1)]
    [InlineData("a\\u0020b", "Invalid or unexpected token", 1, 0)]
    [InlineData("v\\u0061r x", "Keyword must not contain escaped characters", 1, 0)]
    [InlineData("a + = b", "Unexpected token '='", 1, 4)]
    [InlineData("1 = 2", "Invalid left-hand side in assignment", 1, 0)]
    [InlineData("f() = 1", "Invalid left-hand side in assignment", 1, 0)]
    [InlineData("a?.b = 1", "Invalid left-hand side in assignment", 1, 0)]
    [InlineData("++1", "Invalid left-hand side expression in prefix operation", 1, 2)]
    [InlineData("1++", "Invalid left-hand side expression in postfix operation", 1, 0)]
    [InlineData("[a, ...b, c] = d", "Rest element must be last element", 1, 4)]
    [InlineData("({ a = 1 })", "Invalid shorthand property initializer", 1, 3)]
    [InlineData("({ a: 1 } = 1)", "Invalid destructuring assignment target", 1, 6)]
    [InlineData("({ __proto__: 1, '__proto__': 2 })", "Duplicate __proto__ fields are not allowed in object literals", 1, 17)]
    [InlineData("(a, a) => 1", "Duplicate parameter name not allowed in this context", 1, 4)]
    [InlineData("(a,)", "Unexpected token ')'", 1, 3)]
    [InlineData("(...a)", "Unexpected token '...'", 1, 1)]
    [InlineData("()", "Unexpected token ')'", 1, 1)]
    [InlineData("a => {} || b", "Unexpected token '||'", 1, 8)]
    [InlineData("a || b => c", "Unexpected token '=>'", 1, 7)]
    [InlineData("x = a ?? b || c", "Unexpected token '||'", 1, 11)]
    [InlineData("-1 ** 2", "Unary operator used immediately before exponentiation expression. Parenthesis must be used to disambiguate operator precedence", 1, 0)]
    [InlineData("new a?.b()", "Invalid optional chain from new expression", 1, 5)]
    [InlineData("a?.`x`", "Invalid tagged template on optional chain", 1, 3)]
    [InlineData("import.meta", "Cannot use 'import.meta' outside a module", 1, 0)]
    [InlineData("import x from 'y'", "Cannot use import statement outside a module", 1, 0)]
    [InlineData("export var x", "Unexpected token 'export'", 1, 0)]
    [InlineData("new import('x')", "Cannot use new with import", 1, 4)]
    [InlineData("new.target", "new.target expression is not allowed here", 1, 4)]
    [InlineData("super.x", "'super' keyword unexpected here", 1, 0)]
    [InlineData("function f() { super() }", "'super' keyword unexpected here", 1, 15)]
    [InlineData("class A { constructor() {} constructor() {} }", "A class may only have one constructor", 1, 27)]
    [InlineData("class A { get constructor() {} }", "Class constructor may not be an accessor", 1, 14)]
    [InlineData("class A { static prototype() {} }", "Classes may not have a static property named 'prototype'", 1, 17)]
    [InlineData("class A { constructor = 1 }", "Classes may not have a field named 'constructor'", 1, 10)]
    [InlineData("class A { #a; #a }", "Identifier '#a' has already been declared", 1, 14)]
    [InlineData("class A { m() { this.#z } }", "Private field '#z' must be declared in an enclosing class", 1, 21)]
    [InlineData("class A { #a; m() { delete this.#a } }", "Private fields can not be deleted", 1, 27)]
    [InlineData("class A { x = arguments }", "'arguments' is not allowed in class field initializer or static initialization block", 1, 14)]
    [InlineData("class A { static { await } }", "Unexpected reserved word", 1, 19)]
    [InlineData("class A { constructor() { super() } }", "'super' keyword unexpected here", 1, 26)]
    [InlineData("break;", "Illegal break statement", 1, 0)]
    [InlineData("while (1) { function f() { continue } }", "Illegal continue statement: no surrounding iteration statement", 1, 27)]
    [InlineData("continue a", "Undefined label 'a'", 1, 9)]
    [InlineData("a: a: x", "Label 'a' has already been declared", 1, 3)]
    [InlineData("a: { continue a }", "Illegal continue statement: 'a' does not denote an iteration statement", 1, 14)]
    [InlineData("return", "Illegal return statement", 1, 0)]
    [InlineData("'use strict'; with (a) {}", "Strict mode code may not include a with statement", 1, 14)]
    [InlineData("'use strict'; 010", "Octal literals are not allowed in strict mode.", 1, 14)]
    [InlineData("'use strict'; '\\07'", "Octal escape sequences are not allowed in strict mode.", 1, 15)]
    [InlineData("function f() { '\\07'; 'use strict' }", "Octal escape sequences are not allowed in strict mode.", 1, 16)]
    [InlineData("'use strict'; delete x", "Delete of an unqualified identifier in strict mode.", 1, 21)]
    [InlineData("'use strict'; eval = 1", "Unexpected eval or arguments in strict mode", 1, 14)]
    [InlineData("'use strict'; let static", "Unexpected strict mode reserved word", 1, 18)]
    [InlineData("'use strict'; function f(a, a) {}", "Duplicate parameter name not allowed in this context", 1, 28)]
    [InlineData("'use strict'; if (1) function f() {}", "In strict mode code, functions can only be declared at top level or inside a block.", 1, 21)]
    [InlineData("while (1) function f() {}", "In non-strict mode code, functions can only be declared at top level, inside a block, or as the body of an if statement.", 1, 10)]
    [InlineData("if (1) class A {}", "Unexpected token 'class'", 1, 7)]
    [InlineData("if (1) let\n[a] = 1", "Lexical declaration cannot appear in a single-statement context", 1, 7)]
    [InlineData("label: async function f() {}", "Async functions can only be declared at the top level or inside a block.", 1, 7)]
    [InlineData("if (1) function* f() {}", "Generators can only be declared at the top level or inside a block.", 1, 15)]
    [InlineData("function f(a = 1) { 'use strict' }", "Illegal 'use strict' directive in function with non-simple parameter list", 1, 20)]
    [InlineData("function f(...a, b) {}", "Rest parameter must be last formal parameter", 1, 15)]
    [InlineData("function* g(x = yield) {}", "Yield expression not allowed in formal parameter", 1, 16)]
    [InlineData("async (x = await) => x", "'await' is not a valid identifier name in an async function", 1, 11)]
    [InlineData("async function f(x = await 1) {}", "Illegal await-expression in formal parameters of async function", 1, 21)]
    [InlineData("let let = 1", "let is disallowed as a lexically bound name", 1, 4)]
    [InlineData("const b;", "Missing initializer in const declaration", 1, 6)]
    [InlineData("let {c};", "Missing initializer in destructuring declaration", 1, 4)]
    [InlineData("for (let x = 1 of y) {}", "for-of loop variable declaration may not have an initializer.", 1, 9)]
    [InlineData("for (let a, b of c) {}", "Invalid left-hand side in for-of loop: Must have a single binding.", 1, 9)]
    [InlineData("for (a b c) {}", "Unexpected identifier 'b'", 1, 7)]
    [InlineData("for (async of x) {}", "The left-hand side of a for-of loop may not be 'async'.", 1, 5)]
    [InlineData("for (let of x) {}", "The left-hand side of a for-of loop may not start with 'let'.", 1, 5)]
    [InlineData("for await (x of y) {}", "Unexpected reserved word", 1, 4)]
    [InlineData("switch (a) { default: default: }", "More than one default clause in switch statement", 1, 22)]
    [InlineData("throw\na", "Illegal newline after throw", 1, 0)]
    [InlineData("try {}", "Missing catch or finally after try", 1, 6)]
    [InlineData("({ get a(b) {} })", "Getter must not have any formal parameters.", 1, 8)]
    [InlineData("({ set a() {} })", "Setter must have exactly one formal parameter.", 1, 8)]
    [InlineData("({ set a(...b) {} })", "Setter function argument must not be a rest parameter", 1, 8)]
    [InlineData("/(/", "Invalid regular expression: /(/: Unterminated group", 1, 0)]
    [InlineData("/a/gg", "Invalid regular expression flags", 1, 0)]
    [InlineData("enum", "Unexpected reserved word", 1, 0)]
    [InlineData("@dec class A {}", "Unexpected token '@'", 1, 0)]
    [InlineData("}", "Unexpected token '}'", 1, 0)]
    [InlineData(")", "Unexpected token ')'", 1, 0)]
    public void Script_IsRejectedWithMessageAndPlace(string source, string description, int line, int column)
    {
        var exception = Assert.Throws<ParseErrorException>(() => new Parser().ParseScript(source, "file.js"));

        Assert.Equal((description, line, column), (exception.Description, exception.LineNumber, exception.Column));
        Assert.Equal($"{description} (file.js:{line}:{column + 1})", exception.Message);
        Assert.Equal(source.Split('\n').Take(line - 1).Sum(l => l.Length + 1) + column, exception.Index);
        Assert.Equal((exception.Index, "file.js"), (exception.Error.Index, exception.Error.SourceFile));
    }

    [Theory]
    [InlineData("export { a }", "Export 'a' is not defined in module", 1, 9)]
    [InlineData("export var a; export { b as a }; var b", "Duplicate export of 'a'", 1, 28)]
    [InlineData("export default 1;\nexport default 2", "Duplicate export of 'default'", 2, 7)]
    [InlineData("import a from 'x'; let a", "Identifier 'a' has already been declared", 1, 23)]
    [InlineData("import { a as eval } from 'x'", "Unexpected eval or arguments in strict mode", 1, 14)]
    [InlineData("import { if } from 'x'", "Unexpected token 'if'", 1, 9)]
    [InlineData("import 'x' with { type: 'a', type: 'b' }", "Import attributes has a duplicate key 'type'", 1, 29)]
    [InlineData("export { 'a' }", "Unexpected string", 1, 9)]
    [InlineData("export { if }", "Unexpected token 'if'", 1, 9)]
    [InlineData("export { a as '\\uD800' }; var a", "Invalid module export name: contains unpaired surrogate character", 1, 14)]
    [InlineData("{ import a from 'x' }", "Cannot use import statement outside a module", 1, 2)]
    [InlineData("{ export var a }", "Unexpected token 'export'", 1, 2)]
    [InlineData("var await", "Unexpected reserved word", 1, 4)]
    [InlineData("function f() { await x }", "Unexpected reserved word", 1, 15)]
    [InlineData("with (a) {}", "Strict mode code may not include a with statement", 1, 0)]
    [InlineData("a <!-- b c", "Unexpected identifier 'c'", 1, 9)]
    [InlineData("return", "Illegal return statement", 1, 0)]
    [InlineData("for await (x in y) {}", "Unexpected token 'in'", 1, 13)]
    public void Module_IsRejectedWithMessageAndPlace(string source, string description, int line, int column)
    {
        var exception = Assert.Throws<ParseErrorException>(() => new Parser().ParseModule(source));

        Assert.Equal((description, line, column), (exception.Description, exception.LineNumber, exception.Column));
    }

    [Fact]
    public void AssignmentTarget_WhenInvalid_CarriesTheCodeThatJintAsksFor()
    {
        var exception = Assert.Throws<ParseErrorException>(() => new Parser().ParseScript("1 = 2"));

        Assert.Equal("InvalidLhsInAssignment", exception.Error.Code);
    }

    [Theory]
    [InlineData("a\r\nb\rc\u2028d\n )", 5, 1)]
    [InlineData("`\r\n\n${1}` )", 3, 6)]
    [InlineData("/*\n\r\n*/ )", 3, 3)]
    [InlineData("'a\\\r\nb' )", 2, 3)]
    [InlineData("\uFEFF )", 1, 2)]
    [InlineData("#!shebang\n )", 2, 1)]
    public void Place_CountsEveryKindOfLine(string source, int line, int column)
    {
        var exception = Assert.Throws<ParseErrorException>(() => new Parser().ParseScript(source));

        Assert.Equal(("Unexpected token ')'", line, column), (exception.Description, exception.LineNumber, exception.Column));
    }

    [Fact]
    public void Place_InAPartOfAText_CountsFromItsBeginning()
    {
        const string Text = "\n\n  let a; let a; rest";

        var exception = Assert.Throws<ParseErrorException>(() => new Parser().ParseScript(Text, 4, 13));

        Assert.Equal((3, 13, 15), (exception.LineNumber, exception.Column, exception.Index));
    }
}
