using System.Globalization;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Planning;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Reports;
using Microsoft.Extensions.Logging;

namespace McpWorkflows.Server.Tools;

/// <summary><c>get_status</c></summary>
internal sealed class GetStatusTool(Workbench workbench, RunWatch watch, ILogger logger) : WorkflowTool("get_status", logger)
{
    private const int ListedRuns = 10;
    private const string ResultPrefix = "result:";

    protected override async Task<object> AnswerAsync(ToolArguments arguments, ProgressChannel progress, CancellationToken cancellationToken)
    {
        var detail = arguments.Text("detail") ?? "summary";
        var offset = OffsetIn(detail);
        var wait = arguments.Wait();
        var engine = await workbench.EngineAsync(cancellationToken);
        if (arguments.Text("runId") is not { } runId)
            return await ListAsync(engine, cancellationToken);
        var status = LiveRuns.Timed(await watch.WaitAsync(engine, runId, wait, progress, cancellationToken), DateTimeOffset.UtcNow);
        if (offset is { } from)
            return Page(status, from);
        var journal = await workbench.JournalAsync(cancellationToken);
        if (detail != "full")
            return RunAnswers.Summary(status, journal.Outage);
        try
        {
            var plan = WorkflowPlan.In(await journal.ReadSnapshotsAsync(runId, cancellationToken));
            return RunAnswers.Full(status with { Plan = plan }, await journal.ReadCallsAsync(runId, cancellationToken));
        }
        catch (JournalAwayException away)
        {
            // A run of this process: what its memory holds is worth more than a refusal.
            return RunAnswers.Summary(status, journal.Outage ?? away.Message);
        }
    }

    private static int? OffsetIn(string detail)
    {
        if (detail is "summary" or "full")
            return null;
        if (detail == "result")
            return 0;
        return detail.StartsWith(ResultPrefix, StringComparison.Ordinal)
            && int.TryParse(detail.AsSpan(ResultPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
                ? offset
                : throw new ToolInputException($"'detail' must be summary, full or result:OFFSET (for example result:8000), not '{RunReports.Cut(detail, 40)}'.");
    }

    private static async Task<RunListAnswer> ListAsync(WorkflowEngine engine, CancellationToken cancellationToken)
    {
        var runs = await LiveRuns.ListAsync(engine, ListedRuns, cancellationToken);
        return new RunListAnswer
        {
            Runs = [.. runs.Select(RunListItem.Of)],
            Next = runs.Count == 0 ? "There are no runs yet: call start_workflow." : "Call get_status with a runId for its result.",
        };
    }

    private static ResultPage Page(RunStatus status, int offset)
    {
        var run = status.Run;
        if (run.ResultJson is null)
            throw new ToolInputException($"Run {run.Id} has no result: its state is {run.State.ToText()}. Call get_status without detail.");
        var text = new ResultText(run.ResultJson);
        if (offset >= text.Length && offset > 0)
            throw new ToolInputException($"The result has {text.Length} characters; offset {offset} is past its end.");
        var end = text.EndOfPage(offset);
        return new ResultPage
        {
            RunId = run.Id,
            State = run.State.ToText(),
            Result = text.Page(offset),
            Offset = offset,
            ResultChars = text.Length,
            Next = end < text.Length ? $"Read on by get_status with detail \"result:{end}\"." : "This was the last part.",
        };
    }
}
