using System.Runtime.CompilerServices;
using McpWorkflows.Agents.Faults;
using McpWorkflows.Agents.Limits;
using McpWorkflows.SemanticKernel.Connectors;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.Agents;

namespace McpWorkflows.SemanticKernel.Chat;

/// <summary>
/// Each request is one round of a <see cref="ChatCompletionAgent"/>. Functions are not invoked within it: so a retry repeats
/// one request and not the agent's work, each round's usage is counted once, and the rounds are bounded by whoever asks
/// (the library stops after 128 without a word).
/// </summary>
/// <param name="find">The service for a model's name.</param>
/// <param name="owned">Disposed of with the client.</param>
internal sealed class KernelChatClient(Func<string, KernelModel> find, IDisposable? owned = null) : IChatClient
{
    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in GetStreamingResponseAsync(messages, options, cancellationToken).ConfigureAwait(false))
        {
            updates.Add(update);
        }

        return updates.ToChatResponse();
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Every chunk gives an update, if only an empty one as a sign of life. Tool calls come whole, after the text; usage comes
    /// once, last, also when the stream breaks. Throws <see cref="ModelRequestException"/> for what it can name.
    /// </remarks>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        options ??= new ChatOptions();
        var known = messages as IReadOnlyList<ChatMessage> ?? [.. messages];
        var model = find(options.ModelId ?? "");
        var scope = RoundScope.Enter(known, options);
        // A name would go over the wire with every message, and many servers do not know what to do with one.
        var agent = new ChatCompletionAgent
        {
            Kernel = model.Kernel,
            Instructions = KernelMessages.Instructions(known),
            Arguments = new KernelArguments(RoundSettings.Of(model, options)),
        };
        var reader = new RoundReader();
        var rounds = agent.InvokeStreamingAsync(KernelMessages.History(known), cancellationToken: cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using var _ = rounds.ConfigureAwait(false);
        ModelRequestException? broken = null;
        while (broken is null)
        {
            ChatResponseUpdate? update = null;
            try
            {
                update = await rounds.MoveNextAsync().ConfigureAwait(false) ? reader.Accept(rounds.Current.Message) : null;
            }
            catch (Exception exception) when (KernelFaults.From(exception) is { } fault)
            {
                broken = fault;
            }

            if (scope.News is { } news)
            {
                scope.News = null;
                yield return new ChatResponseUpdate { AdditionalProperties = new() { [LimitNews.Key] = news } };
            }

            if (update is null)
            {
                break;
            }

            yield return update;
        }

        yield return reader.Finish();
        if (broken is null && model.StatesItsEnd && !reader.HasFinished)
        {
            broken = new ModelRequestException(ModelRequestFault.Broken, "it ended before the answer did");
        }

        if (broken is not null)
        {
            throw broken;
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose() => owned?.Dispose();
}
