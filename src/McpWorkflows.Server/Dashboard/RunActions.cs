using System.Text.Json;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Engine.Workflows;
using McpWorkflows.Server.Composition;
using Microsoft.AspNetCore.Http;

namespace McpWorkflows.Server.Dashboard;

/// <summary>What a person can do to a run from the page.</summary>
internal sealed class RunActions(Workbench workbench)
{
    private const string NoAgent = "No such agent is queued or at work any more.";

    /// <summary>Gives the id of the run that the page shows next. Throws <see cref="UsageException"/> and what the engine throws.</summary>
    public async Task<string> DoAsync(string runId, string action, HttpRequest request, CancellationToken cancellationToken)
    {
        var engine = await workbench.EngineAsync(cancellationToken);
        using var body = await ReadAsync(request, cancellationToken);
        var root = body.RootElement;
        // A person who closes the page has still asked.
        var lifetime = workbench.Lifetime;
        try
        {
            return await DoAsync(engine, runId, action, root, lifetime, cancellationToken);
        }
        catch (Exception fault) when (fault is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new UsageException($"The action '{action}' misses a part, or has it in another form.");
        }
    }

    private async Task<string> DoAsync(
        WorkflowEngine engine, string runId, string action, JsonElement root, CancellationToken lifetime, CancellationToken cancellationToken)
    {
        switch (action)
        {
            case "pause":
                return Done(await engine.PauseAsync(runId, lifetime).WaitAsync(cancellationToken), runId, "The run is not at work, so that there is nothing to pause.");
            case "cancel":
                return Done(await engine.CancelAsync(runId, lifetime).WaitAsync(cancellationToken), runId, "The run has ended already.");
            case "skip":
                return Done(await engine.SkipAsync(runId, Agent(root), lifetime).WaitAsync(cancellationToken), runId, NoAgent);
            case "restart":
                return Done(await engine.RestartAsync(runId, Agent(root), lifetime).WaitAsync(cancellationToken), runId, NoAgent);
            case "resume":
                return await engine.ResumeAsync(new ResumeRun { RunId = runId }, lifetime).WaitAsync(cancellationToken);
            case "answer":
                var answer = new QuestionAnswer(root.GetProperty("number").GetInt32(), root.GetProperty("answer").GetRawText());
                return await engine.ResumeAsync(new ResumeRun { RunId = runId, Answers = [answer] }, lifetime).WaitAsync(cancellationToken);
            case "approve":
                return await engine.ResumeAsync(new ResumeRun { RunId = runId, Approve = true }, lifetime).WaitAsync(cancellationToken);
            case "save":
                await SaveAsync(engine, runId, root, cancellationToken);
                return runId;
            default:
                throw new UsageException($"There is no action '{action}'.");
        }
    }

    private async Task SaveAsync(WorkflowEngine engine, string runId, JsonElement root, CancellationToken cancellationToken)
    {
        var run = await engine.FindRunAsync(runId, cancellationToken);
        workbench.Shelf.Save(new SaveWorkflow
        {
            Script = run.Script,
            Name = root.GetProperty("name").GetString() ?? "",
            Workspace = workbench.Workspace,
            ForUser = root.GetProperty("forUser").GetBoolean(),
            Overwrite = root.GetProperty("overwrite").GetBoolean(),
        });
    }

    private static string Done(bool isDone, string runId, string why) => isDone ? runId : throw new UsageException(why);

    private static string Agent(JsonElement root) => root.GetProperty("agent").GetInt32().ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<JsonDocument> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var body = await JsonDocument.ParseAsync(request.Body, default, cancellationToken);
            return body.RootElement.ValueKind == JsonValueKind.Object ? body : throw new UsageException("The request's body is no JSON object.");
        }
        catch (JsonException)
        {
            throw new UsageException("The request's body is no JSON.");
        }
    }
}
