using McpWorkflows.Engine.Activity;
using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Engine.Runs;

/// <summary>
/// Notes as events what goes on in memory, for those who look at the run from another process or later: the gate when it has
/// changed, beside the event of a call; and what agents at work did last, only while somebody in another process watches.
/// Used by the run's actor only.
/// </summary>
internal sealed class ActivityNotes(LiveActivity activity, RunEvents events, TimeProvider time, Action wake) : IDisposable
{
    /// <value>5 s</value>
    public static readonly TimeSpan GateInterval = TimeSpan.FromSeconds(5);

    /// <value>2 s</value>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>For so long one word of a watcher counts.</summary>
    /// <value>20 s</value>
    public static readonly TimeSpan Attention = TimeSpan.FromSeconds(20);

    private readonly WakeTimer _timer = new(time, wake);
    private Dictionary<int, AgentActivity> _told = [];
    private (int Width, int? Allowed)? _gate;
    private DateTimeOffset _gateDue;
    private DateTimeOffset _due;
    private DateTimeOffset _watchedUntil;

    /// <summary>A call passed the gate, or came back from it.</summary>
    public void Moved()
    {
        var now = time.GetUtcNow();
        if (now < _gateDue)
            return;

        var gate = activity.ReadGate();
        if (gate == _gate)
            return;

        _gate = gate;
        _gateDue = now + GateInterval;
        events.Gate(gate.Width, gate.Allowed);
    }

    /// <summary>Somebody in another process watches; to be said again while that lasts.</summary>
    public bool Watch()
    {
        _watchedUntil = time.GetUtcNow() + Attention;
        return true;
    }

    public void TellDue()
    {
        var now = time.GetUtcNow();
        if (now >= _watchedUntil)
            return;

        if (now >= _due)
        {
            _due = now + Interval;
            Tell(activity.Read().Running);
        }

        _timer.Arm(_due);
    }

    public void Dispose() => _timer.Dispose();

    private void Tell(IReadOnlyList<AgentActivity> running)
    {
        // A sign of life alone is no news: only what somebody would read otherwise than before.
        var news = running.Where(agent => !_told.TryGetValue(agent.Number, out var told) || !IsSame(told, agent)).ToList();
        _told = running.ToDictionary(agent => agent.Number);
        if (news.Count > 0)
            events.Doing(news);
    }

    private static bool IsSame(AgentActivity told, AgentActivity now) =>
        (told.Last, told.State, told.Attempt, told.ToolCalls, told.IsQuiet) == (now.Last, now.State, now.Attempt, now.ToolCalls, now.IsQuiet);
}
