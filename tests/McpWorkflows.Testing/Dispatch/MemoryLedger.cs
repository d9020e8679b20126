using McpWorkflows.Engine.Dispatch;
using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Testing.Dispatch;

/// <summary>The ledger's contract in memory, for servers and workers of one test; workers' lifetimes are real.</summary>
public sealed class MemoryLedger(TimeProvider time) : IDispatchLedger
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string RunId, ItemKey Key), Row> rows = [];
    private readonly Dictionary<string, (WorkerCard Card, DateTimeOffset Until)> workers = [];

    /// <summary>Calls that were entered, each attempt counting.</summary>
    public int Posted { get; private set; }

    /// <summary>Called when a call is entered that is there, before it is looked who has it.</summary>
    public Action? OnFound { get; set; }

    /// <summary>Of which workers claims and signs of life are refused with a <see cref="JournalException"/>; null: of none.</summary>
    public Func<string, bool>? Fails { get; set; }

    /// <summary>How many of the next outcomes are refused with a <see cref="JournalException"/>.</summary>
    public int RefusedOutcomes { get; set; }

    public bool Lives(string worker)
    {
        lock (gate)
        {
            return IsAlive(worker);
        }
    }

    public Task<PostedCall> PostAsync(string runId, ItemKey key, string requestJson, CancellationToken cancellationToken) => Locked(() =>
    {
        if (!rows.TryGetValue((runId, key), out var row))
        {
            rows[(runId, key)] = row = new Row { RequestJson = requestJson };
            Posted++;
        }
        else if (row.IsWithdrawn)
        {
            rows[(runId, key)] = row = new Row { RequestJson = requestJson, Attempt = row.Attempt + 1 };
            Posted++;
        }

        else
        {
            OnFound?.Invoke();
        }

        return new PostedCall(new CallTicket(runId, key, row.Attempt), row.OutcomeJson, IsAlive(row.Worker) ? row.Worker : null);
    });

    public Task<CallClaim> ClaimAsync(CallTicket ticket, string worker, CancellationToken cancellationToken) => Locked(() =>
    {
        Refuse(worker);
        if (Find(ticket) is not { OutcomeJson: null, IsWithdrawn: false } row)
        {
            return new CallClaim(CallClaimKind.Over);
        }

        if (IsAlive(row.Worker))
        {
            return new CallClaim(CallClaimKind.Held, Claims: row.Claims);
        }

        row.Worker = worker;
        return new CallClaim(CallClaimKind.Taken, row.RequestJson, ++row.Claims);
    });

    public Task ReleaseAsync(CallTicket ticket, string worker, CancellationToken cancellationToken) => Locked(() =>
    {
        if (Find(ticket) is { } row && row.Worker == worker)
        {
            row.Worker = null;
            row.Claims--;
        }

        return true;
    });

    public Task<bool> CompleteAsync(CallTicket ticket, string outcomeJson, CancellationToken cancellationToken) => Locked(() =>
    {
        if (RefusedOutcomes > 0)
        {
            RefusedOutcomes--;
            throw new JournalException("as the test wants");
        }

        if (Find(ticket) is not { OutcomeJson: null, IsWithdrawn: false } row)
        {
            return false;
        }

        row.OutcomeJson = outcomeJson;
        return true;
    });

    public Task<IReadOnlyList<CompletedCall>> ReadCompletedAsync(IReadOnlyCollection<CallTicket> tickets, CancellationToken cancellationToken) =>
        Locked<IReadOnlyList<CompletedCall>>(() => [.. tickets.Where(ticket => Find(ticket) is { OutcomeJson: not null }).Select(ticket => new CompletedCall(ticket, Find(ticket)!.OutcomeJson!))]);

    public Task<bool> WithdrawAsync(CallTicket ticket, CancellationToken cancellationToken) => Locked(() =>
    {
        if (Find(ticket) is { } row)
        {
            row.IsWithdrawn = true;
        }

        return true;
    });

    public Task<IReadOnlyList<CallTicket>> BeatAsync(WorkerCard worker, TimeSpan lifetime, IReadOnlyCollection<CallTicket> held, CancellationToken cancellationToken) =>
        Locked<IReadOnlyList<CallTicket>>(() =>
        {
            Refuse(worker.Name);
            workers[worker.Name] = (worker, time.GetUtcNow() + lifetime);
            return [.. held.Where(ticket => Find(ticket) is not { IsWithdrawn: false })];
        });

    /// <summary>The run has ended: its calls go.</summary>
    public void End(string runId) => Locked(() =>
    {
        foreach (var row in rows.Keys.Where(row => row.RunId == runId).ToArray())
        {
            rows.Remove(row);
        }

        return true;
    });

    public Task LeaveAsync(string worker, CancellationToken cancellationToken) => Locked(() =>
    {
        foreach (var row in rows.Values.Where(row => row.Worker == worker && row.OutcomeJson is null))
        {
            row.Worker = null;
            row.Claims--;
        }

        return workers.Remove(worker);
    });

    public Task<IReadOnlyList<WorkerCard>> ListWorkersAsync(CancellationToken cancellationToken) =>
        Locked<IReadOnlyList<WorkerCard>>(() => [.. workers.Values.Where(entry => entry.Until > time.GetUtcNow()).Select(entry => entry.Card).OrderBy(card => card.Name)]);

    private bool IsAlive(string? worker) => worker is not null && workers.TryGetValue(worker, out var entry) && entry.Until > time.GetUtcNow();

    private Row? Find(CallTicket ticket) => rows.TryGetValue((ticket.RunId, ticket.Key), out var row) && row.Attempt == ticket.Attempt ? row : null;

    private void Refuse(string worker)
    {
        if (Fails?.Invoke(worker) is true)
        {
            throw new JournalException("as the test wants");
        }
    }

    private Task<T> Locked<T>(Func<T> action)
    {
        try
        {
            lock (gate)
            {
                return Task.FromResult(action());
            }
        }
        catch (JournalException refused)
        {
            return Task.FromException<T>(refused);
        }
    }

    private sealed class Row
    {
        public required string RequestJson { get; init; }

        public int Attempt { get; init; } = 1;

        public int Claims { get; set; }

        public string? Worker { get; set; }

        public string? OutcomeJson { get; set; }

        public bool IsWithdrawn { get; set; }
    }
}
