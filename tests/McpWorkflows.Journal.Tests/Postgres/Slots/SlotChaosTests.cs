using System.Collections.Concurrent;
using System.Diagnostics;
using McpWorkflows.Journal.Postgres.Slots;
using McpWorkflows.Testing.Servers;

namespace McpWorkflows.Journal.Tests.Postgres.Slots;

/// <summary>Several processes, some of them killed or cut off from the database, want more slots than there are.</summary>
public sealed class SlotChaosTests(ITestOutputHelper output)
{
    private const int Width = 16;
    private const int Processes = 6;
    private const int CallsEach = 12;

    private static readonly SlotTerms Terms = new(TimeSpan.FromMilliseconds(1_200));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task TryTake_ProcessesKilledAndCutOff_NeverMoreThanTheWidthInFlight(int seed)
    {
        var random = new Random(seed);
        var server = await PostgresServer.SharedAsync();
        await using var database = await CoordinationDatabase.CreateAsync();
        var observer = new Observer();
        var processes = Enumerable.Range(0, Processes).Select(number => new Process(database, server, observer, $"p{number}")).ToList();
        var killed = new List<Process>();
        var began = Stopwatch.GetTimestamp();
        for (var round = 0; Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(5); round++)
        {
            await Task.Delay(random.Next(100, 400), Cancellation);
            var at = random.Next(processes.Count);
            switch (random.Next(4))
            {
                case 0:
                    processes[at].Kill();
                    killed.Add(processes[at]);
                    processes[at] = new Process(database, server, observer, $"p{Processes + round}");
                    break;
                case 1:
                    processes[at].Relay.Cut();
                    break;
                case 2:
                    processes[at].Relay.Reset();
                    break;
                default:
                    processes.ForEach(process => process.Relay.Mend());
                    break;
            }
        }

        processes.ForEach(process => process.Relay.Mend());
        var before = processes.Select(process => process.Done).ToArray();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        while (processes.Where((process, i) => process.Done < before[i] + 20).Any())
        {
            await Task.Delay(20, patience.Token);
        }

        // No slot was lost: calls that wait for one another come to be as many as there are slots.
        await observer.FillAsync(Cancellation).WaitAsync(TimeSpan.FromSeconds(60), Cancellation);

        output.WriteLine($"{observer.Started} calls, at most {observer.Most} at once");
        Assert.Null(observer.Violation);
        Assert.InRange(observer.Started, 100, int.MaxValue);
        await Task.WhenAll(processes.Concat(killed).Select(process => process.DisposeAsync().AsTask()));
    }

    /// <summary>Sees who is in flight.</summary>
    private sealed class Observer
    {
        // What was started by one that was then cut off has a quarter of the lease to end; on a busy machine calls may take longer.
        private static readonly TimeSpan Overdue = (Terms.Lease - Terms.Use) / 2;

        private readonly ConcurrentDictionary<long, (string Process, long Since)> inFlight = new();
        private readonly Lock gate = new();
        private volatile TaskCompletionSource? full;
        private int started;
        private int most;

        public int Started => started;

        public int Most => most;

        public string? Violation { get; private set; }

        /// <summary>Completes when there are as many calls in flight as there are slots; none ends before.</summary>
        public Task FillAsync(CancellationToken cancellationToken)
        {
            full = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            CheckFull();
            return full.Task.WaitAsync(cancellationToken);
        }

        /// <summary>Completes when a call may end.</summary>
        public Task MayEndAsync() => full?.Task ?? Task.CompletedTask;

        /// <param name="since">From before the slot was taken.</param>
        public long Begin(string process, long since)
        {
            var id = (long)Interlocked.Increment(ref started);
            inFlight[id] = (process, since);
            var holders = inFlight.Values.Where(call => Stopwatch.GetElapsedTime(call.Since) < Overdue).ToArray();
            lock (gate)
            {
                most = Math.Max(most, holders.Length);
                if (holders.Length > Width)
                {
                    Violation ??= string.Join(", ", holders.CountBy(call => call.Process));
                }
            }

            CheckFull();
            return id;
        }

        public void End(long id) => inFlight.TryRemove(id, out _);

        private void CheckFull()
        {
            if (inFlight.Count >= Width)
            {
                full?.TrySetResult();
            }
        }
    }

    /// <summary>A keeper with its own way to the database, and calls that begin and end all the time.</summary>
    private sealed class Process : IAsyncDisposable
    {
        private readonly Lock gate = new();
        private readonly SlotKeeper keeper;
        private readonly PostgresSlots slots;
        private readonly Observer observer;
        private readonly string name;
        private readonly ConcurrentDictionary<long, bool> mine = new();
        private int waiting = CallsEach;
        private bool killed;

        public Process(CoordinationDatabase database, PostgresServer server, Observer observer, string name)
        {
            this.observer = observer;
            this.name = name;
            Relay = new TcpRelay(server.Port);
            keeper = new SlotKeeper(database.Connect(Relay), name, TimeProvider.System, Terms);
            slots = keeper.Share("agents", Width);
            slots.OnFree(Admit);
            Admit();
        }

        public TcpRelay Relay { get; }

        public int Done { get; private set; }

        public void Kill()
        {
            lock (gate)
            {
                killed = true;
                foreach (var id in mine.Keys)
                {
                    observer.End(id);
                }
            }

            Relay.Cut();
        }

        public async ValueTask DisposeAsync()
        {
            lock (gate)
            {
                killed = true;
            }

            Relay.Dispose();
            await keeper.DisposeAsync();
        }

        private int Admit()
        {
            lock (gate)
            {
                while (true)
                {
                    var since = Stopwatch.GetTimestamp();
                    if (killed || waiting == 0 || !slots.TryTake())
                    {
                        break;
                    }

                    waiting--;
                    var id = observer.Begin(name, since);
                    mine[id] = true;
                    _ = EndAsync(id);
                }

                return killed ? 0 : waiting;
            }
        }

        private async Task EndAsync(long id)
        {
            await Task.Delay((int)(id * 7 % 20));
            await observer.MayEndAsync();
            lock (gate)
            {
                if (killed)
                {
                    return;
                }

                observer.End(id);
                mine.TryRemove(id, out _);
                Done++;
                waiting++;
                slots.Release(waiting);
            }

            Admit();
        }
    }
}
