using System.Text.Json;
using McpWorkflows.Server.Reports;

namespace McpWorkflows.Server.Tools;

/// <summary>A run's result in parts that fit a model's context.</summary>
internal sealed class ResultText
{
    /// <summary>Longest part, in characters as they stand in the answer's JSON.</summary>
    public const int PageChars = 8_000;

    // The protocol library's own limit is 64 for a whole message; the answer lies some levels deep in it.
    private const int MaxDepth = 48;

    private readonly JsonElement value;
    private readonly string text;

    public ResultText(string resultJson)
    {
        value = RunReports.Element(resultJson, MaxDepth);
        text = value.ValueKind == JsonValueKind.String ? value.GetString()! : resultJson;
        IsWhole = JsonSerializer.Serialize(value, ReportJson.Compact.JsonElement).Length <= PageChars;
    }

    /// <summary>The result fits in one answer.</summary>
    public bool IsWhole { get; }

    /// <summary>Characters of the text that pages are cut from: the string itself, or the JSON text.</summary>
    public int Length => text.Length;

    /// <summary>The result as it is, or the text's first page.</summary>
    public JsonElement First => IsWhole ? value : JsonSerializer.SerializeToElement(text[..EndOfPage(0)], ReportJson.Compact.String);

    public string Page(int offset) => text[offset..EndOfPage(offset)];

    /// <summary>Where the page that begins at an offset ends; never between two halves of a character.</summary>
    public int EndOfPage(int offset)
    {
        var room = PageChars;
        var end = offset;
        while (end < text.Length)
        {
            var width = char.IsHighSurrogate(text[end]) && end + 1 < text.Length ? 2 : 1;
            room -= text[end] switch
            {
                '"' or '\\' or '\n' or '\r' or '\t' => 2,
                < ' ' => 6,
                _ => width,
            };
            if (room < 0)
                break;
            end += width;
        }

        return end;
    }
}
