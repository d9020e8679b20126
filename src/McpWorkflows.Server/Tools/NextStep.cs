using System.Text.Json;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Server.Reports;

namespace McpWorkflows.Server.Tools;

/// <summary>Tells a model what to do with an answer. Part of the answer itself, since many clients show nothing else.</summary>
internal static class NextStep
{
    /// <param name="resultShown">The answer carries the result or its first page.</param>
    public static string After(RunStatus status, ResultText? result, bool resultShown)
    {
        var run = status.Run;
        var step = run.State switch
        {
            RunState.Planned when run.Settings.Slice is not null =>
                "This was a slice; the whole waits for approval. Show the user its result and what the whole would take (slice). If they agree, call resume with approve true: what is done costs nothing again.",
            RunState.Planned => "The plan waits for approval. Show it to the user. If they agree, call resume with approve true, or with an edited script; else cancel_workflow.",
            RunState.Completed when NotConverged(run.ResultJson) =>
                "Done, but the search stopped at its cap before it converged: tell the user what remained open (open, stopped).",
            RunState.Completed => "Done: use the result.",
            RunState.CompletedWithFailures when run.Totals.Failed == 0 =>
                $"Done, but {run.Totals.BranchesFailed} branches of the script threw and gave null (see failures): say so to the user.",
            RunState.CompletedWithFailures =>
                $"Done, but {run.Totals.Failed} of {run.Totals.Agents} agents failed: say so to the user. resume runs only those again.",
            RunState.Failed => "Read error. After a script error call resume with the corrected script: finished agents cost nothing again.",
            RunState.Cancelled => "Cancelled. resume goes on; finished agents cost nothing again.",
            RunState.Interrupted => "Its process ended. Call resume; finished agents cost nothing again.",
            RunState.Paused => "A person paused it. resume goes on when the user wants that.",
            RunState.Running when status.Questions is [var asked, ..] => $"{Ask(asked.Number)} Other agents are still at work meanwhile.",
            RunState.Running => "Call get_status with this runId and waitSeconds 45, until the state is no longer running.",
            RunState.Waiting when status.Questions is [var asked, ..] => Ask(asked.Number),
            RunState.Waiting when run.WaitingFor == WaitingFor.Quota =>
                $"The model's quota is spent. The run goes on by itself at {run.WaitingUntil:u}: tell the user, and call get_status then. "
                + "With other quota, call resume (with model, if it is another one).",
            _ => "Tell the user that the run waits; ask again later with get_status.",
        };
        if (result is { IsWhole: false })
            step += $" The result is long: read {(resultShown ? "on" : "it")} by get_status with detail \"result:{(resultShown ? result.EndOfPage(0) : 0)}\".";
        return run.Totals.Rehearsed && run.State.IsResult()
            ? $"{step} All answers were made up by the rehearsal model: do not present them as findings."
            : step;
    }

    /// <summary>The result, or a part of it, is that of a search that did not come to its end.</summary>
    internal static bool NotConverged(string? resultJson)
    {
        if (resultJson?.Contains("\"converged\":false", StringComparison.Ordinal) is not true)
            return false;
        var result = RunReports.Element(resultJson);
        return result.ValueKind == JsonValueKind.Object && (Says(result) || result.EnumerateObject().Any(part => Says(part.Value)));

        static bool Says(JsonElement value) =>
            value.ValueKind == JsonValueKind.Object && value.TryGetProperty("converged", out var converged) && converged.ValueKind == JsonValueKind.False;
    }

    private static string Ask(int number) =>
        $"Ask the user what questions say, do not answer yourself, and call resume with answers {{\"{number}\": …}}, each matching its schema.";

    private static bool IsResult(this RunState state) => state is RunState.Completed or RunState.CompletedWithFailures;
}
