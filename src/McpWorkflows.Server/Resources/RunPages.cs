using System.Text.Json;
using System.Text.Json.Nodes;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Server.Reports;
using McpWorkflows.Server.Tools;

namespace McpWorkflows.Server.Resources;

/// <summary>Parts of a run as pages of JSON. A page that is not the last names the next one in <c>next</c>.</summary>
internal static class RunPages
{
    private const int Calls = 100;
    private const int Events = 200;
    private const int MaxText = 300;

    /// <summary>Null past the end.</summary>
    public static JsonObject? Result(RunStatus status, long offset)
    {
        var run = status.Run;
        var page = Head(status);
        if (run.ResultJson is null)
        {
            page["result"] = null;
            return offset == 0 ? page : null;
        }

        var text = new ResultText(run.ResultJson);
        if (offset > 0 && offset >= text.Length)
            return null;
        var end = text.EndOfPage((int)offset);
        page["result"] = text.Page((int)offset);
        page["offset"] = offset;
        page["resultChars"] = text.Length;
        page["next"] = end < text.Length ? $"{WorkflowUri.Run(run.Id, "result")}?offset={end}" : null;
        return page;
    }

    /// <param name="after">Number of the last call already known.</param>
    public static JsonObject Of(RunStatus status, IReadOnlyList<CallRecord> calls, long after)
    {
        var page = Head(status);
        var rest = calls.Where(call => call.Number > after).ToList();
        page["calls"] = new JsonArray([.. rest.Take(Calls).Select(Call)]);
        page["next"] = rest.Count > Calls ? $"{WorkflowUri.Run(status.Run.Id, "calls")}?after={rest[Calls - 1].Number}" : null;
        return page;
    }

    /// <param name="after">Sequence of the last event already known; read the page again from <c>cursor</c> for what came since.</param>
    public static async Task<JsonObject> EventsAsync(RunStatus status, IJournal journal, long after, CancellationToken cancellationToken)
    {
        var events = await journal.ReadEventsAsync(status.Run.Id, after, Events, cancellationToken);
        var page = Head(status);
        page["events"] = new JsonArray([.. events.Select(Event)]);
        var cursor = events.Count == 0 ? after : events[^1].Sequence;
        page["cursor"] = cursor;
        page["next"] = $"{WorkflowUri.Run(status.Run.Id, "events")}?after={cursor}";
        page["more"] = events.Count == Events;
        return page;
    }

    private static JsonObject Head(RunStatus status) => new() { ["runId"] = status.Run.Id, ["state"] = status.Run.State.ToText() };

    private static JsonObject Call(CallRecord call)
    {
        var json = new JsonObject
        {
            ["number"] = call.Number,
            ["label"] = RunReports.Cut(call.Label, MaxText),
            ["phase"] = call.Phase,
            ["state"] = call.State.ToString().ToLowerInvariant(),
            ["fromJournal"] = call.FromJournal,
        };
        if (call.Outcome is { } outcome)
        {
            json["attempts"] = outcome.Attempts;
            json["inputTokens"] = outcome.Usage.InputTokens;
            json["outputTokens"] = outcome.Usage.OutputTokens;
            if (outcome.Failure is { } failure)
                json["cause"] = RunReports.CutMiddle(failure.Cause, MaxText);
        }

        return json;
    }

    private static JsonObject Event(RunEvent happened) => new()
    {
        ["sequence"] = happened.Sequence,
        ["time"] = happened.Time,
        ["kind"] = happened.Kind,
        ["payload"] = JsonNode.Parse(RunReports.Element(happened.PayloadJson, 32).GetRawText()),
    };
}
