using System.Diagnostics;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Testing.Servers;

namespace McpWorkflows.Journal.Tests.Postgres;

/// <summary>Owners that fall silent, by the database's clock.</summary>
public sealed class PostgresLeaseTests
{
    private static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(2.5);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TryLease_OwnerCutOff_IsGrantedAfterTheLeaseAndTheOwnerIsToldWhenItIsBack()
    {
        var place = await PostgresPlace.MakeAsync();
        using var relay = new TcpRelay((await PostgresServer.SharedAsync()).Port);
        await using var owner = await PostgresJournal.OpenAsync(
            place.Options with { Path = place.AddressBy(relay.Port) + "&Command%20Timeout=2&connect_timeout=1", LeaseTime = LeaseTime }, Cancellation);
        await using var other = await place.OpenAsync();
        await owner.CreateRunAsync(Entries.Run("wf_1"), Cancellation);
        await owner.CreateRunAsync(Entries.Run("wf_2"), Cancellation);
        await owner.SettleAsync("wf_1", 1);
        Assert.False(await other.TryLeaseAsync("wf_1", Cancellation));

        relay.Cut();
        var cutOff = owner.SettleAsync("wf_1", 2);
        await UntilAsync(async () => (await other.FindRunAsync("wf_1", Cancellation))!.State == RunState.Interrupted);
        Assert.Equal(["wf_1", "wf_2"], (await other.ListUnattendedAsync(Cancellation)).Select(run => run.Id));
        await UntilAsync(() => other.TryLeaseAsync("wf_1", Cancellation));
        await other.SettleAsync("wf_1", 3);
        relay.Mend();

        await Assert.ThrowsAsync<LeaseLostException>(() => cutOff);
        Assert.Equal(["wf_1"], (await owner.ReadRequestsAsync(Cancellation)).Lost);
        await Assert.ThrowsAsync<LeaseLostException>(() => owner.SettleAsync("wf_1", 4));
        Assert.False(await owner.TryLeaseAsync("wf_1", Cancellation));
        await owner.SettleAsync("wf_2", 1);
        Assert.Equal([1, 3], (await other.ReadSettledAsync("wf_1", Cancellation)).Select(item => item.CallNumber));
    }

    [Fact]
    public async Task TryLease_OwnerThatBeats_IsRefusedForLongerThanTheLease()
    {
        var place = await PostgresPlace.MakeAsync();
        await using var owner = await PostgresJournal.OpenAsync(place.Options with { LeaseTime = LeaseTime }, Cancellation);
        await using var other = await place.OpenAsync();
        await owner.CreateRunAsync(Entries.Run("wf_1"), Cancellation);
        var first = (long)(await place.SqlAsync("SELECT BeatMs FROM Owners WHERE Commits > 0"))!;

        // Beats by the database's own clock, over more than the time of the lease.
        await UntilAsync(async () => (long)(await place.SqlAsync("SELECT max(BeatMs) FROM Owners"))! > first + (1.5 * LeaseTime.TotalMilliseconds));

        Assert.Equal(RunState.Running, (await other.FindRunAsync("wf_1", Cancellation))!.State);
        Assert.False(await other.TryLeaseAsync("wf_1", Cancellation));
    }

    [Fact]
    public async Task Append_UnderAnOlderEpoch_LosesTheLease()
    {
        var place = await PostgresPlace.MakeAsync();
        await using var owner = await place.OpenAsync();
        await owner.CreateRunAsync(Entries.Run("wf_1"), Cancellation);

        await place.SqlAsync("UPDATE Runs SET LeaseEpoch = LeaseEpoch + 1");

        await Assert.ThrowsAsync<LeaseLostException>(() => owner.SettleAsync("wf_1", 1));
    }

    [Fact]
    public async Task TryLease_ManyAtOnceForADeadOwnersRun_OneGetsIt()
    {
        var place = await PostgresPlace.MakeAsync();
        await using (var owner = await place.OpenAsync())
        {
            await owner.CreateRunAsync(Entries.Run("wf_1"), Cancellation);
        }

        var others = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => place.OpenAsync()));
        var granted = await Task.WhenAll(others.Select(other => other.TryLeaseAsync("wf_1", Cancellation)));

        Assert.Single(granted, true);
        foreach (var other in others)
        {
            await other.DisposeAsync();
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await isSo())
        {
            Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(60));
            await Task.Delay(20, Cancellation);
        }
    }
}
