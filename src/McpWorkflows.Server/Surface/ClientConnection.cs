using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using McpWorkflows.Server.Reports;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpWorkflows.Server.Surface;

/// <summary>
/// One connection that takes notifications at any time (stdio, a local socket), for clients of revisions before
/// 2026-07-28: they are told of changed lists unasked, and of resources after <c>resources/subscribe</c>.
/// </summary>
internal sealed class ClientConnection
{
    private const int MaxRequests = 1_024;

    private readonly ChangeFeed changes;
    private readonly Action ended;
    private readonly TaskCompletionSource initialized = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<string, CancellationTokenSource> watched = new();
    private int requests;

    /// <param name="ended">What to do when the client is gone.</param>
    public ClientConnection(McpServerOptions options, ChangeFeed changes, Action ended)
    {
        this.changes = changes;
        this.ended = ended;
        Options = options;
        options.Handlers.SubscribeToResourcesHandler = SubscribeAsync;
        options.Handlers.UnsubscribeFromResourcesHandler = UnsubscribeAsync;
        options.Filters.Message.IncomingFilters.Add(Bounded);
        options.Handlers.NotificationHandlers =
        [
            KeyValuePair.Create<string, Func<JsonRpcNotification, CancellationToken, ValueTask>>(
                NotificationMethods.InitializedNotification,
                (_, _) =>
                {
                    initialized.TrySetResult();
                    return ValueTask.CompletedTask;
                }),
        ];
    }

    public McpServerOptions Options { get; }

    /// <summary>Sends notifications until the token ends, which also ends all subscriptions.</summary>
    public async Task PushAsync(McpServer server, CancellationToken cancellationToken)
    {
        var end = ChangeFeed.UntilAsync(cancellationToken);
        if (await Task.WhenAny(initialized.Task, end) == initialized.Task)
        {
            using var watching = changes.Source.Watch(lists =>
            {
                foreach (var (_, method) in ChangeFeed.Methods.Where(method => lists.HasFlag(method.List)))
                    changes.Send(server.SendNotificationAsync(method, cancellationToken));
            });
            await end;
        }

        ended();
        foreach (var stop in watched.Values)
            await stop.CancelAsync();
    }

    // Waits and subscriptions count; what cannot be sent to a client that does not read counts too.
    private McpMessageHandler Bounded(McpMessageHandler next) => async (context, cancellationToken) =>
    {
        if (context.JsonRpcMessage is not JsonRpcRequest)
        {
            await next(context, cancellationToken);
            return;
        }

        try
        {
            if (Interlocked.Increment(ref requests) > MaxRequests)
                throw new McpProtocolException($"{MaxRequests:N0} requests are under way already. Wait for answers before sending more.", McpErrorCode.InvalidRequest);
            await next(context, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref requests);
        }
    };

    private async ValueTask<EmptyResult> SubscribeAsync(RequestContext<SubscribeRequestParams> request, CancellationToken cancellationToken)
    {
        var uri = request.Params.Uri;
        if (await changes.Source.FingerprintAsync(uri, cancellationToken) is not { } known)
            throw new McpProtocolException($"There is no resource '{RunReports.Cut(uri, 200)}' to subscribe to.", McpErrorCode.ResourceNotFound);
        if (watched.Count >= ChangeFeed.MaxWatched)
            throw new McpProtocolException($"{ChangeFeed.MaxWatched} resources are watched already. Unsubscribe from some first.", McpErrorCode.InvalidRequest);
        var stop = new CancellationTokenSource();
        if (watched.TryAdd(uri, stop))
        {
            var server = request.Server;
            changes.Send(changes.WatchAsync(
                uri, known, () => server.SendNotificationAsync(ChangeFeed.Updated, new JsonObject { ["uri"] = uri }, cancellationToken: stop.Token), stop.Token));
        }

        return new EmptyResult();
    }

    private async ValueTask<EmptyResult> UnsubscribeAsync(RequestContext<UnsubscribeRequestParams> request, CancellationToken cancellationToken)
    {
        if (watched.TryRemove(request.Params.Uri, out var stop))
            await stop.CancelAsync();
        return new EmptyResult();
    }
}
