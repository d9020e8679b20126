using System.Text.Json;
using McpWorkflows.Agents.Faults;
using McpWorkflows.Agents.Schemas;
using Microsoft.Extensions.AI;

namespace McpWorkflows.Agents.OpenAI;

/// <summary>
/// Puts one answer together from its chunks, forgiving what compatible servers get wrong: members that are missing,
/// null or empty, tool calls without index or id, arguments as an object, an answer in one piece.
/// </summary>
internal sealed class CompletionReader
{
    private readonly ToolCallAssembler _calls = new();
    private UsageDetails? _usage;
    private ChatFinishReason? _finish;
    private bool _anything;

    /// <summary>The end mark of the stream was seen.</summary>
    public bool Done { get; private set; }

    public ChatResponseUpdate Accept(ReadOnlySpan<byte> data)
    {
        if (data.SequenceEqual("[DONE]"u8))
        {
            Done = true;
            return new ChatResponseUpdate();
        }

        var reader = new Utf8JsonReader(data);
        using var document = JsonDocument.ParseValue(ref reader);
        return Accept(document.RootElement);
    }

    /// <summary>What was left to say: tool calls, usage, and why the answer ended.</summary>
    public ChatResponseUpdate Finish(out ModelRequestException? incomplete)
    {
        incomplete = (_finish, Done, _anything) switch
        {
            (null, false, true) => new ModelRequestException(ModelRequestFault.Broken, "the stream ended before the answer did"),
            (_, _, false) => new ModelRequestException(ModelRequestFault.Garbled, "the answer has no content in the expected format"),
            _ => null,
        };
        var update = new ChatResponseUpdate { Role = ChatRole.Assistant, FinishReason = _finish };
        if (incomplete is null)
        {
            _calls.AppendTo(update.Contents);
        }

        if (_usage is not null)
        {
            update.Contents.Add(new UsageContent(_usage));
        }

        return update;
    }

    private ChatResponseUpdate Accept(JsonElement chunk)
    {
        if (chunk.ValueKind == JsonValueKind.Object && chunk.TryGetProperty("error", out var error) && error.ValueKind is JsonValueKind.Object or JsonValueKind.String)
        {
            var (message, code) = ErrorReader.Parse(chunk);
            throw new ModelRequestException(ModelRequestFault.Answered, ErrorReader.Clean(message ?? "an error without a message", null)) { Code = code };
        }

        var update = new ChatResponseUpdate { Role = ChatRole.Assistant };
        if (Member(chunk, "usage", JsonValueKind.Object) is { } usage)
        {
            // Some servers report a running total with every chunk: the last one counts.
            _usage = ReadUsage(usage);
            _anything = true;
        }

        if (Member(chunk, "choices", JsonValueKind.Array) is { } choices && choices.GetArrayLength() > 0)
        {
            ReadChoice(choices[0], update);
        }

        return update;
    }

    private void ReadChoice(JsonElement choice, ChatResponseUpdate update)
    {
        _anything = true;
        if ((Member(choice, "delta", JsonValueKind.Object) ?? Member(choice, "message", JsonValueKind.Object)) is { } delta)
        {
            var text = TextOf(delta);
            if (text.Length > 0)
            {
                update.Contents.Add(new TextContent(text));
            }

            if (Member(delta, "tool_calls", JsonValueKind.Array) is { } calls)
            {
                foreach (var call in calls.EnumerateArray())
                {
                    _calls.Add(call);
                }
            }
        }

        if (Member(choice, "finish_reason", JsonValueKind.String)?.GetString() is { Length: > 0 } finish)
        {
            _finish = finish == "max_tokens" ? ChatFinishReason.Length : new ChatFinishReason(finish);
        }
    }

    private static string TextOf(JsonElement delta)
    {
        if (!delta.TryGetProperty("content", out var content))
        {
            return "";
        }

        return content.ValueKind switch
        {
            JsonValueKind.String => JsonText.Read(content),
            JsonValueKind.Array => string.Concat(content.EnumerateArray().Select(part => Member(part, "text", JsonValueKind.String)?.GetString())),
            _ => "",
        };
    }

    private static UsageDetails ReadUsage(JsonElement usage) => new()
    {
        InputTokenCount = Count(usage, "prompt_tokens"),
        OutputTokenCount = Count(usage, "completion_tokens"),
        CachedInputTokenCount = Member(usage, "prompt_tokens_details", JsonValueKind.Object) is { } details
            ? Count(details, "cached_tokens")
            : 0,
    };

    private static long Count(JsonElement element, string name) =>
        Member(element, name, JsonValueKind.Number) is { } number && number.TryGetDouble(out var value) && value is >= 0 and < 1e15
            ? (long)value
            : 0;

    private static JsonElement? Member(JsonElement element, string name, JsonValueKind kind) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == kind
            ? value
            : null;
}
