using System.Text.Json;

namespace McpWorkflows.Agents.Schemas;

/// <summary>Values as they appear in error messages.</summary>
internal static class Brief
{
    private const int Length = 80;

    public static string Json(JsonElement value)
    {
        var text = value.GetRawText();
        return text.Length <= Length ? text : $"{text[..Length]}…";
    }

    public static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        _ => "null",
    };
}
