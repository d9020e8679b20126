using System.Text.Json;
using System.Text.RegularExpressions;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;

namespace McpWorkflows.Server.Reports;

/// <summary>Turns what the engine knows into reports.</summary>
internal static partial class RunReports
{
    private const int ListedFailures = 200;
    private const int FailureText = 4_000;

    public static RunReport Of(RunStatus status)
    {
        var run = status.Run;
        return new RunReport
        {
            RunId = run.Id,
            Parent = run.ParentId,
            Name = run.Name,
            State = run.State.ToText(),
            Result = run.ResultJson is null ? null : Element(run.ResultJson),
            Error = run.Error,
            Census = Census(run.Totals),
            Usage = Usage(run.Totals),
            DurationMs = run.Totals.DurationMs,
            Failures = [.. status.Failures.Take(ListedFailures).Select(failure => Failure(failure, FailureText))],
            MoreFailures = More(status, Math.Min(status.Failures.Count, ListedFailures)),
            WaitingFor = run.WaitingFor?.ToText(),
            WaitingUntil = run.WaitingUntil,
            Questions = Questions(status, int.MaxValue, int.MaxValue),
            Rehearsed = run.Totals.Rehearsed,
            Resumed = Reuse(status.Resume),
            Plan = PlanReport.Of(status),
            Slice = run.State == RunState.Planned ? SliceReport.Of(run) : null,
        };
    }

    public static CensusReport Census(RunTotals totals) => new()
    {
        Agents = totals.Agents,
        FromJournal = totals.FromJournal,
        Failed = totals.Failed,
        Skipped = totals.Skipped,
        Cancelled = totals.Cancelled == 0 ? null : totals.Cancelled,
        BranchesFailed = totals.BranchesFailed == 0 ? null : totals.BranchesFailed,
    };

    public static UsageReport Usage(RunTotals totals) => new()
    {
        InputTokens = totals.InputTokens,
        OutputTokens = totals.OutputTokens,
        Cost = totals.UnpricedCalls == 0 && !totals.Rehearsed ? totals.Cost : null,
    };

    /// <summary>Null for none.</summary>
    public static IReadOnlyList<QuestionReport>? Questions(RunStatus status, int listed, int maxText) => status.Questions.Count == 0
        ? null
        : [.. status.Questions.Take(listed).Select(question => new QuestionReport
        {
            Number = question.Number,
            Question = Cut(question.Text, maxText),
            Schema = question.SchemaJson is { } schema && schema.Length <= maxText ? Element(schema) : null,
            Default = question.DefaultJson is { } value && value.Length <= maxText ? Element(value) : null,
            Deadline = question.Deadline,
        })];

    /// <summary>How many failures are not among those listed; null for none. Of branches the journal keeps a thousand.</summary>
    public static int? More(RunStatus status, int listed) => status.Failures.Count > listed ? status.Failures.Count - listed : null;

    public static FailureReport Failure(FailureStatus failure, int maxText) => new()
    {
        Label = Cut(failure.Label, Math.Min(maxText, 80)),
        Phase = failure.Phase,
        Cause = CutMiddle(failure.Cause, maxText),
        Attempts = failure.Attempts,
        Kind = failure.Kind == FailureStatus.Ordinary ? null : failure.Kind,
        LastText = failure.LastText is null ? null : Cut(failure.LastText, maxText),
    };

    public static ReuseReport? Reuse(ResumeReport? report) => report is null
        ? null
        : new ReuseReport { Reused = report.Reused, Ran = report.Ran, Unused = report.Unused };

    /// <summary>
    /// JSON text as a value; too deep a nesting stays text. Half a surrogate pair, which JavaScript has and UTF-8 has
    /// not, becomes U+FFFD.
    /// </summary>
    public static JsonElement Element(string json, int maxDepth = ReportJson.MaxDepth)
    {
        json = Escape().Replace(json, escape => escape.Groups["half"].Success ? @"\ufffd" : escape.Value);
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = maxDepth });
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(json, ReportJson.Compact.String);
        }
    }

    /// <summary>Keeps both ends: a failure's cause stands at the beginning, its remedy at the end.</summary>
    public static string CutMiddle(string text, int length)
    {
        if (text.Length <= length)
            return text;
        var tail = length / 2;
        if (char.IsLowSurrogate(text[^tail]))
            tail--;
        return string.Concat(Cut(text, length - tail), text.AsSpan(text.Length - tail));
    }

    public static string Cut(string text, int length) =>
        text.Length <= length ? text : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[length - 2]) ? length - 2 : length - 1), "…");

    /// <summary>Every escape of a JSON text, from the backslash on; those of half a pair apart.</summary>
    [GeneratedRegex(@"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|(?<half>u[dD][89a-fA-F]..)|.)")]
    private static partial Regex Escape();
}
