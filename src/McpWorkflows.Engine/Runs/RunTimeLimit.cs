using System.Globalization;

namespace McpWorkflows.Engine.Runs;

/// <summary>Ends a run that has taken more of its own time than a policy grants.</summary>
internal sealed class RunTimeLimit : IDisposable
{
    // Waiting is not counted, so that the time may not be up when the timer is.
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(50);

    private readonly RunCap _cap;
    private readonly Func<long> _usedMs;
    private readonly Action<RunEnd> _stop;
    private readonly ITimer _timer;

    /// <param name="usedMs">The run's own time so far, over all of its sessions.</param>
    public RunTimeLimit(RunCap cap, TimeProvider time, Func<long> usedMs, Action<RunEnd> stop)
    {
        _cap = cap;
        _usedMs = usedMs;
        _stop = stop;
        _timer = time.CreateTimer(_ => Check(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private TimeSpan Left => TimeSpan.FromMinutes((double)_cap.Most) - TimeSpan.FromMilliseconds(_usedMs());

    public void Arm() => _timer.Change(Left > Shortest ? Left : Shortest, Timeout.InfiniteTimeSpan);

    public void Dispose() => _timer.Dispose();

    private void Check()
    {
        if (Left > TimeSpan.Zero)
        {
            Arm();
            return;
        }

        _stop(RunEnd.Failed(string.Create(
            CultureInfo.InvariantCulture,
            $"The run took more than {_cap.Most:0.##} minutes, the most that is allowed ({_cap.Rule}). Finished agents are kept: raise the rule, or resume with a script that does less.")));
    }
}
