using System.Buffers;
using System.Text;
using System.Text.Json;

namespace McpWorkflows.Engine.Telemetry;

/// <summary>Messages as the conventions write them in attributes: an array of roles and parts.</summary>
internal static class MessageJson
{
    public static string Of(string role, string text)
    {
        var buffer = new ArrayBufferWriter<byte>(text.Length + 64);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            writer.WriteStartObject();
            writer.WriteString("role", role);
            writer.WriteStartArray("parts");
            writer.WriteStartObject();
            writer.WriteString("type", "text");
            writer.WriteString("content", text);
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
