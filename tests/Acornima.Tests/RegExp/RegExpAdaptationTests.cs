using System.Text.RegularExpressions;

namespace Acornima.Tests.RegExp;

public sealed class RegExpAdaptationTests
{
    [Fact]
    public void AdaptRegExp_NamedAndUnnamedGroups_AreNumberedFromLeftToRight()
    {
        var result = Tokenizer.AdaptRegExp("(?<first>a)(b)(?<third>c)", "");

        Assert.True(result.Success);
        Assert.Equal(4, result.ActualRegexGroupCount);
        Assert.Equal([null, "first", null, "third"], Enumerable.Range(0, 4).Select(result.GetRegexGroupName));
        Assert.Equal(["abc", "a", "b", "c"], result.Regex!.Match("abc").Groups.Values.Select(static g => g.Value));
        Assert.Null(result.GetRegexGroupName(4));
        Assert.Null(result.GetRegexGroupName(-1));
    }

    [Fact]
    public void AdaptRegExp_StickyFlag_StillSearches()
    {
        var result = Tokenizer.AdaptRegExp("b", "y");

        // A split adds y to the flags and walks the matches of the whole subject.
        Assert.Equal([1, 3], result.Regex!.Matches("abab").Select(static m => m.Index));
    }

    [Fact]
    public void AdaptRegExp_StartWithinTheSubject_LooksBehindIt()
    {
        Assert.Equal(1, Tokenizer.AdaptRegExp("(?<=a)b", "g").Regex!.Match("ab", 1).Index);
        Assert.False(Tokenizer.AdaptRegExp("^b", "g").Regex!.Match("ab", 1).Success);
    }

    [Fact]
    public void AdaptRegExp_MatchTimeout_EndsARunawayMatch()
    {
        var regex = Tokenizer.AdaptRegExp("^(?:\\w+\\s?)+$", "", matchTimeout: TimeSpan.FromMilliseconds(20)).Regex!;

        Assert.Equal(TimeSpan.FromMilliseconds(20), regex.MatchTimeout);
        Assert.Throws<RegexMatchTimeoutException>(() => regex.IsMatch(new string('a', 60) + "!"));
    }

    [Fact]
    public void AdaptRegExp_NoMatchTimeout_IsInfinite()
        => Assert.Equal(Regex.InfiniteMatchTimeout, Tokenizer.AdaptRegExp("a", "").Regex!.MatchTimeout);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AdaptRegExp_Compiled_IsPassedOn(bool compiled)
        => Assert.Equal(compiled, Tokenizer.AdaptRegExp("a", "", compiled).Regex!.Options.HasFlag(RegexOptions.Compiled));

    [Fact]
    public void Default_IsAFailure() => Assert.False(default(RegExpParseResult).Success);

    [Fact]
    public void ForSuccess_HostData_IsKept()
    {
        var (matcher, data) = (new object(), new object());

        var result = RegExpParseResult.ForSuccess(matcher, data);

        Assert.True(result.Success);
        Assert.Same(matcher, result.ConversionResult);
        Assert.Same(data, result.AdditionalData);
        Assert.Null(result.Regex);
        Assert.Equal(0, result.ActualRegexGroupCount);
        Assert.Null(result.GetRegexGroupName(1));
    }

    [Fact]
    public void ForSuccess_RegexOfAHost_TellsItsOwnGroups()
    {
        var result = RegExpParseResult.ForSuccess(new Regex("(a)(?<n>b)"));

        Assert.Equal(3, result.ActualRegexGroupCount);
        Assert.Equal([null, null, "n", null], Enumerable.Range(0, 4).Select(result.GetRegexGroupName));
    }

    [Fact]
    public void RegExpValue_ToString_IsTheLiteral() => Assert.Equal("/a/g", new RegExpValue("a", "g").ToString());
}
