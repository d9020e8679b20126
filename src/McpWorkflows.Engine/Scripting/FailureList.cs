using System.Buffers;
using System.Text;
using System.Text.Json;

namespace McpWorkflows.Engine.Scripting;

/// <summary>What failed in a run so far, in the order in which the script was told.</summary>
internal sealed class FailureList
{
    /// <summary>Agents are at most 1,000; a loop over branches that throw need not fill the memory.</summary>
    private const int MaxKept = 5_000;

    private readonly List<CallFailure> _failures = [];

    public void Add(CallFailure? failure)
    {
        if (failure is not null && _failures.Count < MaxKept)
        {
            _failures.Add(failure);
        }
    }

    /// <summary>A JSON array of <c>{ label, phase?, cause, attempts, lastText?, kind }</c>.</summary>
    public string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            foreach (var failure in _failures)
            {
                Write(failure, writer);
            }

            writer.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(CallFailure failure, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("label", failure.Label);
        writer.WriteString("phase", failure.Phase);
        writer.WriteString("cause", failure.Cause);
        writer.WriteNumber("attempts", failure.Attempts);
        if (failure.LastText is { } text)
        {
            writer.WriteString("lastText", text);
        }

        writer.WriteString("kind", failure.Kind);
        writer.WriteEndObject();
    }
}
