using System.Text.Json;

namespace McpWorkflows.Server.Settings;

/// <summary>A value of a settings file with the line it stands on, which a JSON document does not keep.</summary>
/// <param name="Raw">A string's content; else the JSON token.</param>
internal sealed record SettingsValue(JsonTokenType Kind, string Raw, int Line)
{
    private static readonly JsonReaderOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Of an object, in the file's order.</summary>
    public IReadOnlyList<(string Name, SettingsValue Value)> Members { get; init; } = [];

    /// <summary>Of an array.</summary>
    public IReadOnlyList<SettingsValue> Items { get; init; } = [];

    /// <summary>Throws <see cref="JsonException"/> with the line, from 0.</summary>
    public static SettingsValue Parse(ReadOnlySpan<byte> json)
    {
        var bom = json.StartsWith("\uFEFF"u8) ? 3 : 0;
        var reader = new Utf8JsonReader(json[bom..], Lenient);
        var lines = new LineCounter(json[bom..]);
        reader.Read();
        var value = Read(ref reader, ref lines);
        // What follows the value must be nothing.
        reader.Read();
        return value;
    }

    private static SettingsValue Read(ref Utf8JsonReader reader, ref LineCounter lines)
    {
        var line = lines.At(reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var members = new List<(string, SettingsValue)>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var name = reader.GetString()!;
                    reader.Read();
                    members.Add((name, Read(ref reader, ref lines)));
                }

                return new SettingsValue(JsonTokenType.StartObject, "{", line) { Members = members };
            case JsonTokenType.StartArray:
                var items = new List<SettingsValue>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    items.Add(Read(ref reader, ref lines));
                return new SettingsValue(JsonTokenType.StartArray, "[", line) { Items = items };
            case JsonTokenType.String:
                return new SettingsValue(JsonTokenType.String, reader.GetString()!, line);
            default:
                return new SettingsValue(reader.TokenType, System.Text.Encoding.UTF8.GetString(reader.ValueSpan), line);
        }
    }

    private ref struct LineCounter(ReadOnlySpan<byte> text)
    {
        private readonly ReadOnlySpan<byte> text = text;
        private int at;
        private int line = 1;

        public int At(long offset)
        {
            line += text[at..(int)offset].Count((byte)'\n');
            at = (int)offset;
            return line;
        }
    }
}
