using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.ScriptProcesses.Messages;

namespace McpWorkflows.Engine.ScriptProcesses;

/// <summary>
/// The server's end of one script process. Many runs share it; a turn costs one frame each way. Its own threads only
/// read; whoever waits for a turn holds none. Safe for use from any thread.
/// </summary>
internal sealed class ScriptProcessLink
{
    private static readonly TimeSpan RoomInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<int, RunPlace> _runs = [];
    private readonly ScriptProcessOptions _options;
    private readonly Action<ScriptProcessLink> _lost;
    private readonly ChildProcess _process;
    private readonly ProcessWatch _watch;
    private readonly TimeProvider _time;
    private int _lastRun;
    private long _lastRoomMade;
    private bool _ending;
    private ProcessDeath? _death;

    /// <summary>Starts the process. Throws <see cref="ScriptProcessException"/>.</summary>
    /// <param name="lost">Called once, when the process has ended.</param>
    public ScriptProcessLink(ScriptProcessOptions options, TimeProvider time, Action<ScriptProcessLink> lost)
    {
        _options = options;
        _time = time;
        _lost = lost;
        _process = new ChildProcess(options);
        _watch = new ProcessWatch(time, Look);
        IdleSince = time.GetTimestamp();
        new Thread(Read, 256 * 1024) { IsBackground = true, Name = "script process" }.Start();
    }

    public int ProcessId => _process.Id;

    /// <summary>How the process confined itself, in words; null until it is warm.</summary>
    public string? Confinement { get; private set; }

    /// <summary>Kept for one run, which is watched alone.</summary>
    public bool IsReserved { get; set; }

    /// <summary>Runs in it, waiting ones included.</summary>
    public int Runs => _runs.Count;

    /// <summary>Slices under way.</summary>
    public int Running { get; private set; }

    /// <summary>When the last run left; of interest only while there are none.</summary>
    public long IdleSince { get; private set; }

    public bool IsUsable => _death is null && !_ending;

    /// <summary>Makes a place for a run; false when the process is gone.</summary>
    public bool TryOpen(ScriptLimits limits, out RunPlace place)
    {
        lock (_gate)
        {
            place = new RunPlace(this, ++_lastRun, limits);
            if (!IsUsable)
            {
                return false;
            }

            _runs.Add(place.Number, place);
            return true;
        }
    }

    /// <summary>One turn of one run. Throws <see cref="PlaceLostException"/> or <see cref="ScriptProcessException"/>.</summary>
    public Task<TurnAnswer> TurnAsync(RunPlace place, ScriptInput input)
    {
        var message = new WireWriter();
        ScriptMessages.Inputs.Write(message, input);
        return SendAsync(place, message.ToFrame(FrameKind.Turn, place.Number), slices: 1);
    }

    /// <summary>Turns that were taken before, in another process. Throws as <see cref="TurnAsync"/>.</summary>
    public Task<TurnAnswer> ReplayAsync(RunPlace place, IEnumerable<ScriptInput> inputs)
    {
        var message = new WireWriter();
        var slices = 0;
        foreach (var input in inputs)
        {
            ScriptMessages.Inputs.Write(message, input);
            slices++;
        }

        return SendAsync(place, message.ToFrame(FrameKind.Replay, place.Number), slices);
    }

    /// <summary>The run needs its place no more; a slice that still runs is stopped.</summary>
    public void Close(RunPlace place)
    {
        lock (_gate)
        {
            if (place.Lost is not null || place.IsClosed)
            {
                return;
            }

            place.IsClosed = true;
            if (!place.IsRunning)
            {
                Remove(place);
            }
        }

        _process.Send(new WireWriter().ToFrame(FrameKind.Close, place.Number));
    }

    /// <summary>Ends the process: by closing its input, then by force.</summary>
    public void End()
    {
        lock (_gate)
        {
            if (_ending)
            {
                return;
            }

            _ending = true;
        }

        _process.CloseInput();
        _watch.Start();
    }

    /// <summary>Ends the process at once.</summary>
    public void Kill() => _process.Kill();

    private Task<TurnAnswer> SendAsync(RunPlace place, ReadOnlyMemory<byte> frame, int slices)
    {
        lock (_gate)
        {
            if (place.Lost is { } death)
            {
                throw new PlaceLostException(death);
            }

            Running++;
            place.Begin(_time.GetTimestamp(), slices);
        }

        _watch.Start();
        _process.Send(frame);
        return place.Answer;
    }

    private void Read() => Bury(_process.ReadAll(Take));

    private void Take(Frame frame)
    {
        if (frame.Kind == FrameKind.Ready)
        {
            Confinement = new WireReader(frame.Payload).Text();
            lock (_gate)
            {
                foreach (var waiting in _runs.Values)
                {
                    waiting.Begun = _time.GetTimestamp();
                }
            }

            return;
        }

        RunPlace? place;
        lock (_gate)
        {
            if (!_runs.TryGetValue(frame.Run, out place) || !place.IsRunning)
            {
                throw new FrameFaultException("an answer to nothing");
            }

            Running--;
            place.IsRunning = false;
            if (place.IsClosed)
            {
                Remove(place);
            }
        }

        place.Take(frame);
        if (frame.Kind == FrameKind.Outputs && TurnAnswer.HeapBytesOf(frame) > _options.CrowdedBytes)
        {
            MakeRoom(place);
        }
    }

    /// <summary>Sends half of the waiting runs away, those that have waited longest.</summary>
    private void MakeRoom(RunPlace except)
    {
        List<RunPlace> leaving;
        lock (_gate)
        {
            // What left a moment ago still counts until the next collection.
            if (_time.GetElapsedTime(_lastRoomMade) < RoomInterval)
            {
                return;
            }

            _lastRoomMade = _time.GetTimestamp();
            var waiting = _runs.Values.Where(place => !place.IsRunning && place != except).OrderBy(place => place.Begun).ToList();
            leaving = waiting[..((waiting.Count + 1) / 2)];
            foreach (var place in leaving)
            {
                place.Lost = new ProcessDeath(DeathCause.MadeRoom, "", new HashSet<int>(), _runs.Count);
                Remove(place);
            }
        }

        foreach (var place in leaving)
        {
            _process.Send(new WireWriter().ToFrame(FrameKind.Close, place.Number));
        }
    }

    private void Remove(RunPlace place)
    {
        _runs.Remove(place.Number);
        if (_runs.Count == 0)
        {
            IdleSince = _time.GetTimestamp();
            IsReserved = false;
        }
    }

    /// <summary>Kills what overran from outside; false when there is nothing to watch.</summary>
    private bool Look()
    {
        ProcessDeath? verdict = null;
        lock (_gate)
        {
            if (_death is not null || (Running == 0 && !_ending))
            {
                return false;
            }

            if (_ending)
            {
                Kill();
                return false;
            }

            var overrun = _runs.Values.FirstOrDefault(place =>
                place.IsRunning && _time.GetElapsedTime(place.Begun) > (Confinement is null ? _options.StartTime : place.Allowance + _options.Grace));
            if (overrun is not null)
            {
                verdict = Confinement is null ? Death(DeathCause.NotStarted, $" after {_options.StartTime.TotalSeconds:0} s") : Death(DeathCause.Time, "", overrun.Number);
            }
            else if (_process.ResidentBytes > _options.ResidentBytes)
            {
                verdict = Death(DeathCause.Memory, $" ({_options.ResidentBytes / (1024 * 1024):N0} MB)");
            }

            _death ??= verdict;
        }

        if (verdict is not null)
        {
            Kill();
        }

        return verdict is null;
    }

    private ProcessDeath Death(DeathCause cause, string detail, int? overrun = null) =>
        new(cause, detail, _runs.Values.Where(place => place.IsRunning).Select(place => place.Number).ToHashSet(), _runs.Count, overrun);

    private void Bury(string? lie)
    {
        var ended = _process.End(lie);
        _watch.Dispose();
        List<RunPlace> places;
        lock (_gate)
        {
            _death ??= Confinement is null ? Death(DeathCause.NotStarted, ended.Detail) : Death(ended.Cause, ended.Detail);
            places = [.. _runs.Values];
            foreach (var place in places)
            {
                place.Lost = _death;
            }

            _runs.Clear();
            Running = 0;
        }

        _process.CloseInput();
        _lost(this);
        foreach (var place in places)
        {
            place.Fail(_death);
        }

        _process.Dispose();
    }
}
