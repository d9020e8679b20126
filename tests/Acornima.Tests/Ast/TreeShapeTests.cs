using System.Text;
using Acornima.Ast;

namespace Acornima.Tests.Ast;

/// <summary>The children of every node type, in source order; each node once.</summary>
public sealed class TreeShapeTests
{
    [Theory]
    [InlineData("a + b * c - d", "Subtraction(Addition(a Multiplication(b c)) d)")]
    [InlineData("a ** b ** c", "Exponentiation(a Exponentiation(b c))")]
    [InlineData("a && b || c ?? d", null)]
    [InlineData("a || b && c", "LogicalOr(a LogicalAnd(b c))")]
    [InlineData("a = b += c", "Assignment(a AdditionAssignment(b c))")]
    [InlineData("!a, -b, a++, --b", "SequenceExpression(LogicalNot(a) UnaryNegation(b) Increment(a) Decrement(b))")]
    [InlineData("a?.b.c(d)", "ChainExpression(CallExpression(MemberExpression(MemberExpression?(a b) c) d))")]
    [InlineData("(a?.b).c", "MemberExpression(ChainExpression(MemberExpression?(a b)) c)")]
    [InlineData("new a.b(c).d", "MemberExpression(NewExpression(MemberExpression(a b) c) d)")]
    [InlineData("[a, , ...b]", "ArrayExpression(a SpreadElement(b))")]
    [InlineData("({ a, b: c, [d]: e, f() {}, get g() {}, ...h })", "ObjectExpression(Init(a) Init(b c) Init(d e) Init(f FunctionExpression(BlockStatement)) Get(g FunctionExpression(BlockStatement)) SpreadElement(h))")]
    [InlineData("[a, b = c, ...[d]] = e", "Assignment(ArrayPattern(a AssignmentPattern(b c) RestElement(ArrayPattern(d))) e)")]
    [InlineData("({ a = b, c: d.e } = f)", "Assignment(ObjectPattern(Init(AssignmentPattern(a b)) Init(c MemberExpression(d e))) f)")]
    [InlineData("(a, { b }, ...c) => d", "ArrowFunctionExpression(a ObjectPattern(Init(b)) RestElement(c) d)")]
    [InlineData("async a => { await b }", "ArrowFunctionExpression(a BlockStatement(ExpressionStatement(AwaitExpression(b))))")]
    [InlineData("`a${b}c${d}`", "TemplateLiteral(TemplateElement b TemplateElement d TemplateElement)")]
    [InlineData("a`b`", "TaggedTemplateExpression(a TemplateLiteral(TemplateElement))")]
    [InlineData("import(a, b)", "ImportExpression(a b)")]
    [InlineData("x = class A extends B { #c = d; static e() {} static { f } }", "Assignment(x ClassExpression(A B ClassBody(PropertyDefinition(#c d) MethodDefinition(e FunctionExpression(BlockStatement)) StaticBlock(ExpressionStatement(f)))))")]
    public void Expression_HasTheShape(string source, string? expected)
    {
        if (expected is null)
        {
            Assert.Throws<ParseErrorException>(() => new Parser().ParseScript(source));
            return;
        }

        var statement = Assert.IsType<NonSpecialExpressionStatement>(new Parser().ParseScript(source).Body[0]);
        Assert.Equal(expected, Describe(statement.Expression));
    }

    [Theory]
    [InlineData("if (a) b; else if (c) d; else e", "IfStatement(a ExpressionStatement(b) IfStatement(c ExpressionStatement(d) ExpressionStatement(e)))")]
    [InlineData("for (let a = b; c; d) e", "ForStatement(Let(VariableDeclarator(a b)) c d ExpressionStatement(e))")]
    [InlineData("for (const a of b) ;", "ForOfStatement(Const(VariableDeclarator(a)) b EmptyStatement)")]
    [InlineData("for (a in b) { }", "ForInStatement(a b BlockStatement)")]
    [InlineData("do a; while (b)", "DoWhileStatement(ExpressionStatement(a) b)")]
    [InlineData("a: while (b) continue a", "LabeledStatement(a WhileStatement(b ContinueStatement(a)))")]
    [InlineData("try { a } catch ({ b }) { c } finally { d }", "TryStatement(BlockStatement(ExpressionStatement(a)) CatchClause(ObjectPattern(Init(b)) BlockStatement(ExpressionStatement(c))) BlockStatement(ExpressionStatement(d)))")]
    [InlineData("switch (a) { case b: c; default: }", "SwitchStatement(a SwitchCase(b ExpressionStatement(c)) SwitchCase)")]
    [InlineData("var a = b, [c] = d", "Var(VariableDeclarator(a b) VariableDeclarator(ArrayPattern(c) d))")]
    [InlineData("async function* a(b) { yield* c }", "FunctionDeclaration(a b BlockStatement(ExpressionStatement(YieldExpression(c))))")]
    [InlineData("import a, { b, c as d } from 'e' with { f: 'g' }", "ImportDeclaration(ImportDefaultSpecifier(a) ImportSpecifier(b) ImportSpecifier(c d) 'e' ImportAttribute(f 'g'))")]
    [InlineData("export { a, b as c } from 'd'", "ExportNamedDeclaration(ExportSpecifier(a) ExportSpecifier(b c) 'd')")]
    [InlineData("export * as a from 'b'", "ExportAllDeclaration(a 'b')")]
    [InlineData("export default class {}", "ExportDefaultDeclaration(ClassDeclaration(ClassBody))")]
    public void Statement_HasTheShape(string source, string expected)
        => Assert.Equal(expected, Describe(new Parser().ParseModule(source).Body[0]));

    [Fact]
    public void Literals_CarryTheirValues()
    {
        var array = (ArrayExpression)((ExpressionStatement)new Parser().ParseScript(
            "[1e3, 0xff, 0b101, 1_0.5, 9007199254740993, 0x20000000000001, 'a\\x62', 0x10n, true, null, 1e400, .1]").Body[0]).Expression;

        Assert.Equal(
            [1000d, 255d, 5d, 10.5, 9007199254740992d, 9007199254740992d, "ab", new System.Numerics.BigInteger(16), true, null, double.PositiveInfinity, 0.1],
            array.Elements.Select(e => ((Literal)e!).Value));
        Assert.Equal("1_0.5", ((Literal)array.Elements[3]!).Raw);
    }

    [Fact]
    public void Template_KeepsRawAndCookedText()
    {
        var tagged = (TaggedTemplateExpression)((ExpressionStatement)new Parser().ParseScript("a`\\n\r\n${b}\\u`").Body[0]).Expression;

        Assert.Equal(("\n\n", "\\n\n"), (tagged.Quasi.Quasis[0].Value.Cooked, tagged.Quasi.Quasis[0].Value.Raw));
        Assert.Equal((null, "\\u"), (tagged.Quasi.Quasis[1].Value.Cooked, tagged.Quasi.Quasis[1].Value.Raw));
        Assert.True(tagged.Quasi.Quasis[1].Tail);
    }

    [Fact]
    public void Parentheses_BelongToTheOuterNodeOnly()
    {
        var assignment = (AssignmentExpression)((ExpressionStatement)new Parser().ParseScript("(a) = (b + c) * d").Body[0]).Expression;

        // Jint tells a parenthesized name from a bare one by these offsets.
        Assert.Equal((0, 1), (assignment.Start, assignment.Left.Start));
        Assert.Equal(Range.From(6, 17), assignment.Right.Range);
        Assert.Equal(Range.From(7, 12), ((BinaryExpression)assignment.Right).Left.Range);
    }

    [Fact]
    public void Locations_CountLinesFrom1AndColumnsFrom0()
    {
        var statement = new Parser().ParseScript("a;\n\n  b\n.c", "f.js").Body[1];

        Assert.Equal(SourceLocation.From(Position.From(3, 2), Position.From(4, 2), "f.js"), statement.Location);
        Assert.Equal(Range.From(6, 10), statement.Range);
    }

    [Fact]
    public void Strictness_IsThatOfTheCode()
    {
        var script = new Parser().ParseScript("function f() { 'use strict' } function g() { 'x'; \"use strict\"; ; 'y' } function h() { }");

        Assert.False(script.Strict);
        Assert.Equal([true, true, false], script.Body.Select(s => ((FunctionDeclaration)s).Body.Strict));
        Assert.Equal(["x", "use strict"], ((FunctionDeclaration)script.Body[1]).Body.Body.OfType<Directive>().Select(d => d.Value));
        Assert.True(new Parser().ParseScript("'use strict'").Strict);
        Assert.True(new Parser().ParseScript("", strict: true).Strict);
        Assert.True(new Parser().ParseModule("").Strict);
    }

    [Fact]
    public void Visitor_SeesEveryNodeOnce()
    {
        var count = 0;
        var options = new ParserOptions { OnNode = (Node node, in OnNodeContext _) => node.UserData = "seen" };
        var script = new Parser(options).ParseScript("function f({ a = 1 }, ...b) { for (const c of [b]) { c?.d; `e${a}` } } class G { #h = 1 }");

        new CountingVisitor(node =>
        {
            Assert.Equal("seen", node.UserData);
            node.UserData = null;
            count++;
        }).Visit(script);

        Assert.Equal(34, count);
    }

    private sealed class CountingVisitor(Action<Node> seen) : AstVisitor
    {
        public override object? Visit(Node node)
        {
            seen(node);
            return base.Visit(node);
        }
    }

    private static string Describe(Node node)
    {
        var builder = new StringBuilder();
        Describe(node, builder);
        return builder.ToString();
    }

    private static void Describe(Node node, StringBuilder builder)
    {
        builder.Append(node switch
        {
            Identifier identifier => identifier.Name,
            PrivateIdentifier name => "#" + name.Name,
            Literal literal => literal.Raw,
            BinaryExpression binary => binary.Operator,
            AssignmentExpression assignment => assignment.Operator,
            UnaryExpression unary => unary.Operator,
            Property property => property.Kind,
            VariableDeclaration declaration => declaration.Kind,
            MemberExpression { Optional: true } => "MemberExpression?",
            _ => node.Type,
        });
        var separator = '(';
        foreach (var child in node.ChildNodes)
        {
            builder.Append(separator);
            Describe(child, builder);
            separator = ' ';
        }

        if (separator == ' ')
        {
            builder.Append(')');
        }
    }
}
