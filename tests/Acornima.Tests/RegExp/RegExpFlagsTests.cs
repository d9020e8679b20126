namespace Acornima.Tests.RegExp;

public sealed class RegExpFlagsTests
{
    [Theory]
    [InlineData("x")]
    [InlineData("gg")]
    [InlineData("uv")]
    [InlineData("G")]
    [InlineData("g ")]
    public void ValidateRegExp_InvalidFlags_GivesTheMessageOfV8(string flags)
    {
        Assert.False(Tokenizer.ValidateRegExp("a", flags, out var error));
        Assert.Equal($"Invalid flags supplied to RegExp constructor '{flags}'", error.Description);
    }

    [Theory]
    [InlineData("")]
    [InlineData("yvsmigd")]
    [InlineData("dgimsuy")]
    public void ValidateRegExp_ValidFlags_Accepts(string flags) => Assert.True(Tokenizer.ValidateRegExp("a", flags, out _));

    [Theory]
    [InlineData("a", "v", EcmaVersion.ES2022)]
    [InlineData("a", "d", EcmaVersion.ES2018)]
    [InlineData("(?<n>a)", "", EcmaVersion.ES2015)]
    [InlineData("(?i:a)", "", EcmaVersion.ES2024)]
    [InlineData("(?<n>a)|(?<n>b)", "", EcmaVersion.ES2024)]
    public void ValidateRegExp_SyntaxOfALaterEdition_Refuses(string pattern, string flags, EcmaVersion edition)
    {
        Assert.False(Tokenizer.ValidateRegExp(pattern, flags, out _, edition));
        Assert.True(Tokenizer.ValidateRegExp(pattern, flags, out _, EcmaVersion.ES2026));
    }
}
