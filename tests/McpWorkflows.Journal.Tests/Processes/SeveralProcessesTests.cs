using System.Diagnostics;
using System.Globalization;
using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Journal.Tests.Processes;

public sealed class SeveralProcessesTests : IDisposable
{
    private readonly JournalFile file = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => file.Dispose();

    [Fact]
    public async Task Append_ProcessKilled_KeepsEveryConfirmedOutcome()
    {
        using var child = JournalChild.Start("settle", file.Path, "wf_1");
        var confirmed = new List<long>();
        while (confirmed.Count < 500)
        {
            confirmed.Add(long.Parse((await child.ReadAsync())!, CultureInfo.InvariantCulture));
        }

        await child.KillAsync();
        while (await child.ReadAsync() is { } line)
        {
            confirmed.Add(long.Parse(line, CultureInfo.InvariantCulture));
        }

        await using var journal = await file.OpenAsync();
        var settled = await journal.ReadSettledAsync("wf_1", Cancellation);
        Assert.Subset(settled.Select(item => item.Sequence).ToHashSet(), confirmed.ToHashSet());
        Assert.Equal(settled.Select(item => item.CallNumber).Order(), (await journal.ReadCallsAsync("wf_1", Cancellation)).Select(call => call.Number));
        Assert.InRange(settled.Count - confirmed.Count, 0, 16);
    }

    [Fact]
    public async Task TryLease_OwnerInAnotherProcess_IsGrantedTheMomentItDies()
    {
        using var child = JournalChild.Start("hold", file.Path, "wf_1");
        Assert.Equal("held", await child.ReadAsync());
        await using var journal = await file.OpenAsync();
        Assert.Equal(RunState.Running, (await journal.FindRunAsync("wf_1", Cancellation))!.State);
        Assert.False(await journal.TryLeaseAsync("wf_1", Cancellation));

        await child.KillAsync();

        Assert.Equal(RunState.Interrupted, (await journal.FindRunAsync("wf_1", Cancellation))!.State);
        Assert.True(await journal.TryLeaseAsync("wf_1", Cancellation));
        await journal.SettleAsync("wf_1", 1);
    }

    [Fact]
    public async Task TryLease_OwnerSuspended_IsGrantedAfterTheLeaseTimeAndTheOwnerCanWriteNothingMore()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Suspends a process by a signal.");
        using var child = JournalChild.Start("beat", file.Path, "wf_1");
        Assert.Equal("held", await child.ReadAsync());
        await using var journal = await file.OpenAsync();
        // Its lease begins anew with what it writes, which is after this.
        var waited = Stopwatch.StartNew();
        await child.TellAsync("settle");
        Assert.Equal("settled", await child.ReadAsync());

        child.Suspend();
        while (!await journal.TryLeaseAsync("wf_1", Cancellation))
        {
            Assert.InRange(waited.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(60));
            await Task.Delay(50, Cancellation);
        }

        Assert.InRange(waited.Elapsed, JournalChild.ShortLease, TimeSpan.FromSeconds(60));
        child.Wake();
        await child.TellAsync("settle");

        Assert.Equal("lost", await child.ReadAsync());
        Assert.Equal([1], (await journal.ReadSettledAsync("wf_1", Cancellation)).Select(item => item.CallNumber));
        await journal.SettleAsync("wf_1", 3);
    }

    [Fact]
    public async Task ReadEvents_OfARunInAnotherProcess_FollowItWhileItRuns()
    {
        using var child = JournalChild.Start("events", file.Path, "wf_1");
        Assert.Equal("held", await child.ReadAsync());
        await using var journal = await file.OpenAsync();

        for (var i = 1; i <= 3; i++)
        {
            await child.TellAsync("more");
            Assert.Equal("appended", await child.ReadAsync());
            Assert.Equal(i, (await journal.ReadEventsAsync("wf_1", i - 1, 9, Cancellation)).Single().Sequence);
        }

        Assert.Equal(RunState.Running, (await journal.FindRunAsync("wf_1", Cancellation))!.State);
    }

    [Fact]
    public async Task Open_AfterAProcessWasKilled_SweepsItsLock()
    {
        using var child = JournalChild.Start("hold", file.Path, "wf_1");
        await child.ReadAsync();
        await child.KillAsync();

        await using (await file.OpenAsync())
        {
            Assert.Single(Directory.GetFiles(file.Path + ".owners"));
        }

        Assert.Empty(Directory.GetFiles(file.Path + ".owners"));
    }

    [Fact]
    public async Task Open_SeveralProcessesAtOnceOnANewFile_AllWrite()
    {
        var children = Enumerable.Range(1, 4).Select(i => JournalChild.Start("settle50", file.Path, $"wf_{i}")).ToList();
        try
        {
            foreach (var child in children)
            {
                Assert.Equal(0, await child.ExitCodeAsync());
            }
        }
        finally
        {
            children.ForEach(child => child.Dispose());
        }

        await using var journal = await file.OpenAsync();
        for (var i = 1; i <= 4; i++)
        {
            Assert.Equal(50, (await journal.ReadSettledAsync($"wf_{i}", Cancellation)).Count);
        }
    }
}
