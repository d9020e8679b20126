using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using McpWorkflows.Agents.Schemas;
using Microsoft.Extensions.AI;

namespace McpWorkflows.Agents.OpenAI;

/// <summary>Writes the body of a Chat Completions request; optional members only when asked for, since servers are picky.</summary>
internal static class RequestWriter
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static ReadOnlyMemory<byte> Write(string model, IReadOnlyCollection<ChatMessage> messages, ChatOptions options, bool withUsage)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var writer = new Utf8JsonWriter(buffer, Relaxed);
        writer.WriteStartObject();
        writer.WriteString("model", model);
        writer.WriteStartArray("messages");
        foreach (var message in messages)
        {
            WriteMessage(writer, message);
        }

        writer.WriteEndArray();
        WriteTools(writer, options);
        WriteOptions(writer, options);
        writer.WriteBoolean("stream", true);
        if (withUsage)
        {
            writer.WriteStartObject("stream_options");
            writer.WriteBoolean("include_usage", true);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteMessage(Utf8JsonWriter writer, ChatMessage message)
    {
        if (message.Role == ChatRole.Tool)
        {
            foreach (var result in message.Contents.OfType<FunctionResultContent>())
            {
                writer.WriteStartObject();
                writer.WriteString("role", "tool");
                writer.WriteString("tool_call_id", result.CallId);
                writer.WriteString("content", JsonText.WellFormed(result.Result as string ?? ""));
                writer.WriteEndObject();
            }

            return;
        }

        writer.WriteStartObject();
        writer.WriteString("role", message.Role.Value);
        var calls = message.Contents.OfType<FunctionCallContent>().ToArray();
        var text = message.Text;
        if (text.Length == 0 && calls.Length > 0)
        {
            writer.WriteNull("content");
        }
        else
        {
            writer.WriteString("content", JsonText.WellFormed(text));
        }

        if (calls.Length > 0)
        {
            WriteCalls(writer, calls);
        }

        writer.WriteEndObject();
    }

    private static void WriteCalls(Utf8JsonWriter writer, FunctionCallContent[] calls)
    {
        writer.WriteStartArray("tool_calls");
        foreach (var call in calls)
        {
            writer.WriteStartObject();
            writer.WriteString("id", call.CallId);
            writer.WriteString("type", "function");
            writer.WriteStartObject("function");
            writer.WriteString("name", Sendable(call.Name));
            // Some servers parse the arguments of old calls and choke on what a model got wrong.
            writer.WriteString("arguments", call.Exception is null ? JsonText.WellFormed(call.RawRepresentation as string ?? "{}") : "{}");
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>Endpoints refuse a conversation that holds a name they would not have allowed, even one a model made up.</summary>
    private static string Sendable(string name)
    {
        var cut = name.Length > 64 ? name[..64] : name;
        return cut.Length == 0 ? "unknown" : string.Create(cut.Length, cut, static (span, from) =>
        {
            for (var index = 0; index < from.Length; index++)
            {
                span[index] = char.IsAsciiLetterOrDigit(from[index]) || from[index] is '_' or '-' ? from[index] : '_';
            }
        });
    }

    private static void WriteTools(Utf8JsonWriter writer, ChatOptions options)
    {
        if (options.Tools is not { Count: > 0 } tools)
        {
            return;
        }

        writer.WriteStartArray("tools");
        foreach (var tool in tools.OfType<AIFunctionDeclaration>())
        {
            writer.WriteStartObject();
            writer.WriteString("type", "function");
            writer.WriteStartObject("function");
            writer.WriteString("name", tool.Name);
            writer.WriteString("description", tool.Description);
            writer.WritePropertyName("parameters");
            tool.JsonSchema.WriteTo(writer);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        if (options.ToolMode is RequiredChatToolMode { RequiredFunctionName: { } required })
        {
            writer.WriteStartObject("tool_choice");
            writer.WriteString("type", "function");
            writer.WriteStartObject("function");
            writer.WriteString("name", required);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
    }

    private static void WriteOptions(Utf8JsonWriter writer, ChatOptions options)
    {
        if (options.Reasoning?.Effort is { } effort)
        {
            writer.WriteString("reasoning_effort", effort switch
            {
                ReasoningEffort.None => "none",
                ReasoningEffort.Low => "low",
                ReasoningEffort.Medium => "medium",
                ReasoningEffort.ExtraHigh => "xhigh",
                _ => "high",
            });
        }

        if (options.ResponseFormat is ChatResponseFormatJson { Schema: { } schema } format)
        {
            writer.WriteStartObject("response_format");
            writer.WriteString("type", "json_schema");
            writer.WriteStartObject("json_schema");
            writer.WriteString("name", format.SchemaName ?? "answer");
            writer.WritePropertyName("schema");
            schema.WriteTo(writer);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
    }
}
