using System.Text.Json;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpWorkflows.Server.Tasks;

/// <summary>Whose work becomes tasks: the product's runs, or the fixtures of the conformance tests.</summary>
internal interface ITaskSource
{
    /// <summary>Whether calls of a tool may, must or never become tasks.</summary>
    TaskSupport SupportOf(string tool);

    /// <summary>
    /// Starts what the call asks for. A task must be found by <see cref="FindAsync"/> before its id is returned. A call
    /// that comes to its end at once (refused arguments, a question to be answered first) is answered plainly.
    /// </summary>
    /// <param name="call">The tool itself, without a task around it.</param>
    Task<TaskOrResult> StartAsync(
        RequestContext<CallToolRequestParams> request, Func<CancellationToken, Task<CallToolResult>> call, CancellationToken cancellationToken);

    /// <summary>Null for a task that does not exist.</summary>
    Task<TaskSnapshot?> FindAsync(string taskId, CancellationToken cancellationToken);

    /// <summary>Cancels a task; nothing happens to one that has ended.</summary>
    Task CancelAsync(string taskId, CancellationToken cancellationToken);

    /// <summary>Takes answers to what the task asked; unknown keys are left aside.</summary>
    Task UpdateAsync(string taskId, IReadOnlyDictionary<string, JsonElement> answers, CancellationToken cancellationToken);
}

/// <summary>Whether calls of a tool become tasks.</summary>
internal enum TaskSupport
{
    Never,
    Optional,
    Required,
}

/// <summary>One of the two.</summary>
internal sealed record TaskOrResult(TaskSnapshot? Task, CallToolResult? Result)
{
    public static implicit operator TaskOrResult(TaskSnapshot task) => new(task, null);

    public static implicit operator TaskOrResult(CallToolResult result) => new(null, result);
}

/// <summary>States of a task. All but the first two are final.</summary>
internal enum TaskStatusKind
{
    Working,
    InputRequired,
    Completed,
    Failed,
    Cancelled,
}

/// <summary>A task at a moment.</summary>
internal sealed record TaskSnapshot
{
    public required string Id { get; init; }

    public required TaskStatusKind Status { get; init; }

    /// <summary>Where the work stands, for people.</summary>
    public string? Message { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Of a completed one; a tool that failed says so by <c>isError</c>.</summary>
    public CallToolResult? Result { get; init; }

    /// <summary>Of a failed one: the protocol's error.</summary>
    public JsonRpcErrorDetail? Error { get; init; }

    /// <summary>What the task asks, by key; of one that waits for input.</summary>
    public IReadOnlyDictionary<string, InputRequest> Asks { get; init; } = new Dictionary<string, InputRequest>();
}
