using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace McpWorkflows.Testing.Models;

/// <summary>The JSON of completions, their chunks and their errors.</summary>
internal static class WireFormat
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static async Task WriteErrorAsync(HttpResponse response, ModelReply reply, CancellationToken cancellationToken, bool isAnthropic = false)
    {
        response.StatusCode = reply.Status;
        response.ContentType = "application/json";
        if (reply.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = ((long)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
            response.Headers["retry-after-ms"] = ((long)wait.TotalMilliseconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        var error = new JsonObject { ["message"] = reply.Content, ["type"] = reply.ErrorType, ["param"] = null, ["code"] = reply.ErrorCode };
        var body = isAnthropic ? AnthropicWire.Error(reply) : new JsonObject { ["error"] = error };
        await response.WriteAsync(body.ToJsonString(Relaxed), cancellationToken);
    }

    public static byte[] Completion(ModelCall call, ModelReply reply)
    {
        var message = new JsonObject { ["role"] = "assistant", ["content"] = reply.Content.Length == 0 ? null : reply.Content };
        if (reply.ToolCalls.Count > 0)
        {
            message["tool_calls"] = new JsonArray([.. reply.ToolCalls.Select((tool, index) => ToolCall(call, tool, index, tool.Arguments, null))]);
        }

        var body = Frame(call, "chat.completion");
        body["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["message"] = message, ["finish_reason"] = FinishReason(reply) });
        if (!reply.HidesUsage)
        {
            body["usage"] = Usage(call, reply);
        }

        return Encoding.UTF8.GetBytes(body.ToJsonString(Relaxed));
    }

    /// <summary>The events of a stream up to, not including, those that end it.</summary>
    public static IEnumerable<byte[]> Chunks(ModelCall call, ModelReply reply)
    {
        yield return Chunk(call, new JsonObject { ["role"] = "assistant", ["content"] = "" }, null);
        foreach (var piece in Split(reply.Content, reply.ChunkLength))
        {
            yield return Chunk(call, new JsonObject { ["content"] = piece }, null);
        }

        for (var index = 0; index < reply.ToolCalls.Count; index++)
        {
            var tool = reply.ToolCalls[index];
            yield return Chunk(call, new JsonObject { ["tool_calls"] = new JsonArray(ToolCall(call, tool, index, "", index)) }, null);
            foreach (var piece in Split(tool.Arguments, reply.ChunkLength))
            {
                var delta = new JsonObject { ["index"] = index, ["function"] = new JsonObject { ["arguments"] = piece } };
                yield return Chunk(call, new JsonObject { ["tool_calls"] = new JsonArray(delta) }, null);
            }
        }
    }

    /// <summary>The events that end a stream: finish reason, usage where asked for, <c>[DONE]</c>.</summary>
    public static byte[] End(ModelCall call, ModelReply reply)
    {
        var end = Chunk(call, new JsonObject(), FinishReason(reply));
        if (!call.WantsUsage || reply.HidesUsage)
        {
            return [.. end, .. "data: [DONE]\n\n"u8];
        }

        var usage = Frame(call, "chat.completion.chunk");
        usage["choices"] = new JsonArray();
        usage["usage"] = Usage(call, reply);
        return [.. end, .. Event(usage), .. "data: [DONE]\n\n"u8];
    }

    /// <summary>An error in the middle of a stream.</summary>
    public static byte[] ErrorEvent(string type, string message) =>
        Event(new JsonObject { ["error"] = new JsonObject { ["type"] = type, ["message"] = message } });

    private static byte[] Chunk(ModelCall call, JsonObject delta, string? finishReason)
    {
        var chunk = Frame(call, "chat.completion.chunk");
        chunk["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = finishReason });
        return Event(chunk);
    }

    private static byte[] Event(JsonObject data) => Encoding.UTF8.GetBytes($"data: {data.ToJsonString(Relaxed)}\n\n");

    private static JsonObject Frame(ModelCall call, string kind) => new()
    {
        ["id"] = $"chatcmpl-{call.Number}",
        ["object"] = kind,
        ["created"] = call.ArrivedAt.ToUnixTimeSeconds(),
        ["model"] = call.Model,
    };

    private static JsonObject ToolCall(ModelCall call, ModelToolCall tool, int index, string arguments, int? streamIndex)
    {
        var json = new JsonObject();
        if (streamIndex is not null)
        {
            json["index"] = streamIndex;
        }

        json["id"] = tool.Id.Length > 0 ? tool.Id : $"call_{call.Number}_{index}";
        json["type"] = "function";
        json["function"] = new JsonObject { ["name"] = tool.Name, ["arguments"] = arguments };
        return json;
    }

    /// <summary>Input and output together.</summary>
    public static long TokensOf(ModelCall call, ModelReply reply)
    {
        var (input, output, _) = Count(call, reply);
        return input + output;
    }

    private static JsonObject Usage(ModelCall call, ModelReply reply)
    {
        var (input, output, cached) = Count(call, reply);
        return new JsonObject
        {
            ["prompt_tokens"] = input,
            ["completion_tokens"] = output,
            ["total_tokens"] = input + output,
            ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = cached },
        };
    }

    internal static (long Input, long Output, long Cached) Count(ModelCall call, ModelReply reply) => reply.Usage ?? (
        Tokens(call.Messages.Sum(message => message.Content.Length + message.ToolCalls.Sum(tool => tool.Arguments.Length))),
        Tokens(reply.Content.Length + reply.ToolCalls.Sum(tool => tool.Name.Length + tool.Arguments.Length)),
        0);

    /// <summary>About four characters make a token.</summary>
    private static long Tokens(int characters) => Math.Max(1, (characters + 3) / 4);

    private static string FinishReason(ModelReply reply) => reply.FinishReason ?? (reply.ToolCalls.Count > 0 ? "tool_calls" : "stop");

    internal static IEnumerable<string> Split(string text, int length)
    {
        for (var start = 0; start < text.Length; start += length)
        {
            yield return text.Substring(start, Math.Min(length, text.Length - start));
            if (length > text.Length - start)
            {
                yield break;
            }
        }
    }
}
