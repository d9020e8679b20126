using System.Text.Json;
using System.Text.Json.Nodes;
using McpWorkflows.Agents.OpenAI;
using McpWorkflows.SemanticKernel.Connectors;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using OpenAI.Chat;
using ChatFinishReason = Microsoft.Extensions.AI.ChatFinishReason;

namespace McpWorkflows.SemanticKernel.Chat;

/// <summary>Reads what an agent's service streams, whichever connector it is of.</summary>
internal sealed class RoundReader
{
    private readonly ToolCallAssembler _calls = new();
    private UsageDetails? _usage;

    /// <summary>The answer has come to an end of its own.</summary>
    public bool HasFinished { get; private set; }

    public ChatResponseUpdate Accept(StreamingChatMessageContent message)
    {
        if (OwnClient.UpdateOf(message) is { } own)
        {
            HasFinished |= own.FinishReason is not null;
            return own;
        }

        var update = new ChatResponseUpdate { Role = ChatRole.Assistant, FinishReason = Finish(message) };
        if (message.Content is { Length: > 0 } text)
        {
            update.Contents.Add(new Microsoft.Extensions.AI.TextContent(text));
        }

        foreach (var fragment in message.Items.OfType<StreamingFunctionCallUpdateContent>())
        {
            _calls.Add(Fragment(fragment));
        }

        // A round's usage comes with its last chunk; some servers repeat the sum so far with every one.
        _usage = Usage(message) ?? _usage;
        HasFinished |= update.FinishReason is not null;
        return update;
    }

    /// <summary>The calls of tools, and the usage.</summary>
    public ChatResponseUpdate Finish()
    {
        var last = new ChatResponseUpdate { Role = ChatRole.Assistant };
        _calls.AppendTo(last.Contents);
        if (_usage is not null)
        {
            last.Contents.Add(new UsageContent(_usage));
        }

        return last;
    }

    private static JsonElement Fragment(StreamingFunctionCallUpdateContent call)
    {
        var fragment = new JsonObject
        {
            ["index"] = call.FunctionCallIndex,
            ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = call.Arguments ?? "" },
        };
        if (call.CallId is { Length: > 0 } id)
        {
            fragment["id"] = id;
        }

        return JsonElement.Parse(fragment.ToJsonString());
    }

    private static UsageDetails? Usage(StreamingChatMessageContent message) => message.Metadata?.GetValueOrDefault("Usage") switch
    {
        ChatTokenUsage used => new UsageDetails
        {
            InputTokenCount = used.InputTokenCount,
            OutputTokenCount = used.OutputTokenCount,
            CachedInputTokenCount = used.InputTokenDetails?.CachedTokenCount,
        },
        UsageContent content => content.Details,
        UsageDetails details => details,
        _ => null,
    };

    /// <summary>Connectors write it in their own way: <c>ToolCalls</c>, <c>tool_calls</c>.</summary>
    private static ChatFinishReason? Finish(StreamingChatMessageContent message) =>
        message.Metadata?.GetValueOrDefault("FinishReason")?.ToString()?.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant() switch
        {
            null or "" => null,
            "length" or "maxtokens" => ChatFinishReason.Length,
            "contentfilter" => ChatFinishReason.ContentFilter,
            "toolcalls" or "functioncall" => ChatFinishReason.ToolCalls,
            _ => ChatFinishReason.Stop,
        };
}
