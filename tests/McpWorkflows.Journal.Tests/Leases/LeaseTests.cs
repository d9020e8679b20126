using System.Diagnostics;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Testing.Time;

namespace McpWorkflows.Journal.Tests.Leases;

/// <summary>Owners whose lock is held; by two clocks, one of which stands still like a suspended process.</summary>
public sealed class LeaseTests : IDisposable
{
    private static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(30);

    private readonly JournalFile file = new();
    private readonly ManualTime ownersTime = new();
    private readonly ManualTime time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => file.Dispose();

    [Fact]
    public async Task TryLease_OwnerSilentForTheLeaseTime_IsRefusedUntilThen()
    {
        await using var owner = await OpenWithRunAsync();
        await using var other = await OpenAsync(time);

        time.Advance(LeaseTime);
        Assert.False(await other.TryLeaseAsync("wf_1", Cancellation));
        Assert.Equal(RunState.Running, (await other.FindRunAsync("wf_1", Cancellation))!.State);

        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(RunState.Interrupted, (await other.FindRunAsync("wf_1", Cancellation))!.State);
        Assert.Equal(RunState.Interrupted, (await other.ListRunsAsync(1, Cancellation)).Single().State);
        Assert.Equal("wf_1", (await other.ListUnattendedAsync(Cancellation)).Single().Id);
        Assert.True(await other.TryLeaseAsync("wf_1", Cancellation));
    }

    [Fact]
    public async Task TryLease_OwnerBeat_IsRefusedAgain()
    {
        await using var owner = await OpenWithRunAsync();
        await using var other = await OpenAsync(time);
        time.Advance(LeaseTime);
        var before = file.Sql("SELECT BeatMs FROM Owners");

        ownersTime.Advance(LeaseTime / 3);
        var waited = Stopwatch.StartNew();
        while (before!.Equals(file.Sql("SELECT BeatMs FROM Owners")))
        {
            Assert.InRange(waited.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(60));
            await Task.Delay(5, Cancellation);
        }

        time.Advance(LeaseTime / 3);
        Assert.False(await other.TryLeaseAsync("wf_1", Cancellation));
    }

    [Fact]
    public async Task Append_AfterTheTakeover_WritesNothingMoreAndIsTold()
    {
        await using var owner = await OpenWithRunAsync();
        await owner.CreateRunAsync(Entries.Run("wf_2"), Cancellation);
        await using var other = await OpenAsync(time);
        time.Advance(LeaseTime * 2);
        Assert.Empty((await owner.ReadRequestsAsync(Cancellation)).Lost);

        Assert.True(await other.TryLeaseAsync("wf_1", Cancellation));

        Assert.Equal(["wf_1"], (await owner.ReadRequestsAsync(Cancellation)).Lost);
        await Assert.ThrowsAsync<LeaseLostException>(() => owner.SettleAsync("wf_1", 1));
        Assert.False(await owner.TryLeaseAsync("wf_1", Cancellation));
        await owner.SettleAsync("wf_2", 1);
        await other.SettleAsync("wf_1", 2);
        Assert.Equal([2], (await other.ReadSettledAsync("wf_1", Cancellation)).Select(item => item.CallNumber));
    }

    [Fact]
    public async Task Append_UnderAnOlderEpoch_LosesTheLease()
    {
        await using var owner = await OpenWithRunAsync();

        file.Sql("UPDATE Runs SET LeaseEpoch = LeaseEpoch + 1");

        await Assert.ThrowsAsync<LeaseLostException>(() => owner.SettleAsync("wf_1", 1));
    }

    [Fact]
    public async Task Append_AfterALeaseThatWasRolledBack_StillHoldsTheFirst()
    {
        await using var owner = await OpenWithRunAsync();
        file.Sql("CREATE TRIGGER Refuse BEFORE UPDATE OF LeaseOwner ON Runs BEGIN SELECT RAISE(ABORT, 'no'); END");

        await Assert.ThrowsAsync<JournalException>(() => owner.TryLeaseAsync("wf_1", Cancellation));

        await owner.SettleAsync("wf_1", 1);
    }

    [Fact]
    public async Task Heartbeat_OfAnotherMachine_GoesByTheTimeOfDay()
    {
        await using var owner = await OpenWithRunAsync();
        file.Sql("UPDATE Owners SET Machine = 'another', BeatMs = 0");
        await using var other = await OpenAsync(time);

        time.Advance(LeaseTime);
        Assert.False(await other.TryLeaseAsync("wf_1", Cancellation));

        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(await other.TryLeaseAsync("wf_1", Cancellation));
    }

    [Fact]
    public async Task Owners_WithoutRuns_AreForgotten()
    {
        await using (var owner = await OpenWithRunAsync())
        {
            await owner.AppendAsync("wf_1", [new RunChanged { State = RunState.Completed, Totals = new RunTotals() }], Cancellation);
        }

        await using var other = await OpenAsync(time);
        await other.CreateRunAsync(Entries.Run("wf_2"), Cancellation);

        Assert.Equal(1L, file.Sql("SELECT COUNT(*) FROM Owners"));
    }

    [Fact]
    public async Task FindRun_LockOfAnotherUser_CountsAsHeld()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "Permissions do not bind root.");
        await using var owner = await OpenWithRunAsync();
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Directory.GetFiles(file.Path + ".owners").Single(), UnixFileMode.None);
        }

        await using var other = await OpenAsync(time);

        Assert.Equal(RunState.Running, (await other.FindRunAsync("wf_1", Cancellation))!.State);
    }

    private Task<SqliteJournal> OpenAsync(ManualTime by) =>
        SqliteJournal.OpenAsync(file.Options with { TimeProvider = by, LeaseTime = LeaseTime }, Cancellation);

    private async Task<SqliteJournal> OpenWithRunAsync()
    {
        var journal = await OpenAsync(ownersTime);
        await journal.CreateRunAsync(Entries.Run("wf_1"), Cancellation);
        return journal;
    }
}
