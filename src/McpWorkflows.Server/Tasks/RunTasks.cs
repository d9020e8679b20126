using System.Text.Json;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Tools;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpWorkflows.Server.Tasks;

/// <summary>Runs as tasks. A task's id is the run's, so that every other tool takes it, and a task lives as long as the journal.</summary>
internal sealed class RunTasks(Workbench workbench) : ITaskSource
{
    // Agents at work are told, and a run of another process learns of it by polling.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    public TaskSupport SupportOf(string tool) => tool == "start_workflow" ? TaskSupport.Optional : TaskSupport.Never;

    public async Task<TaskOrResult> StartAsync(
        RequestContext<CallToolRequestParams> request, Func<CancellationToken, Task<CallToolResult>> call, CancellationToken cancellationToken)
    {
        // Whoever gets a task waits for that, not for the call.
        request.Params.Arguments?.Remove("waitSeconds");
        var answer = await call(cancellationToken);
        return answer.IsError is not true
            && answer.StructuredContent is { } content
            && content.TryGetProperty("runId", out var runId)
            && await FindAsync(runId.GetString()!, cancellationToken) is { } task
                ? task
                : answer;
    }

    public async Task<TaskSnapshot?> FindAsync(string taskId, CancellationToken cancellationToken)
    {
        var engine = await workbench.EngineAsync(cancellationToken);
        try
        {
            return Snapshot(await engine.GetStatusAsync(taskId, cancellationToken), DateTimeOffset.UtcNow);
        }
        catch (RunNotFoundException)
        {
            return null;
        }
    }

    public async Task CancelAsync(string taskId, CancellationToken cancellationToken)
    {
        var engine = await workbench.EngineAsync(cancellationToken);
        await engine.CancelAsync(taskId, workbench.Lifetime).WaitAsync(cancellationToken);
        await engine.WaitAsync(taskId, Grace, cancellationToken);
    }

    public Task UpdateAsync(string taskId, IReadOnlyDictionary<string, JsonElement> answers, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// A run that somebody must do something about before it goes on has come to its answer, which says what: nobody would
    /// do it while the task is said to be at work.
    /// </summary>
    internal static TaskSnapshot Snapshot(RunStatus status, DateTimeOffset now)
    {
        var run = status.Run;
        var kind = run.State switch
        {
            RunState.Waiting when status.Questions.Count > 0 => TaskStatusKind.Completed,
            RunState.Running or RunState.Waiting or RunState.Paused => TaskStatusKind.Working,
            RunState.Cancelled => TaskStatusKind.Cancelled,
            _ => TaskStatusKind.Completed,
        };
        return new TaskSnapshot
        {
            Id = run.Id,
            Status = kind,
            Message = kind == TaskStatusKind.Working ? Where(status) : null,
            CreatedAt = run.CreatedAt,
            UpdatedAt = run.EndedAt ?? now,
            Result = kind == TaskStatusKind.Completed ? Result(status) : null,
        };
    }

    private static string Where(RunStatus status) =>
        status.Run.State == RunState.Running ? RunWatch.Describe(status) : $"{status.Run.State.ToText()}: {RunWatch.Describe(status)}";

    private static CallToolResult Result(RunStatus status)
    {
        var result = WorkflowTool.Answered(RunAnswers.Summary(status));
        result.IsError = status.Run.State is RunState.Failed or RunState.Interrupted ? true : null;
        return result;
    }
}
