using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace McpWorkflows.Server.Sampling;

/// <summary>
/// A client's model, which answers whole and after a person may have approved the request: waited for so long and no
/// longer, with signs of life meanwhile, so that nobody takes the person's silence for a stalled model and asks again.
/// </summary>
internal sealed class PatientClient(IChatClient inner, TimeSpan patience, TimeProvider time) : DelegatingChatClient(inner)
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);

    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var limit = new CancellationTokenSource(patience, time);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await base.GetResponseAsync(messages, options, waiting.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The calling client's model did not answer within {patience.TotalSeconds:0} s. Approve its requests at the client, or name another model.");
        }
    }

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var answer = GetResponseAsync(messages, options, cancellationToken);
        while (await Task.WhenAny(answer, Task.Delay(Beat, time, cancellationToken)) != answer)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new ChatResponseUpdate();
        }

        foreach (var update in (await answer).ToChatResponseUpdates())
            yield return update;
    }
}
