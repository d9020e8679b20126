using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpWorkflows.Server.Surface;

/// <summary>
/// Notices what changes, and tells clients of revision 2026-07-28 on the streams that they open by
/// <c>subscriptions/listen</c>. For earlier ones see <see cref="ClientConnection"/>.
/// </summary>
internal sealed partial class ChangeFeed(IChangeSource source, TimeProvider time, ILogger logger, CancellationToken lifetime)
{
    /// <summary>Resources that one client may watch at a time.</summary>
    public const int MaxWatched = 100;

    public const string Updated = NotificationMethods.ResourceUpdatedNotification;

    /// <summary>What is sent of a changed list.</summary>
    public static readonly IReadOnlyList<(ChangedLists List, string Method)> Methods =
    [
        (ChangedLists.Tools, NotificationMethods.ToolListChangedNotification),
        (ChangedLists.Prompts, NotificationMethods.PromptListChangedNotification),
        (ChangedLists.Resources, NotificationMethods.ResourceListChangedNotification),
    ];

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    public void AddTo(McpServerOptions options) => options.Handlers.SubscriptionsListenHandler = ListenAsync;

    public IChangeSource Source => source;

    /// <summary>Calls back when a resource changes, at most once a second, until the token ends.</summary>
    /// <param name="known">Its fingerprint as the client knows it.</param>
    public async Task WatchAsync(string uri, string? known, Func<Task> changed, CancellationToken cancellationToken)
    {
        try
        {
            using var timer = new PeriodicTimer(Pace, time);
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                var now = await source.FingerprintAsync(uri, cancellationToken);
                if (now == known)
                    continue;
                known = now;
                await changed();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Unsubscribed, or the server ends.
        }
    }

    /// <summary>Lets a notification go its way: a client that is gone needs none.</summary>
    public void Send(Task sending) => sending.ContinueWith(
        failed => LogUnsent(failed.Exception!.InnerException!.Message), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    /// <summary>Ends, without a fault, with the token.</summary>
    public static Task UntilAsync(CancellationToken cancellationToken)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cancellationToken.Register(static source => ((TaskCompletionSource)source!).TrySetResult(), ended);
        return ended.Task;
    }

    private async ValueTask<EmptyResult> ListenAsync(RequestContext<SubscriptionsListenRequestParams> request, CancellationToken cancellationToken)
    {
        var wanted = request.Params.Notifications;
        var granted = new SubscriptionsListenNotifications
        {
            PromptsListChanged = wanted.PromptsListChanged is true ? true : null,
            ResourcesListChanged = wanted.ResourcesListChanged is true ? true : null,
            ToolsListChanged = wanted.ToolsListChanged is true ? true : null,
            ResourceSubscriptions = wanted.ResourceSubscriptions is { Count: > 0 } uris ? [.. uris.Distinct().Take(MaxWatched)] : null,
        };
        // Known before the client is told that it is watched: what changes from then on must not be missed.
        var known = new List<(string Uri, string? Fingerprint)>();
        foreach (var uri in granted.ResourceSubscriptions ?? [])
            known.Add((uri, await source.FingerprintAsync(uri, cancellationToken)));
        var acknowledged = new SubscriptionsAcknowledgedNotificationParams { Notifications = granted };
        await SendAsync(NotificationMethods.SubscriptionsAcknowledgedNotification, JsonSerializer.SerializeToNode(acknowledged, TypeInfo(acknowledged))!.AsObject());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime);
        using var watching = source.Watch(Changed);
        await Task.WhenAll(known.Select(one => WatchAsync(one.Uri, one.Fingerprint, () => SendAsync(Updated, new JsonObject { ["uri"] = one.Uri }), stop.Token)));
        await UntilAsync(stop.Token);
        return new EmptyResult();

        void Changed(ChangedLists lists)
        {
            foreach (var (list, method) in Methods)
            {
                if (lists.HasFlag(list) && Wants(granted, list))
                    Send(SendAsync(method, []));
            }
        }

        Task SendAsync(string method, JsonObject parameters)
        {
            parameters["_meta"] = new JsonObject { [MetaKeys.SubscriptionId] = JsonSerializer.SerializeToNode(request.JsonRpcRequest.Id, TypeInfo(request.JsonRpcRequest.Id)) };
            return request.Server.SendNotificationAsync(method, parameters, cancellationToken: cancellationToken);
        }
    }

    private static bool Wants(SubscriptionsListenNotifications granted, ChangedLists list) => list switch
    {
        ChangedLists.Tools => granted.ToolsListChanged is true,
        ChangedLists.Prompts => granted.PromptsListChanged is true,
        _ => granted.ResourcesListChanged is true,
    };

    private static JsonTypeInfo<T> TypeInfo<T>(T _) =>
        (JsonTypeInfo<T>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(T));

    [LoggerMessage(Level = LogLevel.Debug, Message = "A notification was not sent: {Cause}")]
    private partial void LogUnsent(string cause);
}
