using System.Globalization;
using System.Text.Json;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Server.Reports;
using McpWorkflows.Server.Tools;

namespace McpWorkflows.Server.CommandLine;

/// <summary>Prints how a run ended: the result alone on stdout, everything about it on stderr.</summary>
internal static class RunPrinter
{
    private const int ListedCauses = 10;
    private const int ListedLabels = 5;

    public static void Print(RunStatus status, bool json)
    {
        Summarize(status, Console.Error);
        if (json)
            Console.Out.WriteLine(JsonSerializer.Serialize(RunReports.Of(status), ReportJson.Indented.RunReport));
        else if (status.Run.ResultJson is { } result)
            Console.Out.WriteLine(Pretty(result));
    }

    public static void Summarize(RunStatus status, TextWriter writer)
    {
        var run = status.Run;
        var totals = run.Totals;
        writer.WriteLine($"{run.Name} {run.State.ToText().Replace('_', ' ')}: {Census(totals)}; {Tokens(totals)}; {Time(run)}run {run.Id}");
        if (run.Error is not null)
            writer.WriteLine($"error: {run.Error}");
        WriteFailures(status.Failures, writer);
        if (status.Resume is { } resume)
            writer.WriteLine($"resumed: {resume.Reused} answered from the journal, {resume.Ran} run{(resume.Unused.Count == 0 ? "" : $", {resume.Unused.Count} journaled not asked for")}");
        if (run.State == RunState.Waiting)
            WriteWait(status, writer);
        if (run.State == RunState.Planned)
            PlanPrinter.Write(status, writer);
        if (run.State == RunState.Completed && NextStep.NotConverged(run.ResultJson))
            writer.WriteLine("The search stopped at its cap before it converged: the result says what remained open.");
        if (totals.Rehearsed)
            writer.WriteLine("REHEARSED: every answer was made up by the rehearsal model; the result means nothing.");
        if (run.State is RunState.Failed or RunState.CompletedWithFailures or RunState.Interrupted or RunState.Cancelled)
            writer.WriteLine($"Finished agents are kept. {Remedy(run)}");
    }

    /// <summary>Indented JSON, or the bare text of a string.</summary>
    public static string Pretty(string resultJson)
    {
        var value = RunReports.Element(resultJson);
        return value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : JsonSerializer.Serialize(value, ReportJson.Indented.JsonElement);
    }

    public static string Duration(long milliseconds) => TimeSpan.FromMilliseconds(milliseconds) switch
    {
        { TotalSeconds: < 60 } time => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s"),
        { TotalMinutes: < 60 } time => $"{(int)time.TotalMinutes} min {time.Seconds} s",
        var time => $"{(int)time.TotalHours} h {time.Minutes} min",
    };

    public static string Agents(int count) => count == 1 ? "1 agent" : $"{count} agents";

    // One broken endpoint fails a hundred agents: its cause is worth saying once.
    private static void WriteFailures(IReadOnlyList<FailureStatus> failures, TextWriter writer)
    {
        var causes = failures.GroupBy(failure => failure.Cause).ToList();
        foreach (var cause in causes.Take(ListedCauses))
        {
            var labels = string.Join(", ", cause.Take(ListedLabels).Select(failure => failure.Label));
            var more = cause.Count() > ListedLabels ? $" and {cause.Count() - ListedLabels} more" : "";
            var verb = cause.All(failure => failure.Kind == FailureStatus.Branch) ? "threw" : "failed";
            writer.WriteLine($"  {verb}: {labels}{more}: {cause.Key}");
        }

        if (causes.Count > ListedCauses)
            writer.WriteLine($"  and {causes.Skip(ListedCauses).Sum(cause => cause.Count())} more for other causes (--json lists all)");
    }

    private static void WriteWait(RunStatus status, TextWriter writer)
    {
        foreach (var question in status.Questions)
            PersonPrompt.Describe(question, writer);
        if (status.Questions is [var first, ..])
            writer.WriteLine($"Answer with: mcp-workflows resume {status.Run.Id} --answer 'JSON'{(status.Questions.Count > 1 ? $" --question {first.Number}" : "")}");
        else if (status.Run.WaitingUntil is { } until)
            writer.WriteLine($"waits for {status.Run.WaitingFor?.ToText()} until {until.LocalDateTime:yyyy-MM-dd HH:mm:ss}; then it goes on by itself");
    }

    // A script that failed would fail again as it is.
    private static string Remedy(RunRecord run) => run is { State: RunState.Failed, Error: not null }
        ? $"After correcting the script go on with: mcp-workflows resume {run.Id} --script {run.FileName}"
        : $"Go on with: mcp-workflows resume {run.Id}";

    // What a killed process had not written nobody knows.
    private static string Time(RunRecord run) =>
        run is { State: RunState.Interrupted, Totals.DurationMs: 0 } ? "" : $"{Duration(run.Totals.DurationMs)}; ";

    private static string Census(RunTotals totals)
    {
        var parts = new List<string> { Agents(totals.Agents) };
        if (totals.FromJournal > 0)
            parts.Add($"{totals.FromJournal} from the journal");
        if (totals.Failed > 0)
            parts.Add($"{totals.Failed} failed");
        if (totals.Skipped > 0)
            parts.Add($"{totals.Skipped} skipped");
        if (totals.Cancelled > 0)
            parts.Add($"{totals.Cancelled} cancelled");
        if (totals.BranchesFailed > 0)
            parts.Add(totals.BranchesFailed == 1 ? "1 branch threw" : $"{totals.BranchesFailed} branches threw");
        return string.Join(", ", parts);
    }

    private static string Tokens(RunTotals totals) =>
        string.Create(CultureInfo.InvariantCulture, $"{totals.InputTokens:N0} input and {totals.OutputTokens:N0} output tokens");
}
