using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using McpWorkflows.Agents.Providers;

namespace McpWorkflows.Agents.Options;

/// <summary>What a call runs with, and who said so.</summary>
internal sealed class ResolvedOptions
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly List<string> _dropped = [];

    public required Resolved<ModelReference> Model { get; init; }

    /// <summary>Null for the model's own.</summary>
    public required Resolved<string?> Effort { get; init; }

    /// <summary>Null for those that every agent has.</summary>
    public required Resolved<IReadOnlyList<string>?> Tools { get; init; }

    public required Resolved<IReadOnlyList<string>?> DisallowedTools { get; init; }

    public required Resolved<TimeSpan> Stall { get; init; }

    public required Resolved<TimeSpan?> Timeout { get; init; }

    public required Resolved<int> MaxTurns { get; init; }

    public required Resolved<int> Retries { get; init; }

    /// <summary>The endpoint refused it, so that the call ran without.</summary>
    public void Drop(string what) => _dropped.Add(what);

    /// <summary>JSON as <see cref="Engine.Agents.AgentOutcome.Resolved"/> states it.</summary>
    public string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var writer = new Utf8JsonWriter(buffer, Relaxed);
        writer.WriteStartObject();
        Write(writer, "model", Model, value => writer.WriteStringValue(value.ToString()));
        Write(writer, "effort", Effort, writer.WriteStringValue);
        Write(writer, "tools", Tools, names => WriteNames(writer, names));
        Write(writer, "disallowedTools", DisallowedTools, names => WriteNames(writer, names));
        Write(writer, "stallMs", Stall, value => writer.WriteNumberValue((long)value.TotalMilliseconds));
        Write(writer, "timeoutMs", Timeout, value => writer.WriteNumberValue((long)value!.Value.TotalMilliseconds));
        Write(writer, "maxTurns", MaxTurns, writer.WriteNumberValue);
        Write(writer, "retries", Retries, writer.WriteNumberValue);
        if (_dropped.Count > 0)
        {
            writer.WritePropertyName("refusedByEndpoint");
            WriteNames(writer, _dropped);
        }

        writer.WriteEndObject();
        writer.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write<T>(Utf8JsonWriter writer, string name, Resolved<T> option, Action<T> write)
    {
        if (option.From == Origin.Default)
        {
            return;
        }

        writer.WriteStartObject(name);
        writer.WritePropertyName("value");
        write(option.Value);
        writer.WriteString("from", option.From switch
        {
            Origin.Call => "call",
            Origin.AgentType => "agentType",
            Origin.Run => "run",
            _ => "configuration",
        });
        writer.WriteEndObject();
    }

    private static void WriteNames(Utf8JsonWriter writer, IEnumerable<string>? names)
    {
        writer.WriteStartArray();
        foreach (var name in names ?? [])
        {
            writer.WriteStringValue(name);
        }

        writer.WriteEndArray();
    }
}

/// <summary>A value and who stated it.</summary>
internal readonly record struct Resolved<T>(T Value, Origin From);

/// <summary>Who states options; the first one that does is heeded.</summary>
internal enum Origin
{
    Call,
    AgentType,
    Run,
    Configuration,
    Default,
}
