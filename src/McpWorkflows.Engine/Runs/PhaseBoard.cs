namespace McpWorkflows.Engine.Runs;

/// <summary>Counts per phase, in the order of first use.</summary>
internal sealed class PhaseBoard
{
    private readonly Dictionary<string, int> _places = [];
    private readonly List<PhaseStatus> _phases = [];

    public void Enter(string title)
    {
        if (_places.TryAdd(title, _phases.Count))
            _phases.Add(new PhaseStatus(title, 0, 0, 0, 0));
    }

    /// <summary>Calls outside any phase are not counted here.</summary>
    public void Count(string? title, int agents = 0, int done = 0, int failed = 0, int running = 0)
    {
        if (title is null)
            return;

        Enter(title);
        var phase = _phases[_places[title]];
        _phases[_places[title]] = phase with
        {
            Agents = phase.Agents + agents,
            Done = phase.Done + done,
            Failed = phase.Failed + failed,
            Running = phase.Running + running,
        };
    }

    public IReadOnlyList<PhaseStatus> Read() => [.. _phases];
}
