using System.Collections.Concurrent;
using System.Text.Json;
using McpWorkflows.Server.Tasks;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpWorkflows.Server.Tests.Conformance;

/// <summary>Tools whose calls become tasks, held in memory.</summary>
internal sealed class TaskFixtures : ITaskSource
{
    private static readonly string[] Optional = ["slow_compute", "protocol_error_job", "confirm_delete", "multi_input"];
    private static readonly string[] Required = ["failing_job", "test_tool_with_task"];

    private readonly ConcurrentDictionary<string, Job> jobs = new();

    public static IEnumerable<McpServerTool> Tools =>
    [
        new FixtureTool("slow_compute", async (request, cancellationToken) =>
        {
            var seconds = request.Params.Arguments?.TryGetValue("seconds", out var value) is true ? value.GetDouble() : 0;
            await Task.Delay(TimeSpan.FromSeconds(seconds), cancellationToken);
            return FixtureTool.Text("42");
        }),
        new FixtureTool("failing_job", (_, _) => Task.FromResult(new CallToolResult { IsError = true, Content = [new TextContentBlock { Text = "The job failed." }] })),
        new FixtureTool("protocol_error_job", (_, _) => throw new McpProtocolException("The job broke.", McpErrorCode.InternalError)),
        new FixtureTool("confirm_delete", (_, _) => Task.FromResult(FixtureTool.Text("Deleted."))),
        new FixtureTool("multi_input", (_, _) => Task.FromResult(FixtureTool.Text("Both are there."))),
        new FixtureTool("test_tool_with_task", (request, _) => InputFixtures.Answers(request.Params.InputResponses) is { Count: > 0 } answers
            ? Task.FromResult(FixtureTool.Text($"Hello, {InputFixtures.Field(answers.First().Value, "name")}!"))
            : throw new InputRequiredException(new Dictionary<string, InputRequest> { ["user_name"] = InputFixtures.AskName() })),
    ];

    public TaskSupport SupportOf(string tool) =>
        Optional.Contains(tool) ? TaskSupport.Optional : Required.Contains(tool) ? TaskSupport.Required : TaskSupport.Never;

    public Task<TaskOrResult> StartAsync(
        RequestContext<CallToolRequestParams> request, Func<CancellationToken, Task<CallToolResult>> call, CancellationToken cancellationToken)
    {
        if (request.Params.Name == "test_tool_with_task" && InputFixtures.Answers(request.Params.InputResponses).Count == 0)
            throw new InputRequiredException(new Dictionary<string, InputRequest> { ["user_name"] = InputFixtures.AskName() });
        var job = new Job(request.Params.Name switch
        {
            "confirm_delete" => ["confirm"],
            "multi_input" => ["first", "second"],
            _ => [],
        });
        jobs[job.Id] = job;
        job.Run(call);
        return Task.FromResult<TaskOrResult>(job.Snapshot());
    }

    public Task<TaskSnapshot?> FindAsync(string taskId, CancellationToken cancellationToken) =>
        Task.FromResult(jobs.TryGetValue(taskId, out var job) ? job.Snapshot() : null);

    public async Task CancelAsync(string taskId, CancellationToken cancellationToken) => await jobs[taskId].CancelAsync();

    public Task UpdateAsync(string taskId, IReadOnlyDictionary<string, JsonElement> answers, CancellationToken cancellationToken)
    {
        jobs[taskId].Answer(answers.Keys);
        return Task.CompletedTask;
    }

    private sealed class Job(string[] asks)
    {
        private readonly CancellationTokenSource stop = new();
        private readonly TaskCompletionSource answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ConcurrentDictionary<string, InputRequest> open = new(asks.Select(ask => KeyValuePair.Create(ask, InputFixtures.AskName($"{ask}?"))));
        private readonly DateTimeOffset createdAt = DateTimeOffset.UtcNow;
        private Task<CallToolResult>? work;

        public string Id { get; } = Guid.NewGuid().ToString("N");

        public void Run(Func<CancellationToken, Task<CallToolResult>> call)
        {
            if (open.IsEmpty)
                answered.TrySetResult();
            work = Task.Run(async () =>
            {
                await answered.Task.WaitAsync(stop.Token);
                return await call(stop.Token);
            });
        }

        public Task CancelAsync() => stop.CancelAsync();

        public void Answer(IEnumerable<string> keys)
        {
            foreach (var key in keys)
                open.TryRemove(key, out _);
            if (open.IsEmpty)
                answered.TrySetResult();
        }

        public TaskSnapshot Snapshot() => new()
        {
            Id = Id,
            CreatedAt = createdAt,
            UpdatedAt = DateTimeOffset.UtcNow,
            Status = work switch
            {
                { IsCompletedSuccessfully: true } => TaskStatusKind.Completed,
                { IsCanceled: true } => TaskStatusKind.Cancelled,
                { IsFaulted: true } => TaskStatusKind.Failed,
                _ => open.IsEmpty ? TaskStatusKind.Working : TaskStatusKind.InputRequired,
            },
            Result = work is { IsCompletedSuccessfully: true } done ? done.Result : null,
            Error = work is { IsFaulted: true } failed ? new JsonRpcErrorDetail { Code = (int)McpErrorCode.InternalError, Message = failed.Exception!.InnerException!.Message } : null,
            Asks = new Dictionary<string, InputRequest>(open),
        };
    }
}
