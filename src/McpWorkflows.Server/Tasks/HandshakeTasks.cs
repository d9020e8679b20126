using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpWorkflows.Server.Tasks;

/// <summary>
/// Tasks as revision 2025-11-25 had them, in its core and experimental: a client asks for one by the parameter <c>task</c> of
/// a call, and fetches the result by <c>tasks/result</c>. Earlier revisions have none, later ones the extension.
/// </summary>
internal sealed class HandshakeTasks(ITaskSource source, TimeProvider time)
{
    public const string Revision = "2025-11-25";

    private const string Negotiated = "mcp-workflows/negotiated-version";
    private const string RelatedTask = "io.modelcontextprotocol/related-task";

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(500);

    /// <summary>Declares the capability, and the tools that take tasks; the protocol library's types no longer have either.</summary>
    public void AddTo(McpServerOptions options)
    {
        options.Filters.Message.IncomingFilters.Add(next => (context, cancellationToken) =>
        {
            if (context.JsonRpcMessage is JsonRpcRequest request)
            {
                // Handlers of extensions' methods are not told which connection they serve.
                request.Context ??= new JsonRpcMessageContext();
                request.Context.Items ??= new Dictionary<string, object?>();
                request.Context.Items[Negotiated] = context.Server.NegotiatedProtocolVersion;
            }

            return next(context, cancellationToken);
        });
        options.Filters.Message.OutgoingFilters.Add(next => (context, cancellationToken) =>
        {
            if (context.Server.NegotiatedProtocolVersion == Revision && context.JsonRpcMessage is JsonRpcResponse { Result: JsonObject result })
                Declare(result);
            return next(context, cancellationToken);
        });
    }

    /// <summary>The request came on a connection of this revision.</summary>
    public static bool IsFor(JsonRpcRequest request) => request.Context?.Items?.TryGetValue(Negotiated, out var version) is true && version is Revision;

    /// <summary>The call asks to become a task.</summary>
    public static bool IsAsked(RequestContext<CallToolRequestParams> request) =>
        IsFor(request.JsonRpcRequest) && request.JsonRpcRequest.Params is JsonObject parameters && parameters["task"] is JsonObject;

    /// <summary>What comes to its end before there is a task is an error here: nothing but a task may answer such a call.</summary>
    public async ValueTask<ResultOrAlternate<CallToolResult>> CallAsync(
        RequestContext<CallToolRequestParams> request, Func<CancellationToken, Task<CallToolResult>> call, CancellationToken cancellationToken)
    {
        if (source.SupportOf(request.Params.Name) == TaskSupport.Never)
            throw new McpProtocolException($"{request.Params.Name} takes no task: call it without.", McpErrorCode.MethodNotFound);
        var started = await source.StartAsync(request, call, cancellationToken);
        return started.Task is { } task
            ? ResultOrAlternate<CallToolResult>.FromAlternate(TaskJson.Nested(task, TaskLayer.PollInterval), TaskJson.Default.NestedTask)
            : throw new McpProtocolException(
                started.Result?.Content.OfType<TextContentBlock>().FirstOrDefault()?.Text ?? "The call did not become a task.", McpErrorCode.InvalidParams);
    }

    /// <summary><c>tasks/get</c></summary>
    public static JsonObject Get(TaskSnapshot task) => TaskJson.Plain(task, TaskLayer.PollInterval);

    /// <summary><c>tasks/result</c>, which waits for the end.</summary>
    public async Task<JsonObject> ResultAsync(TaskSnapshot task, JsonObject parameters, CancellationToken cancellationToken)
    {
        for (var now = task; ;)
        {
            switch (now.Status)
            {
                case TaskStatusKind.Completed:
                    var result = TaskJson.Of(now.Result ?? new CallToolResult());
                    result["_meta"] = new JsonObject { [RelatedTask] = new JsonObject { ["taskId"] = now.Id } };
                    return result;
                case TaskStatusKind.Failed:
                    throw new McpProtocolException(now.Error?.Message ?? "The task failed.", McpErrorCode.InternalError);
                case TaskStatusKind.Cancelled:
                    throw new McpProtocolException($"Task {now.Id} was cancelled. Call resume with it as runId to go on.", McpErrorCode.InvalidRequest);
                default:
                    await Task.Delay(Pace, time, cancellationToken);
                    now = await source.FindAsync(now.Id, cancellationToken)
                        ?? throw new McpProtocolException($"Task {now.Id} has been deleted.", McpErrorCode.InvalidParams);
                    break;
            }
        }
    }

    /// <summary><c>tasks/cancel</c>: this revision wants an error for a task that has ended.</summary>
    public async Task<JsonObject> CancelAsync(TaskSnapshot task, JsonObject parameters, CancellationToken cancellationToken)
    {
        if (task.Status is not (TaskStatusKind.Working or TaskStatusKind.InputRequired))
            throw new McpProtocolException($"Task {task.Id} has ended already: {task.Status.ToString().ToLowerInvariant()}.", McpErrorCode.InvalidParams);
        await source.CancelAsync(task.Id, cancellationToken);
        return TaskJson.Plain(task with { Status = TaskStatusKind.Cancelled, Message = null }, TaskLayer.PollInterval);
    }

    private void Declare(JsonObject result)
    {
        if (result["capabilities"] is JsonObject capabilities && result.ContainsKey("serverInfo"))
        {
            capabilities["tasks"] = new JsonObject
            {
                ["cancel"] = new JsonObject(),
                ["requests"] = new JsonObject { ["tools"] = new JsonObject { ["call"] = new JsonObject() } },
            };
        }
        else if (result["tools"] is JsonArray tools)
        {
            foreach (var tool in tools.OfType<JsonObject>())
            {
                if (source.SupportOf((string?)tool["name"] ?? "") is var support and not TaskSupport.Never)
                    tool["execution"] = new JsonObject { ["taskSupport"] = support.ToString().ToLowerInvariant() };
            }
        }
    }
}
