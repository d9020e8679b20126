using System.Globalization;

namespace McpWorkflows.Server.Reports.Files;

/// <summary>The timeline as a picture: a row for each agent with its label, or, of many, as few rows as they fit in side by side.</summary>
internal static class TimelineSvg
{
    /// <summary>Colours in the style sheet.</summary>
    public const int Colours = 8;

    private const int MostNamedRows = 48;
    private const int Width = 1000;
    private const int LabelWidth = 230;
    private const int LabelLength = 34;
    private const int Axis = 26;
    private const int Ticks = 7;

    private static readonly double[] Steps = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400];

    public static void Write(HtmlText html, Timeline timeline, IReadOnlyList<string> phases)
    {
        var isNamed = timeline.Bars.Count <= MostNamedRows;
        var rows = timeline.Bars.Count;
        var places = isNamed ? [.. Enumerable.Range(0, rows)] : timeline.Pack(out rows);
        var (rowHeight, barHeight) = isNamed ? (22, 14) : rows <= 40 ? (16, 12) : (7, 6);
        var left = isNamed ? LabelWidth : 8;
        var room = Width - left - 12;
        var bottom = rows * rowHeight;
        html.Raw($"""<svg class="timeline" viewBox="0 0 {Width} {bottom + Axis}" role="img" aria-labelledby="timeline-title">""");
        html.Element("title id=\"timeline-title\"", $"{Words.Count(timeline.Bars.Count, "agent")} over {Words.Duration(timeline.Busy)} of work, coloured by phase; the table of agents says the same in words.");
        WriteAxis(html, timeline, left, room, bottom);
        for (var index = 0; index < timeline.Bars.Count; index++)
        {
            var bar = timeline.Bars[index];
            var x = left + (timeline.At(bar.Start) * room);
            var width = Math.Max(2, left + (timeline.At(bar.End) * room) - x);
            var top = places[index] * rowHeight;
            var colour = Math.Max(0, phases.IndexOf(bar.Call.Phase ?? "")) % Colours;
            var kind = bar.Call.HasFailed ? " failed" : bar.IsAtWork ? " open" : bar.Call.Outcome is null ? " cut" : "";
            if (isNamed)
                html.Raw($"""<text class="label" x="{left - 10}" y="{top + 15}" text-anchor="end">""").Text(RunReports.Cut(bar.Call.Label, LabelLength)).Raw("</text>");
            html.Raw($"""<g><rect class="bar p{colour}{kind}" x="{Of(x)}" y="{top + 3}" width="{Of(width)}" height="{barHeight}" rx="{(barHeight > 8 ? 3 : 1)}"/>""");
            html.Element("title", $"{bar.Call.Label}\n{bar.Call.Phase}\n{Words.State(bar.Call)}, {Words.Duration(bar.End - bar.Start)}");
            // Colour alone must not tell a failure.
            if (bar.Call.HasFailed && barHeight > 8)
                html.Raw($"""<text class="cross" x="{Of(Math.Min(x + width + 3, Width - 12))}" y="{top + barHeight + 1}">✕</text>""");
            html.Raw("</g>");
        }

        html.Raw("</svg>");
    }

    private static void WriteAxis(HtmlText html, Timeline timeline, int left, int room, int bottom)
    {
        foreach (var (from, to, length) in timeline.Gaps)
        {
            var (x, width) = (left + (from * room), (to - from) * room);
            html.Raw($"""<g class="gap"><rect x="{Of(x)}" y="0" width="{Of(width)}" height="{bottom}"/><text x="{Of(x + (width / 2))}" y="{bottom + 18}" text-anchor="middle">⋯ {Words.Duration(length)}</text></g>""");
        }

        var wanted = timeline.Busy.TotalSeconds / Ticks;
        var step = TimeSpan.FromSeconds(Steps.FirstOrDefault(one => one >= wanted, Math.Ceiling(wanted / 86_400) * 86_400));
        var last = double.MinValue;
        for (var time = TimeSpan.Zero; timeline.Begin + time <= timeline.End; time += step)
        {
            var at = timeline.At(timeline.Begin + time);
            if (timeline.Gaps.Any(gap => at > gap.From - 0.02 && at < gap.To + 0.02) || at - last < 0.07)
            {
                // The time within a gap has no place of its own; go on where it ends.
                if (timeline.Gaps.Where(gap => at >= gap.From && at < gap.To).Select(gap => (TimeSpan?)gap.Length).FirstOrDefault() is { } length)
                    time += TimeSpan.FromTicks(Math.Max(0, length.Ticks / step.Ticks - 1) * step.Ticks);
                continue;
            }

            last = at;
            var x = left + (at * room);
            var anchor = at > 0.97 ? "end" : at < 0.03 && left < 100 ? "start" : "middle";
            html.Raw($"""<line class="tick" x1="{Of(x)}" x2="{Of(x)}" y1="0" y2="{bottom + 4}"/><text class="time" x="{Of(x)}" y="{bottom + 18}" text-anchor="{anchor}">{(time == TimeSpan.Zero ? "0" : Short(time))}</text>""");
        }
    }

    private static string Short(TimeSpan time) => time switch
    {
        { TotalSeconds: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms"),
        { TotalSeconds: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.##} s"),
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes}:{time.Seconds:00} min"),
        { TotalDays: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time.Minutes:00} h"),
        _ => Words.Duration(time),
    };

    private static string Of(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);

    private static int IndexOf(this IReadOnlyList<string> list, string text)
    {
        for (var index = 0; index < list.Count; index++)
        {
            if (list[index] == text)
                return index;
        }

        return -1;
    }
}
