using System.Globalization;
using System.Text.Json;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Server.Reports;

namespace McpWorkflows.Server.CommandLine;

/// <summary>Prints how a run ended: the result alone on stdout, everything about it on stderr.</summary>
internal static class RunPrinter
{
    private const int ListedFailures = 20;

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
        writer.WriteLine($"{run.Name} {run.State.ToText().Replace('_', ' ')}: {Census(totals)}; {Tokens(totals)}; {Duration(totals.DurationMs)}; run {run.Id}");
        if (run.Error is not null)
            writer.WriteLine($"error: {run.Error}");
        foreach (var failure in status.Failures.Take(ListedFailures))
            writer.WriteLine($"  failed: {failure.Label}{(failure.Phase is null ? "" : $" ({failure.Phase})")}: {failure.Cause}");
        if (status.Failures.Count > ListedFailures)
            writer.WriteLine($"  and {status.Failures.Count - ListedFailures} more");
        if (status.Resume is { } resume)
            writer.WriteLine($"resumed: {resume.Reused} answered from the journal, {resume.Ran} run{(resume.Unused.Count == 0 ? "" : $", {resume.Unused.Count} journaled not asked for")}");
        if (totals.Rehearsed)
            writer.WriteLine("REHEARSED: every answer was made up by the rehearsal model; the result means nothing.");
        if (run.State is RunState.Failed or RunState.CompletedWithFailures or RunState.Interrupted or RunState.Cancelled)
            writer.WriteLine($"Finished agents are kept. Go on with: mcp-workflows resume {run.Id}");
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

    private static string Census(RunTotals totals)
    {
        var parts = new List<string> { totals.Agents == 1 ? "1 agent" : $"{totals.Agents} agents" };
        if (totals.FromJournal > 0)
            parts.Add($"{totals.FromJournal} from the journal");
        if (totals.Failed > 0)
            parts.Add($"{totals.Failed} failed");
        if (totals.Skipped > 0)
            parts.Add($"{totals.Skipped} skipped");
        if (totals.Cancelled > 0)
            parts.Add($"{totals.Cancelled} cancelled");
        if (totals.BranchesFailed > 0)
            parts.Add($"{totals.BranchesFailed} branches threw");
        return string.Join(", ", parts);
    }

    private static string Tokens(RunTotals totals) =>
        string.Create(CultureInfo.InvariantCulture, $"{totals.InputTokens:N0} input and {totals.OutputTokens:N0} output tokens");
}
