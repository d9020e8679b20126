using System.Text;
using Acornima.Ast;

namespace Acornima.Tests.Syntax;

/// <summary>A stack overflow ends the process: nesting has to be an error first, on every kind of stack.</summary>
public sealed class NestingTests
{
    private const int Depth = 100_000;

    public static TheoryData<string, string, string> Nests => new()
    {
        { "(", "1", ")" },
        { "[", "1", "]" },
        { "({a:", "1", "})" },
        { "{", "", "}" },
        { "`${", "1", "}`" },
        { "function f(){", "", "}" },
        { "(function(){", "", "})" },
        { "a=>", "1", "" },
        { "(a=", "1", ")=>1" },
        { "async(a=", "1", ")" },
        { "!", "1", "" },
        { "- ", "1", "" },
        { "++", "a", "" },
        { "typeof ", "1", "" },
        { "new ", "a", "" },
        { "new (", "a", ")" },
        { "a=", "1", "" },
        { "a?1:", "1", "" },
        { "a?", "1", ":1" },
        { "a**", "1", "" },
        { "a(", "", ")" },
        { "a[", "1", "]" },
        { "a`${", "1", "}`" },
        { "if(1)", ";", "" },
        { "if(1){}else{", "", "}" },
        { "while(1)", ";", "" },
        { "for(;;)", ";", "" },
        { "for(a of[()=>{", "", "}]);" },
        { "with(1)", ";", "" },
        { "do ", ";", " while(1)" },
        { "try{", "", "}finally{}" },
        { "switch(1){case 1:", "", "}" },
        { "class A{a(){", "", "}}" },
        { "(class extends ", "A", "{})" },
        { "(class{[", "1", "]=1})" },
        { "(class{static{", "", "}})" },
        { "[", "a", "]=1" },
        { "({a:", "b", "}={})" },
        { "([", "a", "])=>1" },
        { "({a(b=", "1", "){}})" },
        { "import(", "1", ")" },
        { "x: ", ";", "" },
        { "(async()=>{await ", "1", "})" },
    };

    [Theory]
    [MemberData(nameof(Nests))]
    public void DeepNesting_IsAParseErrorOnAnyStack(string open, string middle, string close)
    {
        var source = Repeat(open, Depth) + middle + Repeat(close, Depth);
        foreach (var stackSize in new[] { 256 * 1024, 1024 * 1024 })
        {
            var exception = OnThread(stackSize, () => Record.Exception(() => new Parser().ParseScript(source)));

            var error = Assert.IsType<ParseErrorException>(exception);
            Assert.True(error.Description == "Source is nested too deeply" || open is "x: " or "++", error.Message);
        }
    }

    [Theory]
    [InlineData("{a:", "}")]
    [InlineData("[", "]")]
    [InlineData("[{a:[,", "]}]")]
    public void DeepBindingPattern_IsAParseErrorOnAnyStack(string open, string close)
    {
        var source = "var " + Repeat(open, Depth) + "a" + Repeat(close, Depth) + " = 1";

        var error = Assert.IsType<ParseErrorException>(OnThread(256 * 1024, () => Record.Exception(() => new Parser().ParseScript(source))));
        Assert.Equal("Source is nested too deeply", error.Description);
    }

    [Fact]
    public void ModestNesting_ParsesOnASmallStack()
    {
        var source = Repeat("[(", 25) + "1" + Repeat(")]", 25);

        Assert.Null(OnThread(256 * 1024, () => Record.Exception(() => new Parser().ParseScript(source))));
    }

    [Theory]
    [InlineData("a", " + a")]
    [InlineData("a", " && a")]
    [InlineData("a", " ?? a")]
    [InlineData("a", ", a")]
    [InlineData("a", ".then(b)")]
    [InlineData("a", "[0]")]
    [InlineData("a", "?.b")]
    [InlineData("a", "`b`")]
    [InlineData("if (a) b;", " else if (c) d;")]
    [InlineData("a;", "b;")]
    [InlineData("var a", ", a")]
    public void LongChain_ParsesOnASmallStack(string first, string link)
    {
        var source = first + Repeat(link, 5000);
        var nodes = 0;

        var exception = OnThread(256 * 1024, () => Record.Exception(() =>
        {
            var script = new Parser(new ParserOptions { OnNode = (Node _, in OnNodeContext _) => nodes++ }).ParseScript(source);
            foreach (var child in script.ChildNodes)
            {
                Assert.NotEqual(0, child.End);
            }
        }));

        Assert.Null(exception);
        Assert.True(nodes >= 5000);
    }

    [Fact]
    public void Visitor_OverADeepTree_IsAnErrorItCanReport()
    {
        var script = new Parser().ParseScript("a" + Repeat(" + a", 50_000));

        var exception = OnThread(256 * 1024, () => Record.Exception(() => new AstVisitor().Visit(script)));

        Assert.IsType<InsufficientExecutionStackException>(exception);
    }

    private static string Repeat(string text, int count) => new StringBuilder(text.Length * count).Insert(0, text, count).ToString();

    private static Exception? OnThread(int stackSize, Func<Exception?> action)
    {
        Exception? result = null;
        var thread = new Thread(() => result = action(), stackSize);
        thread.Start();
        thread.Join();
        return result;
    }
}
