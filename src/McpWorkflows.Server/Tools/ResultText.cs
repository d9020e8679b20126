using System.Text;
using System.Text.Encodings.Web;
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
            var (width, cost) = Next(end);
            if (cost > room)
                break;
            room -= cost;
            end += width;
        }

        return end;
    }

    // What the next character takes in the text and in the JSON; half a surrogate pair counts as one character.
    private (int Width, int Cost) Next(int at)
    {
        if (!Rune.TryGetRuneAt(text, at, out var rune))
            return (1, 6);
        if (!JavaScriptEncoder.UnsafeRelaxedJsonEscaping.WillEncode(rune.Value))
            return (rune.Utf16SequenceLength, rune.Utf16SequenceLength);
        return (rune.Utf16SequenceLength, rune.Value is '"' or '\\' or '\n' or '\r' or '\t' or '\b' or '\f' ? 2 : 6 * rune.Utf16SequenceLength);
    }
}
