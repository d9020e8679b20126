using McpWorkflows.Engine.Dispatch;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.Postgres.Dispatch;

namespace McpWorkflows.Journal.Tests.Postgres.Dispatch;

public sealed class PostgresDispatchLedgerTests : IAsyncLifetime
{
    private const string Run = "wf_1";

    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    private CoordinationDatabase database = null!;
    private PostgresDispatchLedger ledger = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await CoordinationDatabase.CreateAsync();
        ledger = new PostgresDispatchLedger(database.Connect(), "owner-1", TimeProvider.System);
        await database.LeaseAsync(Run, "owner-1");
    }

    public async ValueTask DisposeAsync()
    {
        if (ledger is not null)
        {
            await ledger.DisposeAsync();
            await database.DisposeAsync();
        }
    }

    [Fact]
    public async Task PostAsync_Again_IsGivenBackAsItStands()
    {
        var first = await ledger.PostAsync(Run, Key(1), """{"prompt":"ä\u0000"}""", Cancellation);
        await ledger.BeatAsync(Card("w1"), Long, [], Cancellation);
        Assert.Equal(new PostedCall(new CallTicket(Run, Key(1), 1), null, null), first);

        var claim = await ledger.ClaimAsync(first.Ticket, "w1", Cancellation);
        Assert.Equal(new CallClaim(CallClaimKind.Taken, """{"prompt":"ä\u0000"}""", 1), claim);
        Assert.Equal(first with { Worker = "w1" }, await ledger.PostAsync(Run, Key(1), "other", Cancellation));

        Assert.True(await ledger.CompleteAsync(first.Ticket, "answer", Cancellation));
        Assert.Equal("answer", (await ledger.PostAsync(Run, Key(1), "other", Cancellation)).OutcomeJson);
    }

    [Fact]
    public async Task PostAsync_RunOfAnother_LosesTheLeaseAndEntersNothing()
    {
        await using var other = new PostgresDispatchLedger(database.Connect(), "owner-2", TimeProvider.System);

        // In one batch: the one that is refused must not take the others with it.
        await database.LeaseAsync("wf_2", "owner-2");
        var posts = new[] { Run, "wf_2", "wf_none" }.Select(run => other.PostAsync(run, Key(1), "{}", Cancellation)).ToArray();

        await Assert.ThrowsAsync<LeaseLostException>(() => posts[0]);
        Assert.Equal(1, (await posts[1]).Ticket.Attempt);
        await Assert.ThrowsAsync<LeaseLostException>(() => posts[2]);
        Assert.Equal(CallClaimKind.Over, (await other.ClaimAsync(new CallTicket(Run, Key(1), 1), "w1", Cancellation)).Kind);
    }

    [Fact]
    public async Task PostAsync_AfterATakeover_FindsWhatTheOldOwnersCallsCameTo()
    {
        var posted = await ledger.PostAsync(Run, Key(1), "{}", Cancellation);
        await ledger.CompleteAsync(posted.Ticket, "answer", Cancellation);
        await database.LeaseAsync(Run, "owner-2");
        await using var other = new PostgresDispatchLedger(database.Connect(), "owner-2", TimeProvider.System);

        Assert.Equal("answer", (await other.PostAsync(Run, Key(1), "{}", Cancellation)).OutcomeJson);
        await Assert.ThrowsAsync<LeaseLostException>(() => ledger.PostAsync(Run, Key(1), "{}", Cancellation));
    }

    [Fact]
    public async Task ClaimAsync_LivingWorkerHasIt_IsHeldUntilItLeavesReleasesOrDies()
    {
        var ticket = (await ledger.PostAsync(Run, Key(1), "{}", Cancellation)).Ticket;
        await ledger.BeatAsync(Card("w1"), Long, [], Cancellation);
        await ledger.BeatAsync(Card("w2"), Long, [], Cancellation);
        Assert.Equal(CallClaimKind.Taken, (await ledger.ClaimAsync(ticket, "w1", Cancellation)).Kind);
        Assert.Equal(CallClaimKind.Held, (await ledger.ClaimAsync(ticket, "w2", Cancellation)).Kind);
        Assert.Equal(CallClaimKind.Held, (await ledger.ClaimAsync(ticket, "w1", Cancellation)).Kind);

        await ledger.ReleaseAsync(ticket, "w2", Cancellation);
        Assert.Equal(CallClaimKind.Held, (await ledger.ClaimAsync(ticket, "w2", Cancellation)).Kind);
        await ledger.ReleaseAsync(ticket, "w1", Cancellation);
        await ledger.ReleaseAsync(ticket, "w1", Cancellation);
        Assert.Equal(1, (await ledger.ClaimAsync(ticket, "w2", Cancellation)).Claims);

        await ledger.LeaveAsync("w2", Cancellation);
        Assert.Equal(["w1"], (await ledger.ListWorkersAsync(Cancellation)).Select(card => card.Name));
        await ledger.BeatAsync(Card("w1"), TimeSpan.FromMilliseconds(50), [], Cancellation);
        Assert.Equal(1, (await ledger.ClaimAsync(ticket, "w1", Cancellation)).Claims);

        CallClaim claim;
        do
        {
            claim = await ledger.ClaimAsync(ticket, "w3", Cancellation);
        }
        while (claim.Kind == CallClaimKind.Held);

        // The one that died counts; those that gave it back do not.
        Assert.Equal(2, claim.Claims);
        Assert.Empty(await ledger.ListWorkersAsync(Cancellation));
    }

    [Fact]
    public async Task CompleteAsync_Twice_TheFirstCounts()
    {
        var ticket = (await ledger.PostAsync(Run, Key(1), "{}", Cancellation)).Ticket;
        var open = (await ledger.PostAsync(Run, Key(2), "{}", Cancellation)).Ticket;

        Assert.True(await ledger.CompleteAsync(ticket, "first", Cancellation));
        Assert.False(await ledger.CompleteAsync(ticket, "second", Cancellation));

        Assert.Equal(CallClaimKind.Over, (await ledger.ClaimAsync(ticket, "w1", Cancellation)).Kind);
        Assert.Equal([new CompletedCall(ticket, "first")], await ledger.ReadCompletedAsync([ticket, open, ticket with { Attempt = 2 }], Cancellation));
        Assert.Empty(await ledger.ReadCompletedAsync([], Cancellation));
    }

    [Fact]
    public async Task WithdrawAsync_Claimed_TheWorkerHearsAndTheNextPostIsTheNextAttempt()
    {
        var ticket = (await ledger.PostAsync(Run, Key(1), "{}", Cancellation)).Ticket;
        await ledger.BeatAsync(Card("w1"), Long, [], Cancellation);
        await ledger.ClaimAsync(ticket, "w1", Cancellation);
        Assert.Empty(await ledger.BeatAsync(Card("w1"), Long, [ticket], Cancellation));

        await ledger.WithdrawAsync(ticket, Cancellation);

        Assert.Equal([ticket], await ledger.BeatAsync(Card("w1"), Long, [ticket], Cancellation));
        Assert.False(await ledger.CompleteAsync(ticket, "late", Cancellation));
        Assert.Equal(CallClaimKind.Over, (await ledger.ClaimAsync(ticket, "w2", Cancellation)).Kind);
        var next = (await ledger.PostAsync(Run, Key(1), "again", Cancellation)).Ticket;
        Assert.Equal(2, next.Attempt);
        Assert.Equal([ticket], await ledger.BeatAsync(Card("w1"), Long, [ticket, next], Cancellation));
        Assert.False(await ledger.CompleteAsync(ticket, "late", Cancellation));
        Assert.Equal(new CallClaim(CallClaimKind.Taken, "again", 1), await ledger.ClaimAsync(next, "w2", Cancellation));
    }

    [Fact]
    public async Task BeatAsync_CallsThatAreGoneWithTheirRun_AreTold()
    {
        var tickets = await Task.WhenAll(Enumerable.Range(1, 3).Select(async number => (await ledger.PostAsync(Run, Key(number), "{}", Cancellation)).Ticket));
        await ledger.BeatAsync(Card("w1"), Long, [], Cancellation);
        await ledger.ClaimAsync(tickets[0], "w1", Cancellation);
        await ledger.ClaimAsync(tickets[1], "w1", Cancellation);
        await ledger.CompleteAsync(tickets[1], "answer", Cancellation);
        Assert.Empty(await ledger.BeatAsync(Card("w1"), Long, tickets, Cancellation));

        await using var delete = database.Connect().CreateCommand("DELETE FROM DispatchedCalls WHERE Ordinal <> 3");
        await delete.ExecuteNonQueryAsync(Cancellation);

        Assert.Equal(tickets[..2], (await ledger.BeatAsync(Card("w1"), Long, tickets, Cancellation)).OrderBy(static ticket => ticket.Key.Ordinal));
    }

    [Fact]
    public async Task WithdrawAsync_RunTakenOverByAnother_LeavesTheCallToTheNewOwner()
    {
        var ticket = (await ledger.PostAsync(Run, Key(1), "{}", Cancellation)).Ticket;
        await database.LeaseAsync(Run, "owner-2");
        await using var other = new PostgresDispatchLedger(database.Connect(), "owner-2", TimeProvider.System);
        Assert.Equal(ticket, (await other.PostAsync(Run, Key(1), "{}", Cancellation)).Ticket);

        Assert.False(await ledger.WithdrawAsync(ticket, Cancellation));

        Assert.True(await ledger.CompleteAsync(ticket, "answer", Cancellation));
        Assert.True(await other.WithdrawAsync(ticket with { Attempt = 2 }, Cancellation));
        Assert.Equal([new CompletedCall(ticket, "answer")], await other.ReadCompletedAsync([ticket], Cancellation));
        Assert.True(await other.WithdrawAsync(ticket, Cancellation));
    }

    [Fact]
    public async Task ListWorkersAsync_GivesTheCardsAsLastShown()
    {
        await ledger.BeatAsync(Card("w1"), Long, [], Cancellation);
        await ledger.BeatAsync(Card("w1") with { Width = 32 }, Long, [], Cancellation);

        var card = Assert.Single(await ledger.ListWorkersAsync(Cancellation));

        Assert.Equal((32, "openai/*", "shell", "none"), (card.Width, Assert.Single(card.Models), Assert.Single(card.Tools), Assert.Single(card.Workspaces)));
    }

    private static ItemKey Key(int ordinal) => new(ItemKind.Agent, "c0ffee", ordinal);

    private static WorkerCard Card(string name) => new() { Name = name, Width = 16, Models = ["openai/*"], Tools = ["shell"], Workspaces = ["none"] };
}
