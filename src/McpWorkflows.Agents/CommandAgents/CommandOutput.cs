using System.Text.Json;
using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Agents.CommandAgents;

/// <summary>
/// Reads the output of coding agents: plain text, one JSON object with the result (Claude Code's and Gemini's), or JSON
/// lines whose last message is the answer (<c>codex exec --json</c>, Claude Code's <c>stream-json</c>).
/// </summary>
internal static class CommandOutput
{
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 1_000 };

    public static CommandAnswer Read(string output)
    {
        var text = output.Trim();
        if (Parse(text) is { } whole)
        {
            using (whole)
            {
                return whole.RootElement.ValueKind == JsonValueKind.Array
                    ? Gather(whole.RootElement.EnumerateArray(), text)
                    : Gather([whole.RootElement], text);
            }
        }

        var lines = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var documents = lines.Where(line => line.StartsWith('{')).Select(Parse).OfType<JsonDocument>().ToArray();
        try
        {
            return documents.Length > 1 && documents.Length * 2 >= lines.Length
                ? Gather(documents.Select(document => document.RootElement), text)
                : Plain(text);
        }
        finally
        {
            Array.ForEach(documents, document => document.Dispose());
        }
    }

    private static CommandAnswer Plain(string text) => new(text.Length == 0 ? null : text, null, AgentUsage.None, null);

    private static CommandAnswer Gather(IEnumerable<JsonElement> events, string raw)
    {
        var answer = new CommandAnswer(null, null, AgentUsage.None, null);
        var isKnown = false;
        foreach (var item in events.Where(item => item.ValueKind == JsonValueKind.Object))
        {
            isKnown |= Take(item, ref answer);
        }

        // JSON of no known form is itself the answer.
        return isKnown ? answer : Plain(raw);
    }

    private static bool Take(JsonElement item, ref CommandAnswer answer)
    {
        var body = item.TryGetProperty("msg", out var message) && message.ValueKind == JsonValueKind.Object ? message : item;
        switch (Text(body, "type"))
        {
            case null or "result" when body.TryGetProperty("result", out var result) && (HasUsage(body) || Text(body, "type") is not null):
                var said = body.TryGetProperty("structured_output", out var structured) && structured.ValueKind == JsonValueKind.Object
                    ? structured.GetRawText()
                    : result.ValueKind == JsonValueKind.String ? result.GetString() : result.GetRawText();
                answer = Failed(body) ? answer with { Error = said } : answer with { Text = said, Error = null };
                answer = answer with { Usage = Usage(body), Cost = Cost(body) ?? answer.Cost };
                return true;
            case "result":
                answer = answer with { Error = Text(body, "subtype") ?? "no result", Usage = Usage(body), Cost = Cost(body) ?? answer.Cost };
                return true;
            case null when Text(body, "response") is { } response:
                answer = answer with { Text = response };
                return true;
            case "assistant" when body.TryGetProperty("message", out var spoken) && Content(spoken) is { Length: > 0 } content:
                answer = answer with { Text = content };
                return true;
            case "agent_message" when (Text(body, "message") ?? Text(body, "text")) is { } text:
                answer = answer with { Text = text };
                return true;
            case "item.completed" when body.TryGetProperty("item", out var done) && (Text(done, "type") ?? Text(done, "item_type")) is "agent_message" or "assistant_message":
                answer = answer with { Text = Text(done, "text") ?? answer.Text };
                return true;
            case "turn.completed":
                answer = answer with { Usage = answer.Usage + Usage(body), Error = null };
                return true;
            case "turn.failed" when body.TryGetProperty("error", out var failure):
                answer = answer with { Error = Text(failure, "message") ?? failure.GetRawText() };
                return true;
            case "error" when Text(body, "message") is { } problem:
                answer = answer with { Error = problem };
                return true;
            case "system" or "user" or "assistant" or "thread.started" or "turn.started" or "item.started" or "item.updated" or "item.completed":
                return true;
            default:
                return false;
        }
    }

    private static bool Failed(JsonElement body) => body.TryGetProperty("is_error", out var failed) && failed.ValueKind == JsonValueKind.True;

    private static bool HasUsage(JsonElement body) =>
        body.TryGetProperty("usage", out _) || body.TryGetProperty("is_error", out _) || body.TryGetProperty("total_cost_usd", out _);

    private static decimal? Cost(JsonElement body) =>
        body.TryGetProperty("total_cost_usd", out var cost) && cost.ValueKind == JsonValueKind.Number && cost.TryGetDecimal(out var dollars) ? dollars : null;

    private static AgentUsage Usage(JsonElement body)
    {
        if (!body.TryGetProperty("usage", out var usage) || usage.ValueKind != JsonValueKind.Object)
        {
            return AgentUsage.None;
        }

        // Claude counts what the cache gave or took apart, Codex within the input.
        var apart = Count(usage, "cache_read_input_tokens");
        return new AgentUsage(
            Count(usage, "input_tokens") + apart + Count(usage, "cache_creation_input_tokens"),
            Count(usage, "output_tokens"),
            apart + Count(usage, "cached_input_tokens"));
    }

    private static long Count(JsonElement usage, string name) =>
        usage.TryGetProperty(name, out var count) && count.ValueKind == JsonValueKind.Number && count.TryGetInt64(out var number) ? number : 0;

    private static string Content(JsonElement message) =>
        message.ValueKind == JsonValueKind.Object && message.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.Array
            ? string.Concat(content.EnumerateArray().Where(part => Text(part, "type") == "text").Select(part => Text(part, "text")))
            : "";

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static JsonDocument? Parse(string text)
    {
        if (!text.StartsWith('{') && !text.StartsWith('['))
        {
            return null;
        }

        try
        {
            return JsonDocument.Parse(text, Deep);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
