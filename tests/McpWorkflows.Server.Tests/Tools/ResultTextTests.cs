using System.Text.Json;
using McpWorkflows.Server.Reports;
using McpWorkflows.Server.Tools;

namespace McpWorkflows.Server.Tests.Tools;

public class ResultTextTests
{
    [Fact]
    public void Constructor_ShortObject_IsWholeAndKeepsKeyOrder()
    {
        var result = new ResultText("""{"b":1,"a":[2,3]}""");

        Assert.True(result.IsWhole);
        Assert.Equal("""{"b":1,"a":[2,3]}""", result.First.GetRawText());
    }

    [Theory]
    [InlineData("x")]
    [InlineData("\"")]
    [InlineData("\n")]
    [InlineData("\u0001")]
    [InlineData("é")]
    [InlineData("😀")]
    public void Page_LongText_PagesJoinToTheWholeAndEachFitsAsJson(string letter)
    {
        var text = string.Concat(Enumerable.Repeat(letter, 12_345));
        var result = new ResultText(JsonSerializer.Serialize(text));

        var pages = new List<string>();
        for (var offset = 0; offset < result.Length; offset = result.EndOfPage(offset))
            pages.Add(result.Page(offset));

        Assert.False(result.IsWhole);
        Assert.Equal(text, string.Concat(pages));
        Assert.All(pages, page => Assert.InRange(JsonSerializer.Serialize(page, ReportJson.Compact.String).Length, 3, ResultText.PageChars + 2));
        Assert.Equal(pages[0], result.First.GetString());
    }

    [Fact]
    public void First_LongObject_IsTheBeginningOfItsJsonText()
    {
        var json = JsonSerializer.Serialize(Enumerable.Range(0, 5_000));

        var result = new ResultText(json);

        Assert.StartsWith("[0,1,2,", result.First.GetString());
        Assert.Equal(json.Length, result.Length);
    }

    [Fact]
    public void First_VeryDeepJson_IsText()
    {
        var json = new string('[', 60) + new string(']', 60);

        Assert.Equal(json, new ResultText(json).First.GetString());
    }

    [Theory]
    [InlineData("""{"a":"x\ud800y"}""", "{\"a\":\"x\uFFFDy\"}")]
    [InlineData("""{"a":"\\ud800 \ud83d\ude00"}""", """{"a":"\\ud800 \uD83D\uDE00"}""")]
    [InlineData("\"\\udc00\"", "\"\uFFFD\"")]
    public void First_HalfASurrogatePair_IsTheReplacementCharacter(string json, string shown)
    {
        var result = new ResultText(json);

        Assert.Equal(shown, JsonSerializer.Serialize(result.First, ReportJson.Compact.JsonElement));
    }
}
