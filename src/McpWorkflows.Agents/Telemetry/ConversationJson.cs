using System.Buffers;
using System.Text;
using System.Text.Json;
using McpWorkflows.Agents.Loop;
using Microsoft.Extensions.AI;

namespace McpWorkflows.Agents.Telemetry;

/// <summary>Messages as the conventions write them in attributes: an array of roles and parts.</summary>
internal static class ConversationJson
{
    public static string Of(IReadOnlyList<ChatMessage> messages) => Write(writer =>
    {
        foreach (var message in messages)
            Write(writer, message.Role.Value, message.Contents, null);
    });

    public static string Of(Round round) => Write(writer =>
        Write(writer, "assistant", [new TextContent(round.Text), .. round.Calls], round.Finish?.Value));

    /// <summary>Arguments of a tool call as a JSON object.</summary>
    public static string Of(IDictionary<string, object?>? arguments) => Write(writer => Write(writer, arguments), array: false);

    private static string Write(Action<Utf8JsonWriter> write, bool array = true)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            if (array)
                writer.WriteStartArray();
            write(writer);
            if (array)
                writer.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, string role, IEnumerable<AIContent> contents, string? finish)
    {
        writer.WriteStartObject();
        writer.WriteString("role", role);
        writer.WriteStartArray("parts");
        foreach (var content in contents)
            Write(writer, content);
        writer.WriteEndArray();
        if (finish is not null)
            writer.WriteString("finish_reason", finish);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, AIContent content)
    {
        switch (content)
        {
            case TextContent { Text.Length: > 0 } text:
                writer.WriteStartObject();
                writer.WriteString("type", "text");
                writer.WriteString("content", text.Text);
                writer.WriteEndObject();
                break;
            case FunctionCallContent call:
                writer.WriteStartObject();
                writer.WriteString("type", "tool_call");
                writer.WriteString("id", call.CallId);
                writer.WriteString("name", call.Name);
                writer.WritePropertyName("arguments");
                Write(writer, call.Arguments);
                writer.WriteEndObject();
                break;
            case FunctionResultContent result:
                writer.WriteStartObject();
                writer.WriteString("type", "tool_call_response");
                writer.WriteString("id", result.CallId);
                writer.WriteString("response", result.Result as string);
                writer.WriteEndObject();
                break;
        }
    }

    private static void Write(Utf8JsonWriter writer, IDictionary<string, object?>? arguments)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in arguments ?? new Dictionary<string, object?>())
        {
            writer.WritePropertyName(name);
            if (value is JsonElement element)
                element.WriteTo(writer);
            else
                writer.WriteStringValue(value?.ToString());
        }

        writer.WriteEndObject();
    }
}
