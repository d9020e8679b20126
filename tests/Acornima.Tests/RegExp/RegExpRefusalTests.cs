namespace Acornima.Tests.RegExp;

public sealed class RegExpRefusalTests
{
    [Theory]
    [InlineData(".", "u", "code points are not code units")]
    [InlineData("[a--b]", "v", "code points are not code units")]
    [InlineData("(?<a>x)|(?<a>y)", "", "duplicate group names")]
    [InlineData("(?:(a)|b)*", "", "groups in a repeated group")]
    [InlineData("((a)|b)+", "", "groups in a repeated group")]
    [InlineData("(a*)*", "", "a repeated group that can be empty")]
    [InlineData("(?:a*|b)*", "", "a repeated group that can be empty")]
    [InlineData("(?:\\b)+", "", "a repeated group that can be empty")]
    [InlineData("(?:a?){2,}?", "", "a repeated group that can be empty")]
    [InlineData("(?=a)*", "", "a repeated lookahead")]
    [InlineData("\\1(a)", "", "a reference to a group that is not complete by then")]
    [InlineData("(a\\1)", "", "a reference to a group that is not complete by then")]
    [InlineData("\\k<n>(?<n>a)", "", "a reference to a group that is not complete by then")]
    [InlineData("(?<=\\1(a))b", "", "a reference to a group that is not complete by then")]
    [InlineData("(a)(?<=\\1)b", "", "a reference to a group that is not complete by then")]
    [InlineData("(a)\\1", "i", "a reference without regard to case")]
    [InlineData("(a)(?i:\\1)", "", "a reference without regard to case")]
    [InlineData("\u00E9", "i", "letters beyond ASCII without regard to case")]
    [InlineData("[\u00E0-\u00FF]", "i", "letters beyond ASCII without regard to case")]
    [InlineData("[^\u212A]", "i", "letters beyond ASCII without regard to case")]
    public void AdaptRegExp_PatternWithoutDotNetEquivalent_Fails(string pattern, string flags, string reason)
    {
        var result = Tokenizer.AdaptRegExp(pattern, flags);

        Assert.False(result.Success);
        Assert.Null(result.ConversionResult);
        Assert.EndsWith($": Cannot be converted to a .NET regular expression: {reason}", result.ConversionError!.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void AdaptRegExp_AskedToThrow_ThrowsForWhatItCannotConvert()
    {
        var exception = Assert.Throws<ParseErrorException>(() => Tokenizer.AdaptRegExp("(?:(a)|b)*", "", throwIfNotAdaptable: true));

        Assert.Contains("groups in a repeated group", exception.Error!.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void AdaptRegExp_InvalidPattern_Throws()
    {
        var exception = Assert.Throws<ParseErrorException>(() => Tokenizer.AdaptRegExp("a)", ""));

        Assert.Equal("Invalid regular expression: /a)/: Unmatched ')'", exception.Error!.Description);
    }
}
