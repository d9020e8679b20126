using System.Text.Json;

namespace McpWorkflows.Testing.Models;

/// <summary>What hosted endpoints refuse with 400, so that a client which only this double would accept is found out.</summary>
internal static class WireRules
{
    /// <returns>The complaint, or null.</returns>
    public static string? Check(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            return "We could not parse the JSON body of your request.";
        }

        if (ModelCall.Property(body, "model") is not { ValueKind: JsonValueKind.String })
        {
            return "You must provide a model parameter.";
        }

        return CheckConversation(ModelMessage.ReadAll(body)) ?? CheckTools(body) ?? CheckStrictSchema(body);
    }

    private static string? CheckConversation(IReadOnlyList<ModelMessage> messages)
    {
        if (messages.Count == 0)
        {
            return "Invalid 'messages': empty array.";
        }

        var open = new HashSet<string>(StringComparer.Ordinal);
        foreach (var message in messages)
        {
            if (message.Role is not ("system" or "developer" or "user" or "assistant" or "tool"))
            {
                return $"Invalid value: '{message.Role}' for a message's role.";
            }

            if (message.Role == "tool" && !open.Remove(message.ToolCallId ?? ""))
            {
                return "Messages with role 'tool' must be a response to a preceding message with 'tool_calls'.";
            }

            if (message.Role != "tool" && open.Count > 0)
            {
                return $"An assistant message with 'tool_calls' must be followed by tool messages responding to each: {string.Join(", ", open)}.";
            }

            open.UnionWith(message.ToolCalls.Select(call => call.Id));
        }

        return open.Count == 0 ? null : $"No tool message responds to {string.Join(", ", open)}.";
    }

    private static string? CheckTools(JsonElement body)
    {
        var tools = ModelTool.ReadAll(body);
        var odd = tools.FirstOrDefault(tool => tool.Name.Length is 0 or > 64 || !tool.Name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-'));
        if (odd is not null)
        {
            return $"Invalid tool name '{odd.Name}'.";
        }

        var untyped = tools.FirstOrDefault(tool =>
            tool.Parameters.ValueKind == JsonValueKind.Object && ModelCall.Property(tool.Parameters, "type")?.GetString() != "object");
        return untyped is null ? null : $"Invalid schema for function '{untyped.Name}': schema must be of type \"object\".";
    }

    private static string? CheckStrictSchema(JsonElement body) =>
        ModelCall.Property(body, "response_format") is { } format
        && ModelCall.Property(format, "json_schema") is { } named
        && ModelCall.Property(named, "strict") is { ValueKind: JsonValueKind.True }
        && ModelCall.Property(named, "schema") is { } schema
            ? CheckStrict(schema)
            : null;

    private static string? CheckStrict(JsonElement schema)
    {
        if (ModelCall.Property(schema, "properties") is { ValueKind: JsonValueKind.Object } properties)
        {
            var required = ModelCall.Property(schema, "required") is { ValueKind: JsonValueKind.Array } list
                ? list.EnumerateArray().Select(name => name.GetString()).ToHashSet()
                : [];
            if (ModelCall.Property(schema, "additionalProperties") is not { ValueKind: JsonValueKind.False }
                || properties.EnumerateObject().Any(property => !required.Contains(property.Name)))
            {
                return "Invalid schema for response_format: strict mode wants 'additionalProperties': false and every property required.";
            }

            return properties.EnumerateObject().Select(property => CheckStrict(property.Value)).FirstOrDefault(complaint => complaint is not null);
        }

        return ModelCall.Property(schema, "items") is { } items ? CheckStrict(items) : null;
    }
}
