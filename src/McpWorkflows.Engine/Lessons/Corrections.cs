using System.Globalization;
using System.Text.Json.Nodes;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Lessons;

/// <summary>What a person changed by resuming a run, kept with it as snapshots: the lines of the script that differ, the calls run again.</summary>
internal static class Corrections
{
    private const string Prefix = "correction:";
    private const int ShownLines = 12;
    private const int ShownLength = 160;
    private const int ShownLabels = 20;
    private const int ShownFailures = 5;

    public static bool IsCorrection(string snapshotKey) => snapshotKey.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The entry to be written with the resume; none when nothing was corrected.</summary>
    /// <param name="dropped">Calls that the resume runs again: those that failed are what led to the correction.</param>
    public static IEnumerable<SnapshotTaken> Of(
        RunRecord before, string scriptAfter, ResumeRun request, IEnumerable<CallRecord> dropped, IReadOnlyDictionary<string, string> snapshots)
    {
        var scriptBefore = before.Script;
        if (scriptBefore == scriptAfter && request.Rerun.Count == 0)
            yield break;
        var number = snapshots.Keys.Count(IsCorrection) + 1;
        var correction = new JsonObject();
        if (scriptBefore != scriptAfter)
        {
            correction["removed"] = Missing(scriptBefore, scriptAfter);
            correction["added"] = Missing(scriptAfter, scriptBefore);
        }

        if (request.Rerun.Count > 0)
            correction["rerun"] = new JsonArray([.. request.Rerun.Take(ShownLabels).Select(label => (JsonNode)CutText.At(label, ShownLength))]);
        if (before.Error is { } error)
            correction["error"] = CutText.At(error.ReplaceLineEndings(" "), 2 * ShownLength);
        correction["failed"] = new JsonArray([.. dropped.Where(call => call.State == CallState.Failed).Take(ShownFailures).Select(Failure)]);
        yield return new SnapshotTaken(Prefix + number.ToString(CultureInfo.InvariantCulture), correction.ToJsonString());
    }

    /// <summary>The corrections of a run, oldest first.</summary>
    public static IEnumerable<JsonNode> Read(IReadOnlyDictionary<string, string> snapshots) =>
        snapshots.Where(snapshot => IsCorrection(snapshot.Key)).OrderBy(snapshot => snapshot.Key.Length).ThenBy(snapshot => snapshot.Key, StringComparer.Ordinal)
            .Select(snapshot => JsonNode.Parse(snapshot.Value)!);

    private static JsonNode Failure(CallRecord call) => new JsonObject
    {
        ["label"] = CutText.At(call.Label, ShownLength),
        ["cause"] = CutText.At(call.Outcome?.Failure?.Cause ?? "", 2 * ShownLength),
    };

    /// <summary>Lines of the one text that the other lacks.</summary>
    private static JsonArray Missing(string text, string other)
    {
        var there = Lines(other).CountBy(line => line).ToDictionary(line => line.Key, line => line.Value);
        var missing = Lines(text).Where(line =>
        {
            var left = there.GetValueOrDefault(line);
            there[line] = left - 1;
            return left <= 0;
        });
        return new JsonArray([.. missing.Take(ShownLines).Select(line => (JsonNode)CutText.At(line, ShownLength))]);
    }

    private static IEnumerable<string> Lines(string text) =>
        text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0);
}
