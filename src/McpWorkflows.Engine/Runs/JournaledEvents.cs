using System.Text.Json;
using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Engine.Runs;

/// <summary>What the events of a run's last session tell: a resume says its lines again, and its branches throw again.</summary>
internal sealed class JournaledEvents
{
    private const int Page = 5_000;

    private readonly Queue<string> _lines = new();
    private readonly List<FailureStatus> _branches = [];

    private JournaledEvents()
    {
    }

    public IReadOnlyList<string> Log => [.. _lines];

    public IReadOnlyList<FailureStatus> Branches => _branches;

    public static async Task<JournaledEvents> ReadAsync(IJournal journal, string runId, CancellationToken cancellationToken)
    {
        var events = new JournaledEvents();
        for (var after = 0L; ;)
        {
            var page = await journal.ReadEventsAsync(runId, after, Page, cancellationToken).ConfigureAwait(false);
            foreach (var item in page)
                events.Take(item);
            if (page.Count < Page)
                return events;
            after = page[^1].Sequence;
        }
    }

    private void Take(RunEvent item)
    {
        if (item.Kind is not ("log" or "state" or "branch"))
            return;

        using var payload = JsonDocument.Parse(item.PayloadJson);
        var root = payload.RootElement;
        switch (item.Kind)
        {
            case "log":
                _lines.Enqueue(root.GetProperty("text").GetString()!);
                if (_lines.Count > RunBoard.KeptLogLines)
                    _lines.Dequeue();
                break;
            case "branch" when _branches.Count < RunBoard.KeptBranches:
                var phase = root.TryGetProperty("phase", out var title) ? title.GetString() : null;
                _branches.Add(new FailureStatus(
                    0, root.GetProperty("label").GetString()!, phase, root.GetProperty("cause").GetString()!, 0, null, FailureStatus.Branch));
                break;
            case "state" when root.GetProperty("state").GetString() == RunState.Running.ToText() && !root.TryGetProperty("goesOn", out _):
                _lines.Clear();
                _branches.Clear();
                break;
        }
    }
}
