using System.Text.Json;
using System.Text.Json.Nodes;

namespace McpWorkflows.Testing.Models;

/// <summary>Reads a request of Anthropic's Messages API as the Chat Completions request that says the same.</summary>
internal static class AnthropicRequest
{
    private const int MaxCacheMarks = 4;

    public static JsonElement ToChat(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            return body;
        }

        var messages = new JsonArray();
        if (ModelCall.Property(body, "system") is { } system)
        {
            messages.Add(Message("system", Text(system)));
        }

        foreach (var message in Items(ModelCall.Property(body, "messages")))
        {
            Add(messages, message);
        }

        var chat = new JsonObject { ["model"] = ModelCall.Property(body, "model")?.GetString(), ["messages"] = messages };
        if (ModelCall.Property(body, "tools") is { } tools)
        {
            chat["tools"] = new JsonArray([.. Items(tools).Select(tool => new JsonObject
            {
                ["type"] = "function",
                ["function"] = new JsonObject
                {
                    ["name"] = ModelCall.Property(tool, "name")?.GetString(),
                    ["description"] = ModelCall.Property(tool, "description")?.GetString(),
                    ["parameters"] = JsonNode.Parse(ModelCall.Property(tool, "input_schema")?.GetRawText() ?? "null"),
                },
            })]);
        }

        chat["stream"] = ModelCall.Property(body, "stream") is { ValueKind: JsonValueKind.True };
        return JsonSerializer.SerializeToElement(chat);
    }

    /// <returns>The complaint of the real endpoint, or null.</returns>
    public static string? Check(JsonElement body, string? version)
    {
        if (version is null)
        {
            return "anthropic-version: header is required";
        }

        if (ModelCall.Property(body, "max_tokens") is not { ValueKind: JsonValueKind.Number })
        {
            return "max_tokens: Field required";
        }

        if (body.GetRawText().Split("\"cache_control\"").Length - 1 > MaxCacheMarks)
        {
            return $"A maximum of {MaxCacheMarks} blocks with cache_control may be provided.";
        }

        var blocks = Items(ModelCall.Property(body, "messages")).SelectMany(message => Items(ModelCall.Property(message, "content")))
            .Concat(Items(ModelCall.Property(body, "system")));
        return blocks.Any(block => Kind(block) == "text" && ModelCall.Property(block, "text")?.GetString() is null or "")
            ? "messages: text content blocks must be non-empty"
            : null;
    }

    private static void Add(JsonArray messages, JsonElement message)
    {
        var role = ModelCall.Property(message, "role")?.GetString() ?? "";
        var content = ModelCall.Property(message, "content") ?? default;
        foreach (var result in Items(content).Where(block => Kind(block) == "tool_result"))
        {
            var answer = Message("tool", Text(ModelCall.Property(result, "content") ?? default));
            answer["tool_call_id"] = ModelCall.Property(result, "tool_use_id")?.GetString();
            messages.Add(answer);
        }

        var calls = Items(content).Where(block => Kind(block) == "tool_use").Select(block => new JsonObject
        {
            ["id"] = ModelCall.Property(block, "id")?.GetString(),
            ["type"] = "function",
            ["function"] = new JsonObject
            {
                ["name"] = ModelCall.Property(block, "name")?.GetString(),
                ["arguments"] = ModelCall.Property(block, "input")?.GetRawText(),
            },
        }).ToArray<JsonNode>();
        var text = Text(content);
        if (text.Length > 0 || calls.Length > 0)
        {
            var said = Message(role, text);
            if (calls.Length > 0)
            {
                said["tool_calls"] = new JsonArray(calls);
            }

            messages.Add(said);
        }
    }

    private static JsonObject Message(string role, string content) => new() { ["role"] = role, ["content"] = content };

    private static string Text(JsonElement content) => content.ValueKind == JsonValueKind.String
        ? content.GetString()!
        : string.Concat(Items(content).Where(block => Kind(block) == "text").Select(block => ModelCall.Property(block, "text")?.GetString()));

    private static string? Kind(JsonElement block) => ModelCall.Property(block, "type")?.GetString();

    private static IEnumerable<JsonElement> Items(JsonElement? list) => list is { ValueKind: JsonValueKind.Array } items ? items.EnumerateArray() : [];
}
