using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace McpWorkflows.Server.Tasks;

/// <summary>The answer to a call that became a task: the task's fields beside the result's own.</summary>
internal sealed class TaskCreated : Result
{
    public required string TaskId { get; init; }

    public required string Status { get; init; }

    public string? StatusMessage { get; init; }

    public required string CreatedAt { get; init; }

    public required string LastUpdatedAt { get; init; }

    /// <summary>Null: kept as long as the journal keeps the run.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? TtlMs { get; init; }

    public required int PollIntervalMs { get; init; }
}

/// <summary>The same in revision 2025-11-25: the task stands in a member of its own.</summary>
internal sealed class NestedTask : Result
{
    public required PlainTask Task { get; init; }
}

/// <summary>A task in revision 2025-11-25.</summary>
internal sealed class PlainTask
{
    public required string TaskId { get; init; }

    public required string Status { get; init; }

    public string? StatusMessage { get; init; }

    public required string CreatedAt { get; init; }

    public required string LastUpdatedAt { get; init; }

    /// <summary>Null: kept as long as the journal keeps the run.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? Ttl { get; init; }

    public required int PollInterval { get; init; }
}

/// <summary>
/// The wire form of tasks. Source: the extension <c>io.modelcontextprotocol/tasks</c> (SEP-2663); for the plain form the
/// utility "Tasks" of revision 2025-11-25.
/// </summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TaskCreated))]
[JsonSerializable(typeof(NestedTask))]
internal sealed partial class TaskJson : JsonSerializerContext
{
    public static TaskCreated Created(TaskSnapshot task, TimeSpan poll) => new()
    {
        ResultType = "task",
        TaskId = task.Id,
        Status = Text(task.Status),
        StatusMessage = task.Message,
        CreatedAt = Time(task.CreatedAt),
        LastUpdatedAt = Time(task.UpdatedAt),
        PollIntervalMs = (int)poll.TotalMilliseconds,
    };

    /// <summary>The answer to <c>tasks/get</c>.</summary>
    public static JsonObject Detailed(TaskSnapshot task, TimeSpan poll)
    {
        var json = JsonSerializer.SerializeToNode(Created(task, poll), Default.TaskCreated)!.AsObject();
        json["resultType"] = "complete";
        if (task.Status == TaskStatusKind.Completed)
            json["result"] = Of(task.Result ?? new CallToolResult());
        if (task.Status == TaskStatusKind.Failed)
            json["error"] = Node(task.Error ?? new JsonRpcErrorDetail { Code = (int)McpErrorCode.InternalError, Message = "The task failed." });
        if (task.Status == TaskStatusKind.InputRequired)
            json["inputRequests"] = new JsonObject(task.Asks.Select(ask => KeyValuePair.Create(ask.Key, Node(ask.Value))));
        return json;
    }

    public static JsonObject Acknowledged() => new() { ["resultType"] = "complete" };

    public static NestedTask Nested(TaskSnapshot task, TimeSpan poll) => new()
    {
        Task = new PlainTask
        {
            TaskId = task.Id,
            Status = Text(task.Status),
            StatusMessage = task.Message,
            CreatedAt = Time(task.CreatedAt),
            LastUpdatedAt = Time(task.UpdatedAt),
            PollInterval = (int)poll.TotalMilliseconds,
        },
    };

    /// <summary>The answer to <c>tasks/get</c> in revision 2025-11-25.</summary>
    public static JsonObject Plain(TaskSnapshot task, TimeSpan poll) =>
        JsonSerializer.SerializeToNode(Nested(task, poll).Task, Default.PlainTask)!.AsObject();

    public static JsonObject Of(CallToolResult result) => Node(result)!.AsObject();

    private static JsonNode? Node<T>(T value) => JsonSerializer.SerializeToNode(value, McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(T)));

    private static string Time(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    private static string Text(TaskStatusKind status) => status switch
    {
        TaskStatusKind.InputRequired => "input_required",
        _ => status.ToString().ToLowerInvariant(),
    };
}
