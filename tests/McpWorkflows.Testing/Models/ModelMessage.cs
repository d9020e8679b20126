using System.Text.Json;

namespace McpWorkflows.Testing.Models;

/// <summary>A message of the conversation that a request carries.</summary>
/// <param name="Content">Its text; parts are joined.</param>
/// <param name="ToolCalls">What the assistant asked for, on its messages.</param>
/// <param name="ToolCallId">Which call it answers, on tool messages.</param>
/// <param name="ToolName">The name of the tool that answers, on tool messages.</param>
public sealed record ModelMessage(
    string Role, string Content, IReadOnlyList<ModelToolCall> ToolCalls, string? ToolCallId = null, string? ToolName = null)
{
    internal static IReadOnlyList<ModelMessage> ReadAll(JsonElement body)
    {
        if (ModelCall.Property(body, "messages") is not { ValueKind: JsonValueKind.Array } list)
        {
            return [];
        }

        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        var messages = new List<ModelMessage>();
        foreach (var item in list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object))
        {
            var calls = ReadCalls(item);
            foreach (var call in calls)
            {
                names[call.Id] = call.Name;
            }

            var id = ModelCall.Property(item, "tool_call_id")?.GetString();
            messages.Add(new ModelMessage(
                ModelCall.Property(item, "role")?.GetString() ?? "", ReadText(item), calls, id, id is null ? null : names.GetValueOrDefault(id)));
        }

        return messages;
    }

    private static string ReadText(JsonElement message) => ModelCall.Property(message, "content") switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        { ValueKind: JsonValueKind.Array } parts => string.Concat(
            parts.EnumerateArray().Select(part => ModelCall.Property(part, "text")?.GetString())),
        _ => "",
    };

    private static List<ModelToolCall> ReadCalls(JsonElement message)
    {
        if (ModelCall.Property(message, "tool_calls") is not { ValueKind: JsonValueKind.Array } list)
        {
            return [];
        }

        return [.. list.EnumerateArray().Select(call =>
        {
            var function = ModelCall.Property(call, "function") ?? default;
            return new ModelToolCall(
                ModelCall.Property(call, "id")?.GetString() ?? "",
                ModelCall.Property(function, "name")?.GetString() ?? "",
                ModelCall.Property(function, "arguments")?.GetString() ?? "");
        })];
    }
}

/// <summary>A tool call of the model.</summary>
/// <param name="Id">Empty: the server makes one up.</param>
/// <param name="Arguments">JSON text as sent, which a broken model may have spoilt.</param>
public sealed record ModelToolCall(string Id, string Name, string Arguments);

/// <summary>A tool that the request offers to the model.</summary>
public sealed record ModelTool(string Name, string Description, JsonElement Parameters)
{
    internal static IReadOnlyList<ModelTool> ReadAll(JsonElement body)
    {
        if (ModelCall.Property(body, "tools") is not { ValueKind: JsonValueKind.Array } list)
        {
            return [];
        }

        return [.. list.EnumerateArray()
            .Select(tool => ModelCall.Property(tool, "function"))
            .OfType<JsonElement>()
            .Select(function => new ModelTool(
                ModelCall.Property(function, "name")?.GetString() ?? "",
                ModelCall.Property(function, "description")?.GetString() ?? "",
                ModelCall.Property(function, "parameters") ?? default))];
    }
}
