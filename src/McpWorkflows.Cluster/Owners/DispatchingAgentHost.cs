using System.Collections.Concurrent;
using McpWorkflows.Cluster.Broker;
using McpWorkflows.Cluster.Calls;
using McpWorkflows.Cluster.Messages;
using McpWorkflows.Cluster.Workspaces;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Dispatch;

namespace McpWorkflows.Cluster.Owners;

/// <summary>
/// Runs agents on workers: enters calls in the ledger, sends a message for each, and waits for what the ledger says came of them.
/// While the broker or the database is away, calls wait. Agent types, forecasts and what the route calls local stay with the
/// inner host. Safe for use from any thread.
/// </summary>
public sealed class DispatchingAgentHost : IAgentHost, IAgentTypes, IAgentForecast, IAsyncDisposable, IDisposable
{
    private readonly DispatchOptions _options;
    private readonly IDispatchLedger _ledger;
    private readonly IAgentHost _inner;
    private readonly OutcomeDesk _desk;
    private readonly BrokerLink _link;
    private readonly CallPost _post;
    private readonly OwnerMailbox _mailbox;
    private readonly Withdrawals _withdrawals;
    private readonly WorkspaceDesk _workspaces;
    private readonly ConcurrentDictionary<(string RunId, string Note), bool> _noted = new();
    private readonly CancellationTokenSource _lifetime = new();
    private readonly Task _background;
    private volatile string? _replies;
    private volatile bool _leaves;

    /// <param name="inner">Runs local calls; owned by the caller.</param>
    public DispatchingAgentHost(DispatchOptions options, IDispatchLedger ledger, IAgentHost inner)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _ledger = ledger;
        _inner = inner;
        var lifetime = _lifetime.Token;
        _desk = new OutcomeDesk(ledger, options.Time);
        _link = new BrokerLink(options.Broker, $"mcp-workflows server {Environment.MachineName}/{Environment.ProcessId}", options.Time, ListenAsync, options.OnNotice);
        _post = new CallPost(_link, () => _replies);
        _withdrawals = new Withdrawals(ledger, _link, options.Time);
        _workspaces = new WorkspaceDesk(options.Time);
        var watch = new CallWatch(options, ledger, _desk, _link, _post);
        _mailbox = new OwnerMailbox(_desk, watch, new DeadLetters(ledger, options.Time, options.OnNotice), lifetime);
        _link.Start();
        var upkeep = new Upkeep(options);
        _background = Task.WhenAll(Task.Run(() => upkeep.RunAsync(_desk.FetchAsync, lifetime)), Task.Run(() => upkeep.RunAsync(watch.RunAsync, lifetime)));
    }

    /// <inheritdoc/>
    public int? Allowed => null;

    /// <inheritdoc/>
    public string? LaneOf(AgentRequest request) => _inner.LaneOf(request);

    /// <inheritdoc/>
    public string? Find(string workspace, string name) => (_inner as IAgentTypes)?.Find(workspace, name);

    /// <inheritdoc/>
    public IReadOnlyList<string> Names(string workspace) => (_inner as IAgentTypes)?.Names(workspace) ?? [];

    /// <inheritdoc/>
    public AgentForecast Forecast(AgentRequest request, AgentUsage expected) =>
        (_inner as IAgentForecast)?.Forecast(request, expected) ?? new AgentForecast(request.Options.Model ?? request.DefaultModel, null, null, []);

    /// <inheritdoc/>
    public Task<WorkRestored> RestoreAsync(AgentWorktree worktree, string workspace, CancellationToken cancellationToken) =>
        _inner.RestoreAsync(worktree, workspace, cancellationToken);

    /// <inheritdoc/>
    public async Task<AgentOutcome> RunAsync(AgentRequest request, IProgress<AgentProgress> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var route = _options.Route(request);
        if (route.IsLocal || request.Key is null)
        {
            return await _inner.RunAsync(request, progress, cancellationToken).ConfigureAwait(false);
        }

        var (workspace, note) = await _workspaces.DescribeAsync(request.Workspace, cancellationToken).ConfigureAwait(false);
        if (note is not null && _noted.TryAdd((request.RunId, note), true))
        {
            request.Log?.Invoke(note);
        }

        if (workspace is null && request.Options.Isolation is not null)
        {
            return new AgentOutcome
            {
                Kind = AgentOutcomeKind.Refused,
                Failure = new AgentFailure($"isolation: '{request.Options.Isolation}' cannot be had on a worker: {note}"),
            };
        }

        var need = new CallNeed(route.Model, [.. route.Tools.Order(StringComparer.Ordinal)], workspace?.Repository ?? CallNeed.NoWorkspace);
        var json = ClusterJson.Write(CallEnvelope.Of(Pin(request, route.Model), workspace));
        var posted = await _ledger.PostAsync(request.RunId, request.Key, json, cancellationToken).ConfigureAwait(false);
        var outcome = posted.OutcomeJson is { } known
            ? OutcomeDesk.Read(known)
            : await AwaitAsync(new PendingCall(posted.Ticket, need, request, json, progress, _options.Time.GetTimestamp()), posted.Worker, cancellationToken).ConfigureAwait(false);
        if (outcome.Kind == AgentOutcomeKind.QuotaExhausted)
        {
            // No outcome yet: the run asks again, and then it is the next attempt.
            await _ledger.WithdrawAsync(posted.Ticket, cancellationToken).ConfigureAwait(false);
        }

        return outcome.Worktree is null ? outcome : await _workspaces.BringHomeAsync(outcome, request.Workspace, _inner, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// The process is about to end, and its runs are for other owners: calls that are cancelled from now on stay with their workers,
    /// and whoever goes on with the run gets what they came to.
    /// </summary>
    public void Leave() => _leaves = true;

    /// <inheritdoc/>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_lifetime.IsCancellationRequested)
        {
            return;
        }

        await _lifetime.CancelAsync().ConfigureAwait(false);
        await _background.ConfigureAwait(false);
        await _link.DisposeAsync().ConfigureAwait(false);
        _lifetime.Dispose();
    }

    /// <summary>Aliases and defaults are the owner's: a worker may have others.</summary>
    private static AgentRequest Pin(AgentRequest request, string? model) =>
        model is null ? request
        : request.Options.Model is { } named ? named.Contains('/', StringComparison.Ordinal) ? request : request with { Options = request.Options with { Model = model } }
        : request.DefaultModel?.Contains('/', StringComparison.Ordinal) is true ? request
        : request with { DefaultModel = model };

    private async Task<AgentOutcome> AwaitAsync(PendingCall call, string? worker, CancellationToken cancellationToken)
    {
        _desk.Add(call);
        try
        {
            if (worker is null)
            {
                await _post.SendAsync(call, cancellationToken).ConfigureAwait(false);
            }

            call.IsPublished = true;
            return await call.Outcome.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && !_leaves)
        {
            await _withdrawals.WithdrawAsync(call.Ticket).ConfigureAwait(false);
            throw;
        }
        finally
        {
            _desk.Remove(call);
        }
    }

    private async Task ListenAsync(BrokerSession session, CancellationToken cancellationToken) =>
        _replies = await _mailbox.OpenAsync(session, cancellationToken).ConfigureAwait(false);
}
