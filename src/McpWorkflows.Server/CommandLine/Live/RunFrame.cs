using System.Globalization;
using McpWorkflows.Server.Reports.Files;

namespace McpWorkflows.Server.CommandLine.Live;

/// <summary>Draws a picture into so many lines and columns, and never into more.</summary>
internal sealed class RunFrame(int width, int height, TerminalStyle style)
{
    private const int WidestBar = 24;
    private const int WidestTitle = 28;
    private const int WidestLabel = 36;
    private const int MostMessages = 4;

    private readonly List<string> lines = [];

    /// <summary>Lines with their colours, each at most as wide as the screen.</summary>
    /// <param name="left">How long the agents asked for will take, where that can be told.</param>
    public static IReadOnlyList<string> Draw(RunPicture picture, int width, int height, TerminalStyle style, TimeSpan? left, DateTimeOffset now)
    {
        var frame = new RunFrame(Math.Max(1, width), Math.Max(1, height), style);
        frame.Draw(picture, left, now);
        return frame.lines;
    }

    private void Draw(RunPicture picture, TimeSpan? left, DateTimeOffset now)
    {
        Head(picture, left);
        Totals(picture);
        var isRoomy = height >= 14;
        if (isRoomy)
            Add("");
        // What is said stands at the lower edge, so that nothing jumps when agents come and go.
        var messages = Math.Min(Math.Min(MostMessages, picture.Messages.Count), Math.Max(0, (height - 8) / 4));
        var below = messages + (height >= 6 ? 1 : 0) + (isRoomy ? 1 : 0);
        var room = height - lines.Count - below;
        Phases(picture.Phases, Math.Min(picture.Phases.Count, Math.Max(Math.Min(1, room), room - Math.Min(room / 2, picture.Agents.Count + 2))));
        if (isRoomy && picture.Phases.Count > 0)
            Add("");
        Agents(picture, height - lines.Count - below, now);
        while (lines.Count < height - messages - 1)
            Add("");
        Messages(picture.Messages, messages);
        if (height >= 6)
            Add(style.Dim(TerminalText.Cut($" {picture.Hint}", width)));
    }

    private void Head(RunPicture picture, TimeSpan? left)
    {
        var state = $"{picture.State}  {RunPrinter.Duration((long)picture.Elapsed.TotalMilliseconds)}";
        if (left is { } time)
            state += $", {(picture.Phases.Any(phase => !phase.HasBegun) ? "at least" : "about")} {Rough(time)} left";
        var name = TerminalText.Cut(TerminalText.Line(picture.Name), Math.Clamp(width - state.Length - 4, 4, 48));
        var head = $" {name}  {state}";
        var gap = width - TerminalText.Width(head) - picture.RunId.Length - 1;
        if (TerminalText.Width(head) > width)
            Add(TerminalText.Cut(head, width));
        else
            Add($" {style.Bold(name)}  {style.Accent(state)}{(gap >= 2 ? new string(' ', gap) + style.Dim(picture.RunId) : "")}");
    }

    private void Phases(IReadOnlyList<PhasePicture> phases, int room)
    {
        if (room <= 0)
            return;
        var title = Math.Min(WidestTitle, Math.Max(8, phases.Max(phase => TerminalText.Width(TerminalText.Line(phase.Title)))));
        title = Math.Min(title, Math.Max(4, width / 3));
        var first = FirstShown(phases, room);
        for (var index = first; index < first + room; index++)
        {
            // Where some do not fit, the last line counts them.
            if (index == first + room - 1 && phases.Count > room && room > 1)
                Add(style.Dim(TerminalText.Cut($" and {phases.Count - room + 1} more phases", width)));
            else
                Phase(phases[index], title);
        }
    }

    /// <summary>Those at work must be among the shown ones.</summary>
    private static int FirstShown(IReadOnlyList<PhasePicture> phases, int room)
    {
        if (phases.Count <= room)
            return 0;
        var active = phases.ToList().FindIndex(phase => phase.Running > 0);
        return Math.Clamp(active < 0 ? phases.Count(phase => phase.HasBegun) - room + 1 : active - 1, 0, phases.Count - room);
    }

    private void Phase(PhasePicture phase, int title)
    {
        var name = TerminalText.Fit(TerminalText.Line(phase.Title), title);
        if (!phase.HasBegun)
        {
            Add(style.Dim(TerminalText.Cut($" {name}  –", width)));
            return;
        }

        var counts = $"{phase.Done}/{phase.Agents}";
        var notes = string.Concat(phase.Running > 0 ? $"  {phase.Running} running" : "", phase.Failed > 0 ? $"  {phase.Failed} failed" : "");
        var bar = Math.Min(WidestBar, width - title - 4 - counts.Length - notes.Length - 1);
        if (bar < 5)
        {
            Add(TerminalText.Cut($" {name} {counts}{notes}", width));
            return;
        }

        Add($" {name}  {Bar(phase, bar)}  {counts}{(phase.Running > 0 ? style.Accent($"  {phase.Running} running") : "")}{(phase.Failed > 0 ? style.Bad($"  {phase.Failed} failed") : "")}");
    }

    private string Bar(PhasePicture phase, int columns)
    {
        var failed = Part(phase.Failed);
        var done = Math.Max(0, Part(phase.Done) - failed);
        var running = Math.Min(columns - done - failed, Part(phase.Running));
        var rest = columns - done - failed - running;
        return style.Good(new string(style.Full, done)) + style.Bad(new string(style.Full, failed)) + style.Accent(new string(style.Half, running)) + style.Dim(new string(style.Empty, rest));

        // Whatever is there shows, however little of the whole it is.
        int Part(int count) => count == 0 ? 0 : Math.Clamp((int)Math.Round((double)columns * count / phase.Agents), 1, columns);
    }

    private void Agents(RunPicture picture, int room, DateTimeOffset now)
    {
        if (room <= 0)
            return;
        var head = picture.Agents.Count + picture.Queued == 0 ? " no agent at work" : $" {Words.Count(picture.Agents.Count, "agent")} at work{(picture.Queued > 0 ? $", {Words.Number(picture.Queued)} waiting" : "")}";
        Add(style.Dim(TerminalText.Cut(head, width)));
        room--;
        var shown = picture.Agents.Count <= room ? picture.Agents.Count : Math.Max(0, room - 1);
        var label = Math.Min(WidestLabel, Math.Max(8, width / 3));
        foreach (var agent in picture.Agents.Take(shown))
            Agent(agent, label, now);
        if (picture.Agents.Count > shown && room > 0)
            Add(style.Dim(TerminalText.Cut($"   and {picture.Agents.Count - shown} more", width)));
    }

    private void Agent(AgentPicture agent, int label, DateTimeOffset now)
    {
        var time = Short(now - agent.StartedAt);
        var start = $"   {TerminalText.Fit(TerminalText.Line(agent.Label), label)}  {time,6}";
        var last = agent.Waits ? "waits for its provider's limit" : agent.IsQuiet ? $"quiet; last: {agent.Last ?? "nothing"}" : agent.Last ?? "";
        var room = width - TerminalText.Width(start) - 2;
        if (room < 8)
        {
            Add(TerminalText.Cut(start, width));
            return;
        }

        last = TerminalText.Line(last).Trim();
        Add(start + "  " + style.Dim(agent.Speaks && !agent.IsQuiet ? TerminalText.Tail(last, room) : TerminalText.Cut(last, room)));
    }

    private void Totals(RunPicture picture)
    {
        var parts = new List<string> { $"{Words.Number(picture.Done)} done" };
        if (picture.FromJournal > 0)
            parts.Add($"{Words.Number(picture.FromJournal)} from the journal");
        if (picture.Failed > 0)
            parts.Add($"{Words.Number(picture.Failed)} failed");
        parts.Add($"{Tokens(picture.InputTokens)} in, {Tokens(picture.OutputTokens)} out{(picture.TokenCeiling is { } most ? $" of {Tokens(most)}" : "")}");
        if (picture.Cost is { } cost)
            parts.Add($"{Words.Dollars(cost)}{(picture.CostIsPartial ? "+" : "")}{(picture.DollarCeiling is { } dollars ? $" of {Words.Dollars(dollars)}" : "")}");
        Add(TerminalText.Cut(" " + string.Join(" · ", parts), width));
    }

    private void Messages(IReadOnlyList<Message> messages, int room)
    {
        foreach (var message in messages.TakeLast(room))
        {
            var text = TerminalText.Cut($" {(message.IsFailure ? "failed" : "log")}: {TerminalText.Line(message.Text)}", width);
            Add(message.IsFailure ? style.Bad(text) : style.Dim(text));
        }
    }

    private void Add(string line)
    {
        if (lines.Count < height)
            lines.Add(line);
    }

    private static string Tokens(long tokens) => tokens switch
    {
        < 10_000 => Words.Number(tokens),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{tokens / 1_000.0:0.0}k"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{tokens / 1_000_000.0:0.00}M"),
    };

    private static string Short(TimeSpan time) => time switch
    {
        { Ticks: <= 0 } => "0 s",
        { TotalSeconds: < 100 } => $"{(int)time.TotalSeconds} s",
        { TotalMinutes: < 100 } => $"{(int)time.TotalMinutes} min",
        _ => $"{(int)time.TotalHours} h",
    };

    private static string Rough(TimeSpan time) => time switch
    {
        { TotalSeconds: < 10 } => "10 s",
        { TotalSeconds: < 90 } => $"{(int)Math.Ceiling(time.TotalSeconds / 10) * 10} s",
        { TotalMinutes: < 90 } => $"{(int)Math.Ceiling(time.TotalMinutes)} min",
        _ => $"{(int)Math.Ceiling(time.TotalHours)} h",
    };
}
