using McpWorkflows.Agents.McpTools;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using FunctionCallContent = Microsoft.SemanticKernel.FunctionCallContent;
using FunctionResultContent = Microsoft.SemanticKernel.FunctionResultContent;
using TextContent = Microsoft.SemanticKernel.TextContent;

namespace McpWorkflows.SemanticKernel.Chat;

/// <summary>A conversation in the library's own words.</summary>
internal static class KernelMessages
{
    /// <summary>Text of the first message, where that is the system's.</summary>
    public static string? Instructions(IReadOnlyList<ChatMessage> messages) =>
        messages is [{ Role: var role } first, ..] && role == ChatRole.System ? first.Text : null;

    /// <summary>All messages but the instructions.</summary>
    public static ChatHistory History(IReadOnlyList<ChatMessage> messages)
    {
        var history = new ChatHistory();
        foreach (var message in messages.Skip(Instructions(messages) is null ? 0 : 1))
        {
            history.Add(new ChatMessageContent(new AuthorRole(message.Role.Value), [.. message.Contents.Select(Convert).OfType<KernelContent>()]));
        }

        return history;
    }

    private static KernelContent? Convert(AIContent content) => content switch
    {
        TextReasoningContent => null,
        Microsoft.Extensions.AI.TextContent text => new TextContent(text.Text),
        // Endpoints refuse a conversation that holds a name they would not have allowed, even one a model made up.
        Microsoft.Extensions.AI.FunctionCallContent call => new FunctionCallContent(Sendable(call.Name), null, call.CallId, Arguments(call)),
        Microsoft.Extensions.AI.FunctionResultContent result => new FunctionResultContent(functionName: null, pluginName: null, result.CallId, result.Result as string ?? ""),
        _ => null,
    };

    /// <summary>What a model got wrong is sent back as nothing: some servers parse old calls, and choke on it.</summary>
    private static KernelArguments Arguments(Microsoft.Extensions.AI.FunctionCallContent call) =>
        call.Exception is null && call.Arguments is { } arguments ? new KernelArguments(arguments) : [];

    private static string Sendable(string name)
    {
        var clean = McpServers.Clean(name.Length > 64 ? name[..64] : name);
        return clean.Length == 0 ? "unknown" : clean;
    }
}
