using System.Globalization;
using System.Text.Json;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Http;
using McpWorkflows.Server.Tools;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpWorkflows.Server.Questions;

/// <summary>
/// Puts a run's open questions to the person at the client, where the client can ask: in revision 2026-07-28 by an answer
/// that requires input, before by a request in the middle of the call. Everybody else finds them in the tool's answer.
/// </summary>
internal sealed class QuestionLayer(Workbench workbench)
{
    // A call without progress is given up by most clients after a minute.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan PatienceWithProgress = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    private readonly PlanApproval plans = new(workbench);

    private static readonly string[] Tools = ["start_workflow", "get_status", "resume"];

    /// <param name="pushes">The server can send requests to the client.</param>
    public void AddTo(McpServerOptions options, bool pushes) => options.Filters.Request.CallToolFilters.Add(next => async (request, cancellationToken) =>
    {
        if (!Tools.Contains(request.Params.Name) || request.Server.ClientCapabilities?.Elicitation is null)
            return await next(request, cancellationToken);
        if (request.JsonRpcRequest.Context?.ProtocolVersion == MessageRules.Modern)
            return await AskByResultAsync(request, next, cancellationToken);
        var result = await next(request, cancellationToken);
        if (pushes && await plans.FormAsync(result, cancellationToken) is { } plan)
            result = await ApproveNowAsync(request, result, plan, cancellationToken);
        return pushes && await OpenAsync(result, cancellationToken) is { Count: > 0 } open ? await AskNowAsync(request, result, open, cancellationToken) : result;
    });

    private async ValueTask<CallToolResult> AskByResultAsync(
        RequestContext<CallToolRequestParams> request, McpRequestHandler<CallToolRequestParams, CallToolResult> next, CancellationToken cancellationToken)
    {
        // The state is the run's id: the call that asked is not made again, since it would start another run.
        CallToolResult result;
        if (request.Params.InputResponses is { Count: > 0 } responses && request.Params.RequestState is { } runId)
        {
            if (responses.TryGetValue(PlanApproval.Key, out var said))
            {
                return said.RawValue.ValueKind == JsonValueKind.Object && PlanApproval.IsGiven(said.Deserialize(InputResponse.ElicitResultJsonTypeInfo)!)
                    ? await plans.ApproveAsync(runId, cancellationToken)
                    : WorkflowTool.Answered(RunAnswers.Summary(await StatusAsync(await workbench.EngineAsync(cancellationToken), runId, cancellationToken)));
            }

            var engine = await workbench.EngineAsync(cancellationToken);
            var asked = (await StatusAsync(engine, runId, cancellationToken)).Questions;
            var answers = responses
                .Select(response => (Question: asked.FirstOrDefault(question => Key(question) == response.Key), response.Value))
                .Where(pair => pair.Question is not null && pair.Value?.RawValue.ValueKind == JsonValueKind.Object)
                .Select(pair => (pair.Question!.Number, Json: new QuestionForm(pair.Question).Answer(pair.Value.Deserialize(InputResponse.ElicitResultJsonTypeInfo)!)))
                .ToList();
            result = await AnswerAsync(engine, runId, answers, cancellationToken);
            if (answers.Exists(answer => answer.Json is null))
                return result;
        }
        else
        {
            result = await next(request, cancellationToken);
        }

        if (await plans.FormAsync(result, cancellationToken) is { } plan)
            throw new InputRequiredException(new Dictionary<string, InputRequest> { [PlanApproval.Key] = InputRequest.ForElicitation(plan) }, RunOf(result));
        return await OpenAsync(result, cancellationToken) is { Count: > 0 } open
            ? throw new InputRequiredException(
                open.ToDictionary(Key, question => InputRequest.ForElicitation(new QuestionForm(question).Parameters)), RunOf(result))
            : result;
    }

    private async Task<CallToolResult> ApproveNowAsync(
        RequestContext<CallToolRequestParams> request, CallToolResult result, ElicitRequestParams form, CancellationToken cancellationToken)
    {
        var progress = ProgressChannel.Of(request, cancellationToken);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(progress.IsOpen ? PatienceWithProgress : Patience);
        try
        {
            var asking = request.Server.ElicitAsync(form, patience.Token).AsTask();
            await progress.WhileAsync(asking, "Waiting for the user's approval of the plan");
            return PlanApproval.IsGiven(await asking) ? await plans.ApproveAsync(RunOf(result)!, cancellationToken) : result;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Nobody answers now: the plan stands in the result, and waits.
            return result;
        }
        catch (McpException)
        {
            // A client that says it can ask, and then cannot.
            return result;
        }
    }

    private async Task<CallToolResult> AskNowAsync(
        RequestContext<CallToolRequestParams> request, CallToolResult result, IReadOnlyList<QuestionRecord> open, CancellationToken cancellationToken)
    {
        var progress = ProgressChannel.Of(request, cancellationToken);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(progress.IsOpen ? PatienceWithProgress : Patience);
        var answers = new List<(int Number, string? Json)>();
        try
        {
            foreach (var question in open)
            {
                var form = new QuestionForm(question);
                var asking = request.Server.ElicitAsync(form.Parameters, patience.Token).AsTask();
                await progress.WhileAsync(asking, "Waiting for the user's answer");
                answers.Add((question.Number, form.Answer(await asking)));
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Nobody answers now: the question stands in the result, and stays open.
        }
        catch (McpException)
        {
            // A client that says it can ask, and then cannot.
        }

        return answers.Exists(answer => answer.Json is not null)
            ? await AnswerAsync(await workbench.EngineAsync(cancellationToken), RunOf(result)!, answers, cancellationToken)
            : result;
    }

    private async Task<CallToolResult> AnswerAsync(
        WorkflowEngine engine, string runId, IReadOnlyList<(int Number, string? Json)> answers, CancellationToken cancellationToken)
    {
        var given = answers.Where(answer => answer.Json is not null).Select(answer => new QuestionAnswer(answer.Number, answer.Json!)).ToList();
        if (given.Count > 0)
        {
            try
            {
                // The server's own token: an answer that a person gave must not be lost with the client's patience.
                await engine.ResumeAsync(new ResumeRun { RunId = runId, Answers = given }, workbench.Lifetime).WaitAsync(cancellationToken);
            }
            catch (Exception failure) when (UserMessage.Of(failure) is { } message)
            {
                return new CallToolResult { IsError = true, Content = [new TextContentBlock { Text = message }] };
            }
        }

        return WorkflowTool.Answered(RunAnswers.Summary(await engine.WaitAsync(runId, Settling, cancellationToken)));
    }

    private async Task<IReadOnlyList<QuestionRecord>> OpenAsync(CallToolResult result, CancellationToken cancellationToken) =>
        result.IsError is not true && RunOf(result) is { } runId && result.StructuredContent!.Value.TryGetProperty("questions", out _)
            ? (await (await workbench.EngineAsync(cancellationToken)).GetStatusAsync(runId, cancellationToken)).Questions
            : [];

    private static async Task<RunStatus> StatusAsync(WorkflowEngine engine, string runId, CancellationToken cancellationToken)
    {
        try
        {
            return await engine.GetStatusAsync(runId, cancellationToken);
        }
        catch (RunNotFoundException)
        {
            throw new McpProtocolException("The request state names no run of this server. Call get_status instead.", McpErrorCode.InvalidParams);
        }
    }

    private static string? RunOf(CallToolResult result) =>
        result.StructuredContent is { ValueKind: JsonValueKind.Object } content && content.TryGetProperty("runId", out var id) ? id.GetString() : null;

    private static string Key(QuestionRecord question) => $"question_{question.Number.ToString(CultureInfo.InvariantCulture)}";
}
