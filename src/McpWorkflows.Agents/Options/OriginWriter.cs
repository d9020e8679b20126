using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace McpWorkflows.Agents.Options;

/// <summary>Writes options with their origins, as <see cref="Engine.Agents.AgentOutcome.Resolved"/> states them; those of the default are left out.</summary>
internal sealed class OriginWriter
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly ArrayBufferWriter<byte> _buffer = new(256);
    private readonly Utf8JsonWriter _writer;

    private OriginWriter() => _writer = new Utf8JsonWriter(_buffer, Relaxed);

    public static string Write(Action<OriginWriter> write)
    {
        var origins = new OriginWriter();
        using var writer = origins._writer;
        writer.WriteStartObject();
        write(origins);
        writer.WriteEndObject();
        writer.Flush();
        return Encoding.UTF8.GetString(origins._buffer.WrittenSpan);
    }

    public void Text<T>(string name, Resolved<T> option) => Option(name, option, value => _writer.WriteStringValue(value?.ToString()));

    public void Milliseconds(string name, Resolved<TimeSpan> option) => Option(name, option, value => _writer.WriteNumberValue((long)value.TotalMilliseconds));

    public void Milliseconds(string name, Resolved<TimeSpan?> option) => Option(name, option, value => _writer.WriteNumberValue((long)value!.Value.TotalMilliseconds));

    public void Number(string name, Resolved<int> option) => Option(name, option, _writer.WriteNumberValue);

    public void Names(string name, Resolved<IReadOnlyList<string>?> option) => Option(name, option, WriteNames);

    public void Names(string name, IReadOnlyList<string> names)
    {
        _writer.WritePropertyName(name);
        WriteNames(names);
    }

    private void Option<T>(string name, Resolved<T> option, Action<T> write)
    {
        if (option.From == Origin.Default)
        {
            return;
        }

        _writer.WriteStartObject(name);
        _writer.WritePropertyName("value");
        write(option.Value);
        _writer.WriteString("from", option.From switch
        {
            Origin.Call => "call",
            Origin.AgentType => "agentType",
            Origin.Run => "run",
            _ => "configuration",
        });
        _writer.WriteEndObject();
    }

    private void WriteNames(IReadOnlyList<string>? names)
    {
        _writer.WriteStartArray();
        foreach (var name in names ?? [])
        {
            _writer.WriteStringValue(name);
        }

        _writer.WriteEndArray();
    }
}
