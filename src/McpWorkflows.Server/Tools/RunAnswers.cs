using System.Text.Json;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Server.Reports;

namespace McpWorkflows.Server.Tools;

/// <summary>Words a run's status for a model: short unless asked for more, and always bounded.</summary>
internal static class RunAnswers
{
    private const int SummaryFailures = 3;
    private const int FullFailures = 15;
    private const int FullLines = 20;
    private const int FullCalls = 40;
    private const int ListedQuestions = 5;
    private const int QuestionText = 2_000;

    /// <param name="outage">Of the journal, if there is one.</param>
    public static RunAnswer Summary(RunStatus status, string? outage = null) => Of(status, full: false, warnings: outage is null ? null : [outage]);

    public static RunAnswer Full(RunStatus status, IReadOnlyList<CallRecord> calls) => Of(status, full: true, calls);

    /// <summary>With what only the start knows.</summary>
    public static RunAnswer Started(RunStatus status, IReadOnlyList<string> warnings, UsageReport? planner, PlanReport? plan = null) =>
        Of(status, full: false, warnings: warnings, planner: planner, plan: plan);

    public static ProgressAnswer Progress(RunStatus status)
    {
        var totals = status.Run.Totals;
        var running = status.Active.Count;
        return new ProgressAnswer
        {
            Phase = status.Phases.LastOrDefault(phase => phase.Running > 0)?.Title ?? status.Phases.LastOrDefault()?.Title,
            Agents = totals.Agents,
            Done = Math.Max(0, totals.Agents - running - status.Queued),
            Running = running,
            Queued = status.Queued,
            Failed = totals.Failed,
        };
    }

    private static RunAnswer Of(
        RunStatus status,
        bool full,
        IReadOnlyList<CallRecord>? calls = null,
        IReadOnlyList<string>? warnings = null,
        UsageReport? planner = null,
        PlanReport? plan = null)
    {
        var run = status.Run;
        var ended = run.State.HasEnded() || run.State is RunState.Interrupted or RunState.Planned;
        var result = run.ResultJson is null ? null : new ResultText(run.ResultJson);
        // A full answer carries so much else that a long result would burst it.
        var shown = full && result is { IsWhole: false } ? null : result;
        var failures = Telling(status.Failures).Take(full ? FullFailures : SummaryFailures)
            .Select(failure => RunReports.Failure(full ? failure : failure with { LastText = null }, full ? 300 : 140)).ToList();
        return new RunAnswer
        {
            RunId = run.Id,
            State = run.State.ToText(),
            Name = RunReports.Cut(run.Name, 80),
            Parent = run.ParentId,
            Result = shown?.First,
            ResultChars = result is { IsWhole: false } ? result.Length : null,
            Error = run.Error is null ? null : RunReports.Cut(run.Error, 1_500),
            Progress = ended ? null : Progress(status),
            Census = ended ? RunReports.Census(run.Totals) : null,
            Usage = ended ? RunReports.Usage(run.Totals) : null,
            DurationMs = run.Totals.DurationMs,
            Failures = failures.Count == 0 ? null : failures,
            MoreFailures = RunReports.More(status, failures.Count),
            WaitingFor = run.WaitingFor?.ToText(),
            WaitingUntil = run.WaitingUntil,
            Questions = RunReports.Questions(status, ListedQuestions, QuestionText),
            Rehearsed = run.Totals.Rehearsed ? true : null,
            Resumed = Reuse(status.Resume),
            Warnings = warnings is null or [] ? null : [.. warnings.Take(5).Select(warning => RunReports.Cut(warning, 200))],
            Planner = planner,
            Plan = plan ?? PlanReport.Of(status),
            Slice = run.State == RunState.Planned ? SliceReport.Of(run) : null,
            Phases = full ? [.. status.Phases.TakeLast(30).Select(Line)] : null,
            Active = full && status.Active.Count > 0 ? [.. status.Active.Take(16).Select(label => RunReports.Cut(label, 60))] : null,
            Calls = calls is null ? null : CallLines(calls),
            Log = full ? [.. status.Log.TakeLast(FullLines).Select(line => RunReports.Cut(line, 160))] : null,
            Next = NextStep.After(status, result, shown is not null),
        };
    }

    /// <summary>One of each cause first: the same cause over and over tells nothing.</summary>
    private static IEnumerable<FailureStatus> Telling(IReadOnlyList<FailureStatus> failures) => failures
        .GroupBy(failure => failure.Cause)
        .SelectMany(group => group.Select((failure, rank) => (failure, rank)))
        .OrderBy(ranked => ranked.rank)
        .Select(ranked => ranked.failure);

    private static ReuseReport? Reuse(ResumeReport? report) => report is null
        ? null
        : new ReuseReport { Reused = report.Reused, Ran = report.Ran, Unused = [.. report.Unused.Take(10).Select(label => RunReports.Cut(label, 60))] };

    private static List<string> CallLines(IReadOnlyList<CallRecord> calls)
    {
        var lines = calls.TakeLast(FullCalls)
            .Select(call => $"#{call.Number} {RunReports.Cut(call.Label, 60)}: {call.State.ToString().ToLowerInvariant()}{(call.FromJournal ? ", from journal" : "")}{Chosen(call.Outcome?.Resolved)}{Kept(call.Outcome)}")
            .ToList();
        if (calls.Count > lines.Count)
            lines.Insert(0, $"({calls.Count - lines.Count} earlier calls not listed)");
        return lines;
    }

    /// <summary>What the call ran with, and where each choice came from.</summary>
    private static string Chosen(string? resolved)
    {
        if (resolved is null)
            return "";

        using var document = JsonDocument.Parse(resolved);
        var options = document.RootElement.EnumerateObject()
            .Where(option => option.Value.ValueKind == JsonValueKind.Object)
            .Select(option => $"{option.Name} {option.Value.GetProperty("value")} ({option.Value.GetProperty("from")})");
        var refused = document.RootElement.TryGetProperty("refusedByEndpoint", out var names) ? $"; the endpoint refused {string.Join(", ", names.EnumerateArray())}" : "";
        return RunReports.Cut($"; {string.Join(", ", options)}{refused}", 300);
    }

    /// <summary>What a call left besides its answer.</summary>
    private static string Kept(AgentOutcome? outcome)
    {
        var changes = outcome?.Worktree is { } work
            ? $"; changes on branch {work.Branch} (+{work.Insertions} -{work.Deletions} in {work.FilesChanged} files), at {work.Path}"
            : "";
        return changes + string.Concat((outcome?.Notes ?? []).Select(note => $"; {RunReports.Cut(note, 200)}"));
    }

    private static string Line(PhaseStatus phase) =>
        $"{RunReports.Cut(phase.Title, 80)}: {phase.Done} of {phase.Agents} done"
        + (phase.Running > 0 ? $", {phase.Running} running" : "")
        + (phase.Failed > 0 ? $", {phase.Failed} failed" : "");
}
