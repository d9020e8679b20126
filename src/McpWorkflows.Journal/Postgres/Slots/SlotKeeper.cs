using System.Globalization;
using System.Threading.Channels;
using Npgsql;

namespace McpWorkflows.Journal.Postgres.Slots;

/// <summary>
/// Speaks with the database for all blocks of slots of a process: when a call waits, when a lease has to be renewed, when
/// slots are to be given back. One exchange at a time; while there is nothing to say it costs nothing.
/// </summary>
internal sealed class SlotKeeper : IAsyncDisposable
{
    private readonly Channel<bool> wakes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource lifetime = new();
    private readonly Lock gate = new();
    private readonly List<PostgresSlots> all = [];
    private readonly NpgsqlDataSource dataSource;
    private readonly string owner;
    private readonly SlotTerms terms;
    private readonly SlotClock clock;
    private readonly TimeProvider time;
    private readonly SlotExchange exchange;
    private readonly ITimer timer;
    private readonly Task loop;
    private int shared;
    private Backoff backoff;

    /// <param name="owner">No other process has that name.</param>
    public SlotKeeper(NpgsqlDataSource dataSource, string owner, TimeProvider time, SlotTerms? terms = null)
    {
        this.dataSource = dataSource;
        this.owner = owner;
        this.terms = terms ?? SlotTerms.Default;
        this.time = time;
        clock = new SlotClock(time);
        exchange = new SlotExchange(dataSource, this.terms);
        timer = time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        loop = Task.Run(RunAsync);
    }

    /// <summary>Exchanges with the database so far.</summary>
    public long Exchanges { get; private set; }

    public PostgresSlots Share(string pool, int width)
    {
        lock (gate)
        {
            var slots = new PostgresSlots(this, pool, string.Create(CultureInfo.InvariantCulture, $"{owner}/{++shared}"), width, terms, clock);
            all.Add(slots);
            return slots;
        }
    }

    /// <summary>There may be something to say.</summary>
    public void Wake() => wakes.Writer.TryWrite(true);

    /// <summary>Gives everything back; when the database cannot be reached it finds out by itself.</summary>
    public async ValueTask DisposeAsync()
    {
        await lifetime.CancelAsync().ConfigureAwait(false);
        await loop.ConfigureAwait(false);
        await timer.DisposeAsync().ConfigureAwait(false);
        var slots = All();
        slots.ForEach(static one => one.Dispose());
        if (slots.Exists(static one => !one.IsOver))
        {
            await TryExchangeAsync(slots, CancellationToken.None).ConfigureAwait(false);
        }

        lifetime.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (await wakes.Reader.ReadAsync(lifetime.Token).ConfigureAwait(false))
            {
                var slots = All();
                slots.ForEach(static one => one.AskAgain());
                while (!await TryExchangeAsync(slots, lifetime.Token).ConfigureAwait(false))
                {
                    await Task.Delay(backoff.Next(), time, lifetime.Token).ConfigureAwait(false);
                }

                var now = clock.Now;
                var due = slots.Select(one => one.Due(now)).Where(static one => one != Timeout.InfiniteTimeSpan).DefaultIfEmpty(Timeout.InfiniteTimeSpan).Min();
                timer.Change(due, Timeout.InfiniteTimeSpan);
            }
        }
        catch (OperationCanceledException) when (lifetime.IsCancellationRequested)
        {
            // The journal is being closed.
        }
    }

    /// <summary>False when the database was not reached.</summary>
    private async Task<bool> TryExchangeAsync(List<PostgresSlots> slots, CancellationToken cancellationToken)
    {
        var sent = clock.Now;
        var steps = slots.Select(one => one.Next(sent)).OfType<SlotStep>().ToArray();
        if (steps.Length == 0)
        {
            return true;
        }

        Exchanges++;
        var patience = new CancellationTokenSource();
        try
        {
            var answers = await exchange.RunAsync(steps, patience.Token).WaitAsync(terms.Use, time, cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < steps.Length; i++)
            {
                steps[i].Slots.Learn(steps[i], answers[i], sent);
            }

            backoff = new Backoff();
            Wake();
            return true;
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // The boundary of the keeper: whatever is wrong, calls wait for slots, and the next exchange may bring them.
            dataSource.Clear();
            return false;
        }
        finally
        {
            // Not waited for: a connection that hangs may take long to notice that nobody listens any more.
            _ = patience.CancelAsync();
        }
    }

    private List<PostgresSlots> All()
    {
        lock (gate)
        {
            all.RemoveAll(static one => one.IsOver);
            return [.. all];
        }
    }
}
