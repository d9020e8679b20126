using McpWorkflows.Engine.Dispatch;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.Postgres.Dispatch;
using McpWorkflows.Testing.Servers;

namespace McpWorkflows.Journal.Tests.Postgres.Dispatch;

public sealed class LedgerFaultTests
{
    private const string Run = "wf_1";

    private static readonly WorkerCard Card = new() { Name = "w1", Width = 16, Models = [], Tools = [], Workspaces = [] };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Operations_AcknowledgementLost_SayWhatTheyDid()
    {
        await using var database = await CoordinationDatabase.CreateAsync();
        using var relay = new TcpRelay((await PostgresServer.SharedAsync()).Port);
        await using var ledger = new PostgresDispatchLedger(database.Connect(relay, "Pooling=true"), "owner-1", TimeProvider.System);
        await database.LeaseAsync(Run, "owner-1");
        await ledger.BeatAsync(Card, TimeSpan.FromMinutes(5), [], Cancellation);

        relay.LoseAnswer();
        var ticket = (await ledger.PostAsync(Run, Key(1), "{}", Cancellation)).Ticket;
        relay.LoseAnswer();
        var claim = await ledger.ClaimAsync(ticket, "w1", Cancellation);
        relay.LoseAnswer();
        var completed = await ledger.CompleteAsync(ticket, "answer", Cancellation);

        Assert.Equal((1, CallClaimKind.Taken, 1, true), (ticket.Attempt, claim.Kind, claim.Claims, completed));
    }

    [Fact]
    public async Task Operations_ServerKilledAndStarted_AreRiddenOutAndNoneIsLost()
    {
        await using var server = await PostgresServer.StartNewAsync();
        await using var database = await CoordinationDatabase.CreateAsync(server);
        await using var ledger = new PostgresDispatchLedger(database.Connect(), "owner-1", TimeProvider.System);
        await database.LeaseAsync(Run, "owner-1");
        await ledger.BeatAsync(Card, TimeSpan.FromMinutes(5), [], Cancellation);
        var calls = Enumerable.Range(1, 300).Select(number => CallAsync(ledger, number)).ToArray();
        await Task.WhenAny(calls);

        await server.KillAsync();
        var late = ledger.PostAsync(Run, Key(1_000), "{}", Cancellation);
        await server.StartAsync();

        Assert.All(await Task.WhenAll(calls), Assert.True);
        Assert.Equal(1, (await late).Ticket.Attempt);
        var tickets = Enumerable.Range(1, 300).Select(number => new CallTicket(Run, Key(number), 1)).ToArray();
        Assert.Equal(300, (await ledger.ReadCompletedAsync(tickets, Cancellation)).Count);
    }

    [Fact]
    public async Task Operations_Cancelled_DoNotWaitForTheServer()
    {
        await using var database = await CoordinationDatabase.CreateAsync();
        using var relay = new TcpRelay((await PostgresServer.SharedAsync()).Port);
        var ledger = new PostgresDispatchLedger(database.Connect(relay), "owner-1", TimeProvider.System);
        await database.LeaseAsync(Run, "owner-1");
        relay.Cut();
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var post = ledger.PostAsync(Run, Key(1), "{}", cancelled.Token);
        var waiting = ledger.PostAsync(Run, Key(2), "{}", Cancellation);

        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => post);
        Assert.False(waiting.IsCompleted);
        await ledger.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
    }

    [Fact]
    public async Task Operations_ManyOfSeveralProcesses_ShareCommitsAndGiveEachCallToOneWorker()
    {
        const int Calls = 400;
        await using var database = await CoordinationDatabase.CreateAsync();
        var ledgers = Enumerable.Range(1, 4).Select(number => new PostgresDispatchLedger(database.Connect(), $"owner-{number}", TimeProvider.System)).ToArray();
        await database.LeaseAsync(Run, "owner-1");
        await Task.WhenAll(ledgers.Select((ledger, number) => ledger.BeatAsync(Card with { Name = $"w{number}" }, TimeSpan.FromMinutes(5), [], Cancellation)));
        var posted = await Task.WhenAll(Enumerable.Range(1, Calls).Select(number => ledgers[0].PostAsync(Run, Key(number), "{}", Cancellation)));

        // Each in another order, so that they would wait for one another in circles.
        var takes = await Task.WhenAll(ledgers.SelectMany((ledger, number) => posted
            .OrderBy(call => call.Ticket.Key.Ordinal * (number + 7) % 401)
            .Select(async call => (await ledger.ClaimAsync(call.Ticket, $"w{number}", Cancellation)).Kind == CallClaimKind.Taken
                && await ledger.CompleteAsync(call.Ticket, $"{number}", Cancellation))));

        Assert.Equal(Calls, takes.Count(taken => taken));
        Assert.InRange(ledgers.Sum(ledger => ledger.Commits), 8, Calls);
        foreach (var ledger in ledgers)
        {
            await ledger.DisposeAsync();
        }
    }

    private static async Task<bool> CallAsync(PostgresDispatchLedger ledger, int number)
    {
        var posted = await ledger.PostAsync(Run, Key(number), "{}", Cancellation);
        var claim = await ledger.ClaimAsync(posted.Ticket, "w1", Cancellation);
        return claim is { Kind: CallClaimKind.Taken, Claims: 1 } && await ledger.CompleteAsync(posted.Ticket, "answer", Cancellation);
    }

    private static ItemKey Key(int ordinal) => new(ItemKind.Agent, "c0ffee", ordinal);
}
