using Acornima.Ast;

namespace Acornima.Tests.Syntax;

public sealed class ParserOptionsTests
{
    [Fact]
    public void AllowReturnOutsideFunction_HoldsForScriptsAndModules()
    {
        var parser = new Parser(new ParserOptions { AllowReturnOutsideFunction = true });

        parser.ParseScript("if (a) { return 1 }");
        parser.ParseModule("export const meta = {}; const x = await f(); return x");
        Assert.Throws<ParseErrorException>(() => parser.ParseScript("class A { static { return } }"));
        Assert.Throws<ParseErrorException>(() => new Parser().ParseModule("return"));
    }

    [Fact]
    public void AllowAwaitOutsideFunction_HoldsForScriptsButNotInTheirFunctions()
    {
        var parser = new Parser(new ParserOptions { AllowAwaitOutsideFunction = true });

        parser.ParseScript("const x = await f(); for await (const y of x) {} { await y }");
        var exception = Assert.Throws<ParseErrorException>(() => parser.ParseScript("() => { await x }"));
        Assert.Equal("await is only valid in async functions and the top level bodies of modules", exception.Description);
    }

    [Fact]
    public void EvalOptions_AllowWhatTheSurroundingCodeMayProvide()
    {
        var parser = new Parser(new ParserOptions
        {
            AllowNewTargetOutsideFunction = true,
            AllowSuperOutsideMethod = true,
            CheckPrivateFields = false,
        });

        parser.ParseScript("new.target; super.x; super(); this.#a; #b in c; class A { m() { this.#z } }");
        Assert.Throws<ParseErrorException>(() => parser.ParseScript("super"));
    }

    [Fact]
    public void AllowTopLevelUsing_ConcernsScripts()
    {
        new Parser(new ParserOptions { AllowTopLevelUsing = true }).ParseScript("using a = b");
        new Parser().ParseModule("using a = b");
        Assert.Throws<ParseErrorException>(() => new Parser().ParseScript("using a = b"));
    }

    [Fact]
    public void Options_AreValues()
    {
        Assert.Equal(ParserOptions.Default with { Tolerant = true }, new ParserOptions { Tolerant = true });
        Assert.NotEqual(ParserOptions.Default, new ParserOptions { Tolerant = true });
    }

    [Fact]
    public void OnNode_GetsTheNamesOfTheScopesThatNodesClose()
    {
        var scopes = new List<string>();
        var options = new ParserOptions
        {
            OnNode = (Node node, in OnNodeContext context) =>
            {
                if (context.HasScope)
                {
                    ref readonly var scope = ref context.Scope;
                    scopes.Add($"{node.Type}: {Names(scope.VarVariables)}|{Names(scope.LexicalVariables)}|{Names(scope.Functions)}");
                }
            },
        };

        new Parser(options).ParseScript(
            "function f(a, { b }) { var c; let d; { var e; function g() {} } } try {} catch (h) { let i } for (const j of k) {} (l => l); class M {}");

        Assert.Equal(
            [
                "FunctionDeclaration: ||",
                "BlockStatement: e||g",
                "FunctionDeclaration: a,b,c,e|d|",
                "BlockStatement: ||",
                "CatchClause: |h,i|",
                "BlockStatement: ||",
                "ForOfStatement: |j|",
                "ArrowFunctionExpression: l||",
                "ClassDeclaration: ||",
                "Program: |M|f",
            ],
            scopes);
    }

    [Fact]
    public void OnRegExp_GetsEveryLiteralAndDecides()
    {
        var seen = new List<string>();
        var options = new ParserOptions
        {
            OnRegExp = (in RegExpParsingContext context) =>
            {
                seen.Add(context.Pattern + " " + context.Flags);
                return RegExpParseResult.ForSuccess(additionalData: "data");
            },
        };

        var script = new Parser(options).ParseScript("/a[/]b/gi; /(/");

        Assert.Equal(["a[/]b gi", "( "], seen);
        var literal = (RegExpLiteral)((ExpressionStatement)script.Body[0]).Expression;
        Assert.Equal("data", literal.ParseResult.AdditionalData);
        Assert.Equal(("a[/]b", "gi", "/a[/]b/gi"), (literal.RegExp.Pattern, literal.RegExp.Flags, literal.Raw));
    }

    [Fact]
    public void Parser_AfterAnError_CanBeUsedAgain()
    {
        var parser = new Parser();
        Assert.Throws<ParseErrorException>(() => parser.ParseScript("'use strict'; x: class A { m() { function* g() { ("));

        var script = parser.ParseScript("010; var yield");

        Assert.Equal(2, script.Body.Count);
    }

    [Fact]
    public void Tokenizer_ReadsTokenByToken()
    {
        var tokenizer = new Tokenizer("static /* c */ m(x) { }");
        tokenizer.Next();
        tokenizer.Next();

        Assert.Equal((15, 16, TokenKind.Identifier), (tokenizer.Current.Start, tokenizer.Current.End, tokenizer.Current.Kind));

        tokenizer.Reset("xx null 1", 3, 4);
        tokenizer.Next();
        Assert.Equal((3, TokenKind.NullLiteral), (tokenizer.Current.Start, tokenizer.Current.Kind));
        tokenizer.Next();
        Assert.Equal(TokenKind.EOF, tokenizer.Current.Kind);
    }

    private static string Names(ReadOnlySpan<Identifier> identifiers)
    {
        var names = new List<string>();
        foreach (var identifier in identifiers)
        {
            names.Add(identifier.Name);
        }

        return string.Join(',', names);
    }
}
