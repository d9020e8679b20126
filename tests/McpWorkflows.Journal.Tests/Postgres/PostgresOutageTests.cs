using System.Collections.Concurrent;
using System.Diagnostics;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Testing.Servers;

namespace McpWorkflows.Journal.Tests.Postgres;

/// <summary>A server that is killed and comes up again, or does not.</summary>
public sealed class PostgresOutageTests : IAsyncLifetime
{
    private PostgresServer server = null!;
    private PostgresPlace place = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await PostgresServer.StartNewAsync();
        place = await PostgresPlace.MakeAsync(server);
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task Append_ServerKilledAndRestarted_AllCompleteAndNoneTwice()
    {
        var told = new ConcurrentQueue<string>();
        await using var journal = await PostgresJournal.OpenAsync(place.Options with { Report = told.Enqueue }, Cancellation);
        await using var follower = await PostgresJournal.OpenAsync(place.Options with { Patience = TimeSpan.FromMinutes(1) }, Cancellation);
        await journal.CreateRunAsync(Entries.Run("wf_1"), Cancellation);
        var started = 0;
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var lanes = Enumerable.Range(0, 8).Select(_ => Task.Run(AppendAsync)).ToList();

        for (var round = 1; round <= 2; round++)
        {
            await UntilAsync(() => Volatile.Read(ref started) > round * 100);
            await server.KillAsync();
            var reading = follower.ReadEventsAsync("wf_1", 0, 10_000, Cancellation);
            await server.StartAsync();
            Assert.NotEmpty(await reading);
        }

        enough.SetResult();
        await Task.WhenAll(lanes);

        // Each event has its place once: a second time the database would have refused it.
        Assert.Equal(Enumerable.Range(1, started).Select(i => (long)i), (await journal.ReadEventsAsync("wf_1", 0, 100_000, Cancellation)).Select(one => one.Sequence));
        Assert.Equal(Enumerable.Range(1, started), (await journal.ReadSettledAsync("wf_1", Cancellation)).Select(item => item.CallNumber).Order());
        await place.CountsTheSameAsync(journal);
        Assert.Equal(RunState.Running, (await follower.FindRunAsync("wf_1", Cancellation))!.State);
        Assert.Contains(told, line => line.Contains("Its runs wait", StringComparison.Ordinal));
        Assert.Contains("is back", told.Last(), StringComparison.Ordinal);

        // Whoever listens is connected again too.
        var change = follower.WaitForChangeAsync("wf_1", TimeSpan.FromMinutes(5), TimeProvider.System, Cancellation);
        await journal.AppendAsync("wf_1", [new EventAppended(Entries.Event(started + 1))], Cancellation);
        await change.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);

        async Task AppendAsync()
        {
            while (!enough.Task.IsCompleted)
            {
                var i = Interlocked.Increment(ref started);
                await journal.AppendAsync("wf_1", [new EventAppended(Entries.Event(i)), new ItemSettled(Entries.Item(i))], Cancellation);
            }
        }
    }

    [Fact]
    public async Task Dispose_WhileTheServerIsAway_EndsSoonAndSaysWhatIsNotWritten()
    {
        var journal = await place.OpenAsync();
        await journal.CreateRunAsync(Entries.Run("wf_1"), Cancellation);
        using var patience = new CancellationTokenSource();
        await server.KillAsync();
        var given = journal.AppendAsync("wf_1", [new EventAppended(Entries.Event(1))], patience.Token);
        var append = journal.SettleAsync("wf_1", 2);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => CancelledAsync());
        Assert.False(append.IsCompleted);

        var began = Stopwatch.GetTimestamp();
        await journal.DisposeAsync();

        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(45));
        var failed = await Assert.ThrowsAsync<JournalException>(() => append);
        Assert.Contains("not in it", failed.Message, StringComparison.Ordinal);
        await server.StartAsync();
        await using var next = await place.OpenAsync();
        Assert.Empty(await next.ReadSettledAsync("wf_1", Cancellation));

        async Task CancelledAsync()
        {
            await patience.CancelAsync();
            await given;
        }
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        var began = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(60));
            await Task.Delay(5, Cancellation);
        }
    }
}
