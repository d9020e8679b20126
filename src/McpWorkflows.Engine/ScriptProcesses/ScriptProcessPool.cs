using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.ScriptProcesses;

/// <summary>
/// The script processes of a server: as few as serve. Where several runs are at work one process is warm and empty, for
/// those that lose theirs; a run alone has the machine for itself, and nobody to be disturbed by.
/// </summary>
internal sealed class ScriptProcessPool : IDisposable
{
    /// <summary>A new process takes a core for a moment; the run that just found its place needs it more.</summary>
    private static readonly TimeSpan SpareDelay = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan CareInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly List<ScriptProcessLink> _links = [];
    private readonly ScriptProcessOptions _options;
    private readonly TimeProvider _time;
    private readonly ITimer _care;
    private bool _caring;
    private bool _disposed;

    public ScriptProcessPool(ScriptProcessOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        Trials = new SemaphoreSlim(options.MaxProcesses, options.MaxProcesses);
        _care = time.CreateTimer(_ => Care(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Taken by a run for as long as it is tried alone for a death that it may have caused.</summary>
    public SemaphoreSlim Trials { get; }

    /// <summary>The processes that are there now.</summary>
    public IReadOnlyList<ScriptProcessLink> Links
    {
        get
        {
            lock (_gate)
            {
                return [.. _links];
            }
        }
    }

    /// <summary>Starts the first process unless it is there.</summary>
    public void Warm()
    {
        lock (_gate)
        {
            if (_links.Count == 0)
            {
                Start();
            }
        }
    }

    /// <summary>A place for a run. Throws <see cref="ScriptProcessException"/>.</summary>
    /// <param name="alone">In a process that it shares with nobody.</param>
    public RunPlace Take(ScriptLimits limits, bool alone)
    {
        lock (_gate)
        {
            while (true)
            {
                var link = (alone ? Empty() : LeastBusy()) ?? Start();
                if (link.TryOpen(limits, out var place))
                {
                    link.IsReserved = alone;
                    StartCaring();
                    return place;
                }
            }
        }
    }

    /// <summary>Ends all processes.</summary>
    public void Dispose()
    {
        List<ScriptProcessLink> links;
        lock (_gate)
        {
            _disposed = true;
            links = [.. _links];
        }

        _care.Dispose();
        foreach (var link in links)
        {
            link.End();
        }
    }

    private IEnumerable<ScriptProcessLink> Shared => _links.Where(link => link.IsUsable && !link.IsReserved);

    private ScriptProcessLink? Empty() => Shared.FirstOrDefault(link => link.Runs == 0);

    private ScriptProcessLink? LeastBusy() => Shared.OrderBy(link => link.Running).ThenBy(link => link.Runs).FirstOrDefault();

    private ScriptProcessLink Start()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var link = new ScriptProcessLink(_options, _time, Lost);
        _links.Add(link);
        return link;
    }

    private void Lost(ScriptProcessLink link)
    {
        lock (_gate)
        {
            _links.Remove(link);
            if (!_disposed && link.Confinement is not null)
            {
                StartCaring();
            }
        }
    }

    private void StartCaring()
    {
        if (!_caring)
        {
            _caring = true;
            _care.Change(SpareDelay, CareInterval);
        }
    }

    /// <summary>Keeps one empty process at hand for several runs, or for the next one, and no more than that for long.</summary>
    private void Care()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            var empty = Shared.Where(link => link.Runs == 0).ToList();
            if (empty.Count == 0 && Shared.Sum(link => link.Runs) != 1 && Shared.Count() < _options.MaxProcesses)
            {
                TryStart();
            }

            var tooMany = Shared.Count() - _options.MaxProcesses;
            foreach (var surplus in empty.Skip(1).Where(link => tooMany-- > 0 || _time.GetElapsedTime(link.IdleSince) > _options.IdleTime))
            {
                surplus.End();
            }

            if (_links.All(link => link.Runs == 0) && empty.Count <= 1)
            {
                _caring = false;
                _care.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void TryStart()
    {
        try
        {
            Start();
        }
        catch (ScriptProcessException)
        {
            // Nobody needs it now; whoever does will start it and be told.
        }
    }
}
