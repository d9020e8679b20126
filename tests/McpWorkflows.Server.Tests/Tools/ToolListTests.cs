using System.Text;
using System.Text.Json;
using McpWorkflows.Server.Prompts;
using McpWorkflows.Server.Tools;
using ModelContextProtocol.Protocol;

namespace McpWorkflows.Server.Tests.Tools;

public class ToolListTests
{
    private static readonly string[] Names = ["start_workflow", "get_status", "resume", "cancel_workflow", "list_workflows", "save_workflow"];

    [Fact]
    public void Tools_Together_StayUnder2000Tokens()
    {
        var characters = Names.Sum(name => Wire(name).Length);

        // JSON of schemas runs at about four characters to the token.
        Assert.InRange(characters / 4, 1, 2_000);
    }

    [Fact]
    public void Instructions_Fit_2KilobytesAndBeginWithWhenToUse()
    {
        var text = PromptFiles.Load("instructions.md");

        Assert.InRange(Encoding.UTF8.GetByteCount(text), 500, 2_048);
        Assert.StartsWith("Use this server when", text);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Tool_Annotations_AllFourAreSet(string name)
    {
        var hints = ToolDefinition.Load(name).Annotations!;

        Assert.NotNull(hints.ReadOnlyHint);
        Assert.NotNull(hints.DestructiveHint);
        Assert.NotNull(hints.IdempotentHint);
        Assert.NotNull(hints.OpenWorldHint);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Tool_InputSchema_IsPortableAndDescribed(string name)
    {
        var schema = ToolDefinition.Load(name).InputSchema;

        foreach (var property in schema.GetProperty("properties").EnumerateObject())
            Assert.False(string.IsNullOrWhiteSpace(property.Value.GetProperty("description").GetString()), property.Name);
        AssertPortable(schema);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Tool_OutputSchema_IsAnObjectPortableAndDescribed(string name)
    {
        var schema = ToolDefinition.Load(name).OutputSchema!.Value;

        Assert.Equal("object", schema.GetProperty("type").GetString());
        Assert.All(schema.GetProperty("properties").EnumerateObject(), property => Assert.True(property.Value.TryGetProperty("description", out _), property.Name));
        AssertPortable(schema);
    }

    public static TheoryData<string> All() => [.. Names];

    private static string Wire(string name) => JsonSerializer.Serialize(
        ToolDefinition.Load(name), ModelContextProtocol.McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(Tool)));

    // What strict linters and single-type dialects refuse: arrays of types, and schemas that say nothing.
    private static void AssertPortable(JsonElement schema)
    {
        Assert.True(schema.TryGetProperty("type", out var type) || schema.TryGetProperty("anyOf", out _), schema.GetRawText());
        if (type.ValueKind != JsonValueKind.Undefined)
            Assert.Equal(JsonValueKind.String, type.ValueKind);
        if (schema.TryGetProperty("properties", out var properties))
            Assert.All(properties.EnumerateObject(), property => AssertPortable(property.Value));
        if (schema.TryGetProperty("anyOf", out var branches))
            Assert.All(branches.EnumerateArray(), AssertPortable);
        if (schema.TryGetProperty("items", out var items))
            AssertPortable(items);
    }
}
