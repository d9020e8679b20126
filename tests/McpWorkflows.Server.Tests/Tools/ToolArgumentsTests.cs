using System.Text.Json;
using McpWorkflows.Server.Tools;

namespace McpWorkflows.Server.Tests.Tools;

public class ToolArgumentsTests
{
    [Fact]
    public void Constructor_UnknownName_SuggestsTheNearest()
    {
        var error = Assert.Throws<ToolInputException>(() => Arguments("""{"waitSecond":3}"""));

        Assert.Contains("'waitSecond'", error.Message);
        Assert.Contains("Did you mean 'waitSeconds'?", error.Message);
    }

    [Theory]
    [InlineData("""{}""", 0)]
    [InlineData("""{"waitSeconds":null}""", 0)]
    [InlineData("""{"waitSeconds":7}""", 7)]
    [InlineData("""{"waitSeconds":7.0}""", 7)]
    [InlineData("""{"waitSeconds":"12"}""", 12)]
    [InlineData("""{"waitSeconds":600}""", 45)]
    public void Wait_WhatModelsWrite_IsReadLeniently(string json, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Arguments(json).Wait());

    [Theory]
    [InlineData("""{"waitSeconds":-1}""")]
    [InlineData("""{"waitSeconds":"soon"}""")]
    [InlineData("""{"waitSeconds":1.5}""")]
    [InlineData("""{"waitSeconds":{}}""")]
    public void Wait_Nonsense_NamesTheArgument(string json) =>
        Assert.Contains("'waitSeconds'", Assert.Throws<ToolInputException>(() => Arguments(json).Wait()).Message);

    [Theory]
    [InlineData("""{"args":{"b":1,"a":2}}""", """{"b":1,"a":2}""")]
    [InlineData("""{"args":"{\"a\":1}"}""", """
        "{\"a\":1}"
        """)]
    [InlineData("""{"args":[1]}""", "[1]")]
    [InlineData("""{"args":null}""", null)]
    public void Json_AnyShape_KeepsItsText(string json, string? expected) => Assert.Equal(expected, Arguments(json).Json("args"));

    [Theory]
    [InlineData("0")]
    [InlineData("-5")]
    public void Positive_NotAboveZero_IsRefused(string value) =>
        Assert.Throws<ToolInputException>(() => Arguments($$"""{"budget":{{value}}}""").Positive("budget"));

    private static ToolArguments Arguments(string json) => new(
        JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(json), ToolDefinition.Load("start_workflow").InputSchema);
}
