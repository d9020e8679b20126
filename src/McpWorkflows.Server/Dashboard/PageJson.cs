using System.Text.Encodings.Web;
using System.Text.Json;

namespace McpWorkflows.Server.Dashboard;

/// <summary>How what the page reads is written. It shows texts as they are, so that no escape protects it from anything.</summary>
internal static class PageJson
{
    private const int MaxDepth = 500;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = MaxDepth + 20 };

    public static byte[] Write(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Options))
            write(writer);
        return buffer.ToArray();
    }

    /// <summary>JSON text as a value on one line; what is none, of a file that somebody brought, becomes a string.</summary>
    public static void Value(this Utf8JsonWriter writer, string name, string? json)
    {
        writer.WritePropertyName(name);
        writer.Value(json);
    }

    public static void Value(this Utf8JsonWriter writer, string? json)
    {
        if (json is null)
        {
            writer.WriteNullValue();
            return;
        }

        Reports.RunReports.Element(json, MaxDepth).WriteTo(writer);
    }

    public static void Text(this Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
            writer.WriteString(name, value);
    }

    public static void Time(this Utf8JsonWriter writer, string name, DateTimeOffset? value)
    {
        if (value is { } time)
            writer.WriteNumber(name, time.ToUnixTimeMilliseconds());
    }

    public static void Number(this Utf8JsonWriter writer, string name, decimal? value)
    {
        if (value is { } number)
            writer.WriteNumber(name, number);
    }
}
