using System.Text;
using System.Text.Json.Nodes;

namespace McpWorkflows.Testing.Models;

/// <summary>The JSON of Anthropic's messages and their events.</summary>
internal static class AnthropicWire
{
    public static byte[] Completion(ModelCall call, ModelReply reply)
    {
        var message = Message(call, reply);
        var content = (JsonArray)message["content"]!;
        if (reply.Content.Length > 0)
        {
            content.Add(new JsonObject { ["type"] = "text", ["text"] = reply.Content });
        }

        for (var index = 0; index < reply.ToolCalls.Count; index++)
        {
            var use = Use(call, reply.ToolCalls[index], index);
            use["input"] = JsonNode.Parse(reply.ToolCalls[index].Arguments);
            content.Add(use);
        }

        message["stop_reason"] = StopReason(reply);
        message["usage"] = Usage(call, reply, whole: true);
        return Encoding.UTF8.GetBytes(message.ToJsonString());
    }

    /// <summary>The events of a stream up to, not including, those that end it.</summary>
    public static IEnumerable<byte[]> Chunks(ModelCall call, ModelReply reply)
    {
        yield return Event("message_start", new JsonObject { ["message"] = Message(call, reply) });
        yield return Ping();
        var index = 0;
        if (reply.Thinking is { } thinking)
        {
            yield return Start(index, new JsonObject { ["type"] = "thinking", ["thinking"] = "", ["signature"] = "" });
            foreach (var piece in WireFormat.Split(thinking.Text, reply.ChunkLength))
            {
                yield return Delta(index, new JsonObject { ["type"] = "thinking_delta", ["thinking"] = piece });
            }

            yield return Delta(index, new JsonObject { ["type"] = "signature_delta", ["signature"] = thinking.Signature });
            yield return Event("content_block_stop", new JsonObject { ["index"] = index++ });
        }

        if (reply.Content.Length > 0)
        {
            yield return Start(index, new JsonObject { ["type"] = "text", ["text"] = "" });
            foreach (var piece in WireFormat.Split(reply.Content, reply.ChunkLength))
            {
                yield return Delta(index, new JsonObject { ["type"] = "text_delta", ["text"] = piece });
            }

            yield return Event("content_block_stop", new JsonObject { ["index"] = index++ });
        }

        for (var number = 0; number < reply.ToolCalls.Count; number++)
        {
            yield return Start(index, Use(call, reply.ToolCalls[number], number));
            foreach (var piece in WireFormat.Split(reply.ToolCalls[number].Arguments, reply.ChunkLength))
            {
                yield return Delta(index, new JsonObject { ["type"] = "input_json_delta", ["partial_json"] = piece });
            }

            yield return Event("content_block_stop", new JsonObject { ["index"] = index++ });
        }
    }

    public static byte[] End(ModelCall call, ModelReply reply)
    {
        var delta = new JsonObject
        {
            ["delta"] = new JsonObject { ["stop_reason"] = StopReason(reply), ["stop_sequence"] = null },
            ["usage"] = Usage(call, reply, whole: false),
        };
        return [.. Event("message_delta", delta), .. Event("message_stop", [])];
    }

    public static JsonObject Error(ModelReply reply) => new()
    {
        ["type"] = "error",
        ["error"] = new JsonObject { ["type"] = reply.ErrorType, ["message"] = reply.Content },
    };

    /// <summary>An error in the middle of a stream.</summary>
    public static byte[] ErrorEvent(string type, string message) =>
        Event("error", new JsonObject { ["error"] = new JsonObject { ["type"] = type, ["message"] = message } });

    public static byte[] Ping() => Event("ping", []);

    private static JsonObject Message(ModelCall call, ModelReply reply) => new()
    {
        ["id"] = $"msg_{call.Number}",
        ["type"] = "message",
        ["role"] = "assistant",
        ["model"] = call.Model,
        ["content"] = new JsonArray(),
        ["stop_reason"] = null,
        ["stop_sequence"] = null,
        ["usage"] = Usage(call, reply, whole: true),
    };

    /// <summary>Input is told apart from what the cache gave and took.</summary>
    private static JsonObject Usage(ModelCall call, ModelReply reply, bool whole)
    {
        var (input, output, cached) = WireFormat.Count(call, reply);
        var usage = new JsonObject { ["output_tokens"] = output };
        if (whole)
        {
            usage["input_tokens"] = input - cached - reply.CacheWrites;
            usage["cache_read_input_tokens"] = cached;
            usage["cache_creation_input_tokens"] = reply.CacheWrites;
        }

        return usage;
    }

    private static JsonObject Use(ModelCall call, ModelToolCall tool, int index) => new()
    {
        ["type"] = "tool_use",
        ["id"] = tool.Id.Length > 0 ? tool.Id : $"toolu_{call.Number}_{index}",
        ["name"] = tool.Name,
        ["input"] = new JsonObject(),
    };

    private static byte[] Start(int index, JsonObject block) => Event("content_block_start", new JsonObject { ["index"] = index, ["content_block"] = block });

    private static byte[] Delta(int index, JsonObject delta) => Event("content_block_delta", new JsonObject { ["index"] = index, ["delta"] = delta });

    private static byte[] Event(string type, JsonObject data)
    {
        data["type"] = type;
        return Encoding.UTF8.GetBytes($"event: {type}\ndata: {data.ToJsonString()}\n\n");
    }

    private static string StopReason(ModelReply reply) => reply.FinishReason switch
    {
        "length" => "max_tokens",
        { } other => other,
        null => reply.ToolCalls.Count > 0 ? "tool_use" : "end_turn",
    };
}
