using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace McpWorkflows.Agents.Schemas;

/// <summary>Text on its way into JSON and out of it.</summary>
internal static class JsonText
{
    /// <summary>The text as a JSON string, without needless escapes.</summary>
    public static string Quote(string text) => $"\"{JsonEncodedText.Encode(WellFormed(text), JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    /// <summary>The text with U+FFFD for lone surrogates, which the writers of JSON refuse; scripts and cut lines have them.</summary>
    public static string WellFormed(string text) =>
        text.AsSpan().ContainsAnyInRange('\ud800', '\udfff') ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) : text;

    /// <summary>
    /// The string's value. Servers that cut streams between UTF-16 code units send halves of surrogate pairs, which the
    /// reader refuses; put together again they are whole.
    /// </summary>
    public static string Read(JsonElement element)
    {
        try
        {
            return element.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            return Unescape(element.GetRawText().AsSpan()[1..^1]);
        }
    }

    private static string Unescape(ReadOnlySpan<char> raw)
    {
        var text = new StringBuilder(raw.Length);
        for (var index = 0; index < raw.Length; index++)
        {
            if (raw[index] != '\\')
            {
                text.Append(raw[index]);
                continue;
            }

            index++;
            text.Append(raw[index] switch
            {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'b' => '\b',
                'f' => '\f',
                'u' => (char)ushort.Parse(raw.Slice(index + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
                var other => other,
            });
            index += raw[index] == 'u' ? 4 : 0;
        }

        return text.ToString();
    }
}
