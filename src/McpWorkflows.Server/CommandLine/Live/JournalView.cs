using System.Text.Json;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Server.Reports;

namespace McpWorkflows.Server.CommandLine.Live;

/// <summary>Pictures of a run of any process on the journal, from its events: each is read once.</summary>
internal sealed class JournalView(WorkflowEngine engine, IJournal journal, string runId, TimeProvider time)
{
    private const int Page = 5_000;
    private const int KeptMessages = 20;

    private readonly Onlooker onlooker = new(engine, runId, time);
    private readonly Dictionary<int, CallNote> calls = [];
    private readonly Dictionary<int, Sign> signs = [];
    private readonly List<string> titles = [];
    private readonly Queue<Message> messages = new();
    private IReadOnlyList<string>? declared;
    private DateTimeOffset began;
    private long last;

    /// <summary>Told of each event as it is read.</summary>
    public Action<RunEvent>? Happened { get; init; }

    public async Task<RunPicture> ReadAsync(CancellationToken cancellationToken)
    {
        // First the run, then the events: what it says of its end must not come before they have been read.
        var run = await FindAsync(cancellationToken);
        declared ??= DeclaredPhases.Of(run);
        await onlooker.LookAsync(run.State, cancellationToken);
        while (true)
        {
            var events = await journal.ReadEventsAsync(runId, last, Page, cancellationToken);
            foreach (var happened in events)
                Take(happened);
            if (events.Count < Page)
                break;
        }

        return Draw(run);
    }

    /// <summary>The engine's reading: a run whose process is dead counts as interrupted.</summary>
    private async Task<RunRecord> FindAsync(CancellationToken cancellationToken) =>
        await journal.FindRunAsync(runId, cancellationToken) ?? (await engine.GetStatusAsync(runId, cancellationToken)).Run;

    private void Take(RunEvent happened)
    {
        last = happened.Sequence;
        Happened?.Invoke(happened);
        using var document = JsonDocument.Parse(happened.PayloadJson);
        var payload = document.RootElement;
        switch (happened.Kind)
        {
            case "state" when Text(payload, "state") == "running" && !payload.TryGetProperty("goesOn", out _):
                // A session begins: what an earlier one had at work and said counts no more.
                began = happened.Time;
                calls.Clear();
                signs.Clear();
                titles.Clear();
                messages.Clear();
                break;
            case "phase":
                Enter(Text(payload, "title"));
                break;
            case "queued":
                foreach (var call in payload.GetProperty("calls").EnumerateArray())
                    Note(call, "queued", happened.Time);
                break;
            case "call":
                Note(payload, Text(payload, "state") ?? "", happened.Time);
                break;
            case "doing":
                foreach (var agent in payload.GetProperty("agents").EnumerateArray())
                    signs[(int)Number(agent, "number")] = Sign.Of(agent);
                break;
            case "log":
                Say(new Message(Text(payload, "text") ?? "", false));
                break;
        }
    }

    private void Note(JsonElement payload, string state, DateTimeOffset at)
    {
        if (!payload.TryGetProperty("number", out var number))
            return;
        var label = Text(payload, "label") ?? "";
        var phase = Text(payload, "phase");
        if (phase is not null)
            Enter(phase);
        calls[number.GetInt32()] = new CallNote(label, phase, state == "postponed" ? "queued" : state, at, Number(payload, "inputTokens"), Number(payload, "outputTokens"), Amount(payload, "cost"));
        if (state == "failed")
            Say(new Message($"{label}: {Text(payload, "cause")}", true));
    }

    private RunPicture Draw(RunRecord run)
    {
        var known = calls.Values;
        var isAtWork = run.State == RunState.Running;
        var paid = known.Where(call => call.State != "fromJournal").ToList();
        var costs = paid.Where(call => call.Cost is not null).Sum(call => call.Cost);
        return new RunPicture
        {
            RunId = run.Id,
            Name = run.Name,
            State = EngineView.StateOf(run),
            IsOver = run.State != RunState.Running && run.WaitingFor != WaitingFor.Quota,
            Phases = DeclaredPhases.With(declared!, [.. titles.Select(title => PhaseOf(title, [.. known.Where(call => call.Phase == title)]))]),
            Agents = [.. calls.Where(call => isAtWork && call.Value.State == "running").OrderBy(call => call.Key)
                .Select(call => AgentOf(call.Key, call.Value))],
            Queued = known.Count(call => call.State == "queued"),
            Done = known.Count(call => call.IsOver),
            FromJournal = known.Count(call => call.State == "fromJournal"),
            Failed = known.Count(call => call.State == "failed"),
            InputTokens = Math.Max(run.Totals.InputTokens, paid.Sum(call => call.Input)),
            OutputTokens = Math.Max(run.Totals.OutputTokens, paid.Sum(call => call.Output)),
            Cost = run.Totals.Rehearsed ? 0 : MostOf(run.Totals.Cost, paid.Any(call => call.Cost is not null) ? costs : null),
            CostIsPartial = run.Totals.UnpricedCalls > 0,
            TokenCeiling = run.Settings.Budget,
            DollarCeiling = run.Settings.BudgetDollars,
            Elapsed = isAtWork && began != default ? time.GetUtcNow() - began : TimeSpan.FromMilliseconds(run.Totals.DurationMs),
            Messages = [.. messages],
            Hint = "Ctrl+C stops watching; the run goes on",
        };
    }

    private AgentPicture AgentOf(int number, CallNote call)
    {
        var sign = signs.GetValueOrDefault(number) ?? Sign.None;
        return new AgentPicture(number, call.Label, call.Phase, call.At, sign.Last) { Speaks = sign.Speaks, Waits = sign.Waits, IsQuiet = sign.IsQuiet };
    }

    private static decimal? MostOf(decimal? noted, decimal? counted) => noted is null || counted > noted ? counted ?? noted : noted;

    private static PhasePicture PhaseOf(string title, IReadOnlyList<CallNote> calls) => new(
        title, calls.Count, calls.Count(call => call.IsOver), calls.Count(call => call.State == "failed"), calls.Count(call => call.State == "running"));

    private void Enter(string? title)
    {
        if (title is not null && !titles.Contains(title))
            titles.Add(title);
    }

    private void Say(Message message)
    {
        messages.Enqueue(message);
        if (messages.Count > KeptMessages)
            messages.Dequeue();
    }

    private static string? Text(JsonElement payload, string name) =>
        payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long Number(JsonElement payload, string name) => payload.TryGetProperty(name, out var value) && value.TryGetInt64(out var number) ? number : 0;

    private static decimal? Amount(JsonElement payload, string name) => payload.TryGetProperty(name, out var value) && value.TryGetDecimal(out var amount) ? amount : null;

    /// <summary>What an agent's process said of it last, because somebody watches.</summary>
    private sealed record Sign(string? Last, bool Speaks, bool Waits, bool IsQuiet)
    {
        public static Sign None { get; } = new(null, false, false, false);

        public static Sign Of(JsonElement agent)
        {
            var attempt = Number(agent, "attempt");
            var last = Text(agent, "last");
            return new Sign(
                attempt > 1 ? $"attempt {attempt}{(last is null ? "" : $": {last}")}" : last,
                attempt <= 1 && Text(agent, "lastKind") == nameof(AgentProgressKind.Text),
                Text(agent, "state") == "waiting",
                agent.TryGetProperty("quiet", out var quiet) && quiet.ValueKind == JsonValueKind.True);
        }
    }

    private sealed record CallNote(string Label, string? Phase, string State, DateTimeOffset At, long Input, long Output, decimal? Cost)
    {
        public bool IsOver => State is not ("queued" or "running");
    }
}
