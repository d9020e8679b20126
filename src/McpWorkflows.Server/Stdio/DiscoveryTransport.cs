using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpWorkflows.Server.Stdio;

/// <summary>
/// A transport whose <c>server/discover</c> requests are answered apart from the session. The protocol library takes such a
/// request for the choice of the newest revision, and refuses <c>initialize</c> from then on. But a client that asks so and
/// hears nothing for some seconds, as on a machine that is busy while the server starts, goes on with <c>initialize</c>:
/// the server then finds both.
/// </summary>
internal sealed class DiscoveryTransport : ITransport
{
    private readonly ITransport inner;
    private readonly McpServerOptions options;
    private readonly ILoggerFactory loggers;
    private readonly Channel<JsonRpcMessage> others = Channel.CreateBounded<JsonRpcMessage>(1);

    /// <param name="inner">Stays its owner's.</param>
    /// <param name="options">What is told of.</param>
    public DiscoveryTransport(ITransport inner, McpServerOptions options, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        this.inner = inner;
        this.options = options;
        this.loggers = loggers;
        _ = Task.Run(() => PassOnAsync(cancellationToken), CancellationToken.None);
    }

    public string? SessionId => inner.SessionId;

    public ChannelReader<JsonRpcMessage> MessageReader => others.Reader;

    public Task SendMessageAsync(JsonRpcMessage message, CancellationToken cancellationToken = default) => inner.SendMessageAsync(message, cancellationToken);

    public ValueTask DisposeAsync()
    {
        others.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    private async Task PassOnAsync(CancellationToken cancellationToken)
    {
        try
        {
            // One after the other: whoever asks without end waits like everybody who does not read.
            await foreach (var message in inner.MessageReader.ReadAllAsync(cancellationToken))
            {
                if (message is JsonRpcRequest { Method: RequestMethods.ServerDiscover })
                    await AnswerAsync(message, cancellationToken);
                else
                    await others.Writer.WriteAsync(message, cancellationToken);
            }
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException or OperationCanceledException or ChannelClosedException)
        {
            // The other end is gone, or this one ends.
        }
        finally
        {
            others.Writer.TryComplete();
        }
    }

    private async Task AnswerAsync(JsonRpcMessage request, CancellationToken cancellationToken)
    {
        await using var one = new OneRequest(request, inner);
        await using var server = McpServer.Create(one, options, loggers);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var serving = server.RunAsync(ended.Token);
        await Task.WhenAny(one.Answered, serving);
        await ended.CancelAsync();
        await serving.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>A connection on which one request comes.</summary>
    private sealed class OneRequest : ITransport
    {
        private readonly ITransport inner;
        private readonly Channel<JsonRpcMessage> received = Channel.CreateBounded<JsonRpcMessage>(1);
        private readonly TaskCompletionSource answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public OneRequest(JsonRpcMessage request, ITransport inner)
        {
            this.inner = inner;
            received.Writer.TryWrite(request);
        }

        public Task Answered => answered.Task;

        public string? SessionId => null;

        public ChannelReader<JsonRpcMessage> MessageReader => received.Reader;

        public async Task SendMessageAsync(JsonRpcMessage message, CancellationToken cancellationToken = default)
        {
            try
            {
                await inner.SendMessageAsync(message, cancellationToken);
            }
            finally
            {
                answered.TrySetResult();
            }
        }

        public ValueTask DisposeAsync()
        {
            received.Writer.TryComplete();
            return ValueTask.CompletedTask;
        }
    }
}
