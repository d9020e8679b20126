namespace Acornima.Tests.RegExp;

public sealed class RegExpLimitsTests
{
    [Theory]
    [InlineData("(", ")", "")]
    [InlineData("(?:", ")", "")]
    [InlineData("(?<=", ")", "u")]
    [InlineData("(?:a|", ")", "")]
    [InlineData("[", "]", "v")]
    public void ValidateRegExp_NestingBeyondTheStack_IsAnError(string open, string close, string flags)
    {
        var pattern = Nest(open, close, 60_000);

        var description = OnASmallStack(() => Tokenizer.ValidateRegExp(pattern, flags, out var error) ? "" : error.Description);

        Assert.EndsWith(": Regular expression too large", description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AdaptRegExp_DeepNesting_ConvertsOrFails(bool compiled)
    {
        for (var depth = 16; depth <= 2048; depth *= 2)
        {
            var pattern = Nest("(?:b|", ")", depth);

            // Wherever the stack ends, whether in the parser, in the converter or in .NET, it must not end the process.
            OnASmallStack(() => Tokenizer.ValidateRegExp(pattern, "", out _) && Tokenizer.AdaptRegExp(pattern, "", compiled).Success);
        }
    }

    [Fact]
    public void ValidateRegExp_TooManyCaptures_IsAnError()
    {
        Assert.True(Tokenizer.ValidateRegExp(string.Concat(Enumerable.Repeat("()", 65535)), "", out _));
        Assert.False(Tokenizer.ValidateRegExp(string.Concat(Enumerable.Repeat("()", 65536)), "", out var error));
        Assert.EndsWith(": Too many captures", error.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void AdaptRegExp_VeryLongPattern_Fails()
    {
        Assert.True(Tokenizer.AdaptRegExp(new string('a', 10_000), "").Success);
        Assert.False(Tokenizer.AdaptRegExp(new string('a', 10_001), "").Success);
    }

    [Fact]
    public void AdaptRegExp_RepeatCountBeyondAnInteger_Converts()
    {
        var result = Tokenizer.AdaptRegExp("a{99999999999}|b{0,99999999999}", "");

        Assert.Equal("bb", result.Regex!.Match("bb").Value);
    }

    [Fact]
    public void ValidateRegExp_ErrorOnALaterLine_TellsThePosition()
    {
        Assert.False(Tokenizer.ValidateRegExp("a\r\nb\u2028cd)", "", out var error));

        Assert.Equal((7, 3, 2), (error.Index, error.LineNumber, error.Column));
    }

    private static string Nest(string open, string close, int depth)
        => string.Concat(Enumerable.Repeat(open, depth)) + "a" + string.Concat(Enumerable.Repeat(close, depth));

    private static T OnASmallStack<T>(Func<T> function)
    {
        T result = default!;
        var thread = new Thread(() => result = function(), maxStackSize: 512 * 1024);
        thread.Start();
        thread.Join();
        return result;
    }
}
