using McpWorkflows.Cluster.Calls;
using McpWorkflows.Cluster.Messages;
using McpWorkflows.Cluster.Workspaces;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Dispatch;
using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Cluster.Workers;

/// <summary>Takes a call that the ledger gave to this worker to its outcome in the ledger.</summary>
internal sealed class CallRunner(WorkerOptions options, IDispatchLedger ledger, SlotDesk slots, IAgentHost host) : IDisposable
{
    private readonly Checkouts _checkouts = new(options.CacheFolder);
    private readonly CallFolders _folders = new();

    /// <summary>
    /// The outcome, which is in the ledger then; null where another one was there before. Throws <see cref="OperationCanceledException"/> when the call is to stop;
    /// never for what the call does.
    /// </summary>
    public async Task<string?> RunAsync(WorkerCall call, CallClaim claim, CancellationToken stop)
    {
        // Until the outcome is on disk, so that a crash never repeats more calls than were in flight.
        using var place = await slots.TakeAsync(call.Token).ConfigureAwait(false);
        var outcome = ClusterJson.Write(await AskAsync(call, claim.RequestJson!, place).ConfigureAwait(false));
        return await StoreAsync(call, outcome, stop).ConfigureAwait(false);
    }

    public void Dispose() => _folders.Dispose();

    /// <summary>An answer that is paid for is not asked for again because a disk is full: it is kept, and its place with it, until the ledger has it.</summary>
    private async Task<string?> StoreAsync(WorkerCall call, string outcome, CancellationToken stop)
    {
        for (var told = false; ; told = true)
        {
            try
            {
                return await ledger.CompleteAsync(call.Ticket, outcome, stop).ConfigureAwait(false) ? outcome : null;
            }
            catch (JournalException failure)
            {
                if (!told)
                {
                    options.OnNotice($"What a call of run {call.Ticket.RunId} came to could not be stored ({failure.Message}); it is kept, and tried again.");
                }
            }

            await Task.Delay(options.Pace, options.Time, call.Token).ConfigureAwait(false);
        }
    }

    private async Task<AgentOutcome> AskAsync(WorkerCall call, string requestJson, IAgentPlace place)
    {
        try
        {
            var envelope = ClusterJson.ReadEnvelope(requestJson);
            return envelope.Workspace is { } workspace
                ? await InRepositoryAsync(call, envelope, workspace, place).ConfigureAwait(false)
                : await InEmptyFolderAsync(call, envelope, place).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (call.Token.IsCancellationRequested)
        {
            throw;
        }
        // The boundary of a call: whatever it breaks here is its failure, and would be on every other worker.
        catch (Exception failure)
        {
            return new AgentOutcome
            {
                Kind = AgentOutcomeKind.Failed,
                Failure = new AgentFailure($"The agent host of worker {options.Card.Name} broke down: {failure.GetType().Name}: {failure.Message.ReplaceLineEndings(" ")}"),
            };
        }
    }

    private async Task<AgentOutcome> InRepositoryAsync(WorkerCall call, CallEnvelope envelope, RemoteWorkspace workspace, IAgentPlace place)
    {
        var (folder, problem) = await _checkouts.OpenAsync(workspace, call.Token).ConfigureAwait(false);
        if (folder is null)
        {
            return new AgentOutcome { Kind = AgentOutcomeKind.Failed, Failure = new AgentFailure(problem!) };
        }

        var outcome = await host.RunAsync(envelope.ToRequest(call.Ticket, folder, place), call, call.Token).ConfigureAwait(false);
        if (outcome.Worktree is not { } work)
        {
            return outcome;
        }

        if (work.Patch is null)
        {
            return outcome with { Notes = [.. outcome.Notes ?? [], $"The agent's changes are too large for the journal; they stay on worker {options.Card.Name}, at {work.Path}."] };
        }

        await _checkouts.CloseAsync(workspace, work, CancellationToken.None).ConfigureAwait(false);
        return outcome;
    }

    private async Task<AgentOutcome> InEmptyFolderAsync(WorkerCall call, CallEnvelope envelope, IAgentPlace place)
    {
        var folder = _folders.Take();
        try
        {
            return await host.RunAsync(envelope.ToRequest(call.Ticket, folder.Path, place), call, call.Token).ConfigureAwait(false);
        }
        finally
        {
            _folders.Return(folder);
        }
    }
}
