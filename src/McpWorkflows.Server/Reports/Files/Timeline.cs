using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Server.Reports.Files;

/// <summary>
/// Who was at work when, on an axis from 0 to 1. Times in which nobody was at work and that would make the rest
/// unreadable (a night's wait for an answer) are folded into a narrow gap.
/// </summary>
internal sealed class Timeline
{
    /// <summary>Part of the axis that a folded gap takes.</summary>
    private const double GapWidth = 0.03;

    /// <summary>A gap is folded when it is longer than this part of the time at work.</summary>
    private const double LongGap = 0.25;

    private static readonly TimeSpan ShortestGap = TimeSpan.FromSeconds(20);

    private readonly List<Stretch> stretches = [];

    private Timeline(IReadOnlyList<TimelineBar> bars)
    {
        Bars = bars;
        if (bars.Count > 0)
            Fold(bars);
    }

    /// <summary>By start, roughly.</summary>
    public IReadOnlyList<TimelineBar> Bars { get; }

    /// <summary>Where time was folded: the place, and how much.</summary>
    public IEnumerable<(double From, double To, TimeSpan Length)> Gaps =>
        stretches.Where(stretch => stretch.IsGap).Select(stretch => (stretch.From, stretch.To, stretch.End - stretch.Start));

    public DateTimeOffset Begin => stretches[0].Start;

    public DateTimeOffset End => stretches[^1].End;

    /// <summary>Time at work, without the gaps.</summary>
    public TimeSpan Busy => new(stretches.Where(stretch => !stretch.IsGap).Sum(stretch => (stretch.End - stretch.Start).Ticks));

    public static Timeline Of(Dossier dossier)
    {
        var bars = dossier.Calls
            .Where(call => call is { FromJournal: false, StartedAt: not null })
            .Select(call => new TimelineBar(call, call.StartedAt!.Value, Latest(call.StartedAt.Value, call.EndedAt ?? dossier.Now)))
            .ToList();
        if (bars.Count == 0)
            return new Timeline([]);
        // Those that began together stand in the order of the script.
        var longest = Math.Max(1, bars.Max(bar => (bar.End - bar.Start).Ticks) / 20);
        var first = bars.Min(bar => bar.Start);
        return new Timeline([.. bars.OrderBy(bar => (bar.Start - first).Ticks / longest).ThenBy(bar => bar.Call.Number)]);
    }

    public double At(DateTimeOffset time)
    {
        foreach (var stretch in stretches)
        {
            if (time <= stretch.End)
                return stretch.From + ((stretch.To - stretch.From) * (time - stretch.Start).Ticks / Math.Max(1.0, (stretch.End - stretch.Start).Ticks));
        }

        return 1;
    }

    /// <summary>The most agents that were at work at once in each of so many equal parts of the axis.</summary>
    public int[] Density(int parts, Func<DossierCall, bool> isMeant)
    {
        var density = new int[parts];
        // Whoever ends makes room before the next one begins.
        var steps = Bars.Where(bar => isMeant(bar.Call))
            .SelectMany(bar => new[] { (Time: bar.Start, Step: 1), (Time: bar.End > bar.Start ? bar.End : bar.Start.AddTicks(1), Step: -1) })
            .OrderBy(step => step.Time).ThenBy(step => step.Step).ToList();
        var atWork = 0;
        for (var index = 0; index < steps.Count - 1; index++)
        {
            atWork += steps[index].Step;
            if (atWork == 0 || steps[index + 1].Time == steps[index].Time)
                continue;
            var first = Math.Clamp((int)(At(steps[index].Time) * parts), 0, parts - 1);
            var last = Math.Clamp((int)Math.Ceiling(At(steps[index + 1].Time) * parts) - 1, first, parts - 1);
            for (var part = first; part <= last; part++)
                density[part] = Math.Max(density[part], atWork);
        }

        return density;
    }

    /// <summary>Bars side by side in as few rows as they fit in: the row of each.</summary>
    public IReadOnlyList<int> Pack(out int rows)
    {
        var ends = new List<DateTimeOffset>();
        var places = new int[Bars.Count];
        for (var index = 0; index < Bars.Count; index++)
        {
            var bar = Bars[index];
            var row = ends.FindIndex(end => end <= bar.Start);
            if (row < 0)
            {
                row = ends.Count;
                ends.Add(bar.End);
            }

            ends[row] = bar.End;
            places[index] = row;
        }

        rows = ends.Count;
        return places;
    }

    private void Fold(IReadOnlyList<TimelineBar> bars)
    {
        var busy = new List<(DateTimeOffset Start, DateTimeOffset End)>();
        foreach (var bar in bars.OrderBy(bar => bar.Start))
        {
            if (busy.Count > 0 && bar.Start <= busy[^1].End)
                busy[^1] = (busy[^1].Start, Latest(busy[^1].End, bar.End));
            else
                busy.Add((bar.Start, bar.End));
        }

        var atWork = new TimeSpan(busy.Sum(stretch => (stretch.End - stretch.Start).Ticks));
        var longest = TimeSpan.FromTicks(Math.Max(ShortestGap.Ticks, (long)(atWork.Ticks * LongGap)));
        var parts = new List<(DateTimeOffset Start, DateTimeOffset End, bool IsGap)>();
        foreach (var stretch in busy)
        {
            if (parts.Count > 0 && stretch.Start - parts[^1].End <= longest)
            {
                parts[^1] = (parts[^1].Start, stretch.End, false);
                continue;
            }

            if (parts.Count > 0)
                parts.Add((parts[^1].End, stretch.Start, true));
            parts.Add((stretch.Start, stretch.End, false));
        }

        var shown = Math.Max(1, parts.Where(part => !part.IsGap).Sum(part => (part.End - part.Start).Ticks));
        var gap = Math.Min(GapWidth, 0.4 / Math.Max(1, parts.Count(part => part.IsGap)));
        var room = 1 - (gap * parts.Count(part => part.IsGap));
        var at = 0.0;
        foreach (var (start, end, isGap) in parts)
        {
            var width = isGap ? gap : room * (end - start).Ticks / shown;
            stretches.Add(new Stretch(start, end, at, at + width, isGap));
            at += width;
        }
    }

    private static DateTimeOffset Latest(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private sealed record Stretch(DateTimeOffset Start, DateTimeOffset End, double From, double To, bool IsGap);
}

/// <summary>An agent's time.</summary>
internal sealed record TimelineBar(DossierCall Call, DateTimeOffset Start, DateTimeOffset End)
{
    public bool IsAtWork => Call.State == CallState.Running;
}
