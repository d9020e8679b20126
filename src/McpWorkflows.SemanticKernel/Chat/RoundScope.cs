using McpWorkflows.Agents.Limits;
using Microsoft.Extensions.AI;

namespace McpWorkflows.SemanticKernel.Chat;

/// <summary>
/// What belongs to one request and cannot be handed through Semantic Kernel: it flows with the call to whoever sends it.
/// </summary>
internal sealed class RoundScope
{
    private static readonly AsyncLocal<RoundScope?> Flowing = new();

    private RoundScope(IReadOnlyList<ChatMessage> messages, ChatOptions options)
    {
        Messages = messages;
        Options = options;
    }

    public static RoundScope? Current => Flowing.Value;

    public IReadOnlyList<ChatMessage> Messages { get; }

    public ChatOptions Options { get; }

    /// <summary>Set when the answer's headers are there and say something.</summary>
    public LimitNews? News { get; set; }

    public static RoundScope Enter(IReadOnlyList<ChatMessage> messages, ChatOptions options) => Flowing.Value = new RoundScope(messages, options);
}
