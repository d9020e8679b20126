using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;

namespace McpWorkflows.Engine.Activity;

/// <summary>
/// The volatile layer over a run's events: who is in flight, what each does, how wide the gate is. Writers only take
/// note; a watcher gets the latest picture when it has time for one, so that no watcher can slow a run down.
/// </summary>
internal sealed class LiveActivity(string runId, IAgentHost host, AgentGate gate, Func<RunTotals> totals, TimeProvider time)
{
    private readonly ConcurrentDictionary<int, LiveAgent> _agents = new();
    private readonly GateHistory _gate = new();
    private readonly Lock _gateLock = new();
    private ImmutableArray<Channel<bool>> _watchers = [];
    private int _inFlight;
    private long _due;
    private volatile bool _closed;

    /// <summary>A call begins to wait at the gate.</summary>
    public LiveAgent Queued(AgentRequest request)
    {
        var agent = new LiveAgent(request, time, Tell);
        _agents[request.CallNumber] = agent;
        Tell();
        return agent;
    }

    public void Admitted(LiveAgent agent)
    {
        Interlocked.Increment(ref _inFlight);
        agent.Move(inFlight: true);
        SampleIfDue();
    }

    /// <summary>A call goes back to the queue.</summary>
    public void Returned(LiveAgent agent)
    {
        if (!agent.IsInFlight)
            return;
        Interlocked.Decrement(ref _inFlight);
        agent.Move(inFlight: false);
        SampleIfDue();
    }

    public void Ended(int number)
    {
        if (_agents.TryRemove(number, out var agent) && agent.IsInFlight)
            Interlocked.Decrement(ref _inFlight);
        SampleIfDue();
        Tell();
    }

    /// <param name="since">Gate samples up to then are left out.</param>
    public RunActivity Read(DateTimeOffset? since = null)
    {
        var now = time.GetUtcNow();
        var live = _agents.Values.Select(agent => agent.Read(now)).ToList();
        var running = live.Where(agent => agent.State != AgentActivityState.Queued).OrderBy(agent => agent.Number).ToList();
        if (!_closed)
            Sample(now);
        lock (_gateLock)
        {
            return new RunActivity
            {
                RunId = runId,
                At = now,
                Running = running,
                Queued = live.Count - running.Count,
                Totals = totals(),
                Gate = _gate.After(since),
            };
        }
    }

    /// <summary>How many agents may be in flight over all runs, and what providers let through; null where none has set a limit.</summary>
    public (int Width, int? Allowed) ReadGate() => (gate.Read().Width, AllowedBy(host));

    public AgentTrace? Find(int number) => _agents.GetValueOrDefault(number)?.ReadAll(time.GetUtcNow());

    /// <summary>A first picture at once, then one after each change, at least so far apart; ends with the run's session.</summary>
    public async IAsyncEnumerable<RunActivity> WatchAsync(TimeSpan interval, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        ImmutableInterlocked.Update(ref _watchers, watchers => watchers.Add(changes));
        try
        {
            if (_closed)
                changes.Writer.TryComplete();
            var picture = Read();
            yield return picture;
            while (await changes.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                await Task.Delay(interval, time, cancellationToken).ConfigureAwait(false);
                while (changes.Reader.TryRead(out _))
                {
                }

                picture = Read(picture.Gate.Count > 0 ? picture.Gate[^1].At : picture.At);
                yield return picture;
            }
        }
        finally
        {
            ImmutableInterlocked.Update(ref _watchers, watchers => watchers.Remove(changes));
        }
    }

    /// <summary>The session is over; watchers are told by the end of their stream.</summary>
    public void Close()
    {
        _closed = true;
        _agents.Clear();
        Tell();
        foreach (var watcher in _watchers)
            watcher.Writer.TryComplete();
    }

    private void Tell()
    {
        foreach (var watcher in _watchers)
            watcher.Writer.TryWrite(true);
    }

    /// <summary>On the calls' way: most of the time only a clock is read.</summary>
    private void SampleIfDue()
    {
        var now = time.GetUtcNow();
        if (now.UtcTicks >= Volatile.Read(ref _due))
            Sample(now);
    }

    private void Sample(DateTimeOffset now)
    {
        // Only one of those who find it due, and none of them waits for another.
        Volatile.Write(ref _due, now.UtcTicks + TimeSpan.TicksPerMillisecond * 250);
        var (width, inUse) = gate.Read();
        var inFlight = Volatile.Read(ref _inFlight);
        var sample = new GateSample(now, width, AllowedBy(host), inUse, inFlight, Math.Max(0, _agents.Count - inFlight), totals().OutputTokens);
        lock (_gateLock)
        {
            if (_gate.IsDue(now))
                _gate.Add(sample);
        }
    }

    private static int? AllowedBy(IAgentHost host)
    {
        try
        {
            return host.Allowed;
        }
        catch (Exception) // A host that breaks its contract: a picture without this line is still a picture.
        {
            return null;
        }
    }
}
