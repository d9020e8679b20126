using System.Runtime.CompilerServices;
using McpWorkflows.SemanticKernel.Chat;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;

namespace McpWorkflows.SemanticKernel.Connectors;

/// <summary>
/// A chat client as the service of an agent, for providers that the library has no connector for here: Anthropic, the calling
/// client's own model. What goes through Semantic Kernel's types and back would lose thinking, effort and limits on its way,
/// so the request and its answer pass beside them.
/// </summary>
internal sealed class OwnClient(IChatClient inner) : DelegatingChatClient(inner)
{
    private const string Key = "McpWorkflows.Update";

    /// <summary>For every name: the client takes it from the options.</summary>
    public static Func<string, KernelModel> Model(IChatClient client)
    {
        var builder = Kernel.CreateBuilder();
        builder.Services.AddSingleton<IChatClient>(new OwnClient(client));
        var model = new KernelModel(builder.Build());
        return _ => model;
    }

    /// <summary>The update as the client gave it; null for messages of other services.</summary>
    public static ChatResponseUpdate? UpdateOf(StreamingChatMessageContent message) => message.Metadata?.GetValueOrDefault(Key) as ChatResponseUpdate;

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var scope = RoundScope.Current;
        await foreach (var update in InnerClient.GetStreamingResponseAsync(scope?.Messages ?? messages, scope?.Options ?? options, cancellationToken).ConfigureAwait(false))
        {
            yield return new ChatResponseUpdate(update.Role ?? ChatRole.Assistant, update.Text) { AdditionalProperties = new() { [Key] = update } };
        }
    }

    /// <summary>The client belongs to whoever made it.</summary>
    protected override void Dispose(bool disposing)
    {
    }
}
