using System.Collections.Concurrent;
using System.Text.Json;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Planning;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Reports;
using McpWorkflows.Server.Tools;
using ModelContextProtocol.Protocol;

namespace McpWorkflows.Server.Questions;

/// <summary>Asks the person at the client whether a planned run may begin: once, whatever the answer.</summary>
internal sealed class PlanApproval(Workbench workbench)
{
    public const string Key = "plan_approval";

    private const string Field = "run";
    private const int LongestMessage = 4_000;

    private readonly ConcurrentDictionary<string, bool> asked = new(StringComparer.Ordinal);

    /// <summary>The form for the planned run that an answer tells of; null for other answers, and when it was asked before.</summary>
    public async Task<ElicitRequestParams?> FormAsync(CallToolResult result, CancellationToken cancellationToken)
    {
        if (result.IsError is true || result.StructuredContent is not { ValueKind: JsonValueKind.Object } content
            || !content.TryGetProperty("state", out var state) || !state.ValueEquals(RunState.Planned.ToText()))
        {
            return null;
        }

        var status = await (await workbench.EngineAsync(cancellationToken)).GetStatusAsync(content.GetProperty("runId").GetString()!, cancellationToken);
        if (status.Run.State != RunState.Planned || !asked.TryAdd($"{status.Run.Id}/{status.Run.Settings.Slice}", true))
            return null;
        return new ElicitRequestParams
        {
            Message = RunReports.Cut($"Run this plan?\n{string.Join('\n', Lines(status))}", LongestMessage),
            RequestedSchema = new ElicitRequestParams.RequestSchema
            {
                Properties = { [Field] = new ElicitRequestParams.BooleanSchema { Title = "Run it", Default = false } },
                Required = [Field],
            },
        };
    }

    public static bool IsGiven(ElicitResult result) =>
        result.IsAccepted && result.Content?.TryGetValue(Field, out var run) is true && run.ValueKind == JsonValueKind.True;

    /// <summary>Lets the run begin.</summary>
    public async Task<CallToolResult> ApproveAsync(string runId, CancellationToken cancellationToken)
    {
        try
        {
            var engine = await workbench.EngineAsync(cancellationToken);
            var before = await engine.GetStatusAsync(runId, cancellationToken);
            workbench.Models.Require(before.Run.Settings.Model);
            var request = await MadeUpAnswers.LeaveOutAsync(workbench, new ResumeRun { RunId = runId, Approve = true }, before, cancellationToken);
            // The server's own token: what a person approved must not be lost with the client's patience.
            await engine.ResumeAsync(request, workbench.Lifetime).WaitAsync(cancellationToken);
            return WorkflowTool.Answered(RunAnswers.Summary(await engine.GetStatusAsync(runId, cancellationToken)));
        }
        catch (Exception failure) when (UserMessage.Of(failure) is { } message)
        {
            return new CallToolResult { IsError = true, Content = [new TextContentBlock { Text = message }] };
        }
    }

    private static IEnumerable<string> Lines(RunStatus status) => SliceReport.Of(status.Run) is { } slice
        ?
        [
            $"{status.Run.Name}: the first {slice.Items} items of every fan-out were run.",
            $"By what they took, the whole takes about {slice.WholeAgents} agents and {slice.WholeOutputTokens} output tokens, {(slice.WholeCost is { } cost ? PlanText.Dollars(cost) : "at a price that is not known")}.",
        ]
        : status.Plan is { } plan ? PlanText.Lines(plan) : [status.Run.Name];
}
