using System.Text.Json;
using System.Text.Json.Nodes;
using McpWorkflows.Server.Reports;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpWorkflows.Server.Tasks;

/// <summary>
/// The extension <c>io.modelcontextprotocol/tasks</c> of revision 2026-07-28 on the protocol library's own seams. A call
/// becomes a task only for a client that declares the extension on that very request, or asks for one in the way of
/// revision 2025-11-25 (<see cref="HandshakeTasks"/>); nobody else sees a difference.
/// </summary>
internal sealed class TaskLayer(ITaskSource source, TimeProvider time)
{
    public const string Extension = "io.modelcontextprotocol/tasks";

    /// <summary>How often clients are to ask.</summary>
    public static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(2);

    private const string TaskId = "taskId";

    private readonly HandshakeTasks handshake = new(source, time);

    public static string? RoutingParameter(string method) => method is "tasks/get" or "tasks/update" or "tasks/cancel" ? TaskId : null;

    public void AddTo(McpServerOptions options)
    {
        options.Capabilities ??= new ServerCapabilities();
        options.Capabilities.Extensions ??= new Dictionary<string, object>();
        options.Capabilities.Extensions[Extension] = new JsonObject();
        options.RequestHandlers ??= [];
        options.RequestHandlers.Add(Handler(
            "tasks/get", (task, _, _) => Task.FromResult(TaskJson.Detailed(task, PollInterval)), (task, _, _) => Task.FromResult(HandshakeTasks.Get(task))));
        options.RequestHandlers.Add(Handler("tasks/cancel", CancelAsync, handshake.CancelAsync));
        options.RequestHandlers.Add(Handler("tasks/update", UpdateAsync, null));
        options.RequestHandlers.Add(Handler("tasks/result", null, handshake.ResultAsync));
        handshake.AddTo(options);
        options.Filters.Request.CallToolWithAlternateFilters.Add((request, next, cancellationToken) => CallAsync(request, next, cancellationToken));
    }

    private async ValueTask<ResultOrAlternate<CallToolResult>> CallAsync(
        RequestContext<CallToolRequestParams> request,
        McpRequestHandler<CallToolRequestParams, ResultOrAlternate<CallToolResult>> next,
        CancellationToken cancellationToken)
    {
        var asked = HandshakeTasks.IsAsked(request);
        var support = source.SupportOf(request.Params.Name);
        if (!asked && support == TaskSupport.Never)
            return await next(request, cancellationToken);
        if (!asked && !IsDeclared(request.JsonRpcRequest))
            return support == TaskSupport.Required ? throw Undeclared() : await next(request, cancellationToken);

        // A task is watched by asking; progress on a request that has been answered is against the protocol.
        request.Params.Meta?.Remove("progressToken");
        async Task<CallToolResult> ToolAsync(CancellationToken token) => (await next(request, token)).Result!;
        if (asked)
            return await handshake.CallAsync(request, ToolAsync, cancellationToken);
        var started = await source.StartAsync(request, ToolAsync, cancellationToken);
        return started.Task is { } task
            ? ResultOrAlternate<CallToolResult>.FromAlternate(TaskJson.Created(task, PollInterval), TaskJson.Default.TaskCreated)
            : new ResultOrAlternate<CallToolResult>(started.Result!);
    }

    /// <param name="modern">The answer in revision 2026-07-28; null where that has no such method.</param>
    /// <param name="earlier">The same in revision 2025-11-25.</param>
    private McpServerRequestHandler Handler(string method, TaskMethod? modern, TaskMethod? earlier) => new()
    {
        Method = method,
        RoutingNameParameter = TaskId,
        Handler = async (request, cancellationToken) =>
        {
            var isModern = request.Context?.ProtocolVersion == Http.MessageRules.Modern;
            if ((isModern ? modern : HandshakeTasks.IsFor(request) ? earlier : null) is not { } answer)
                throw new McpProtocolException($"There is no method '{method}' in this version of the protocol.", McpErrorCode.MethodNotFound);
            if (isModern && !IsDeclared(request))
                throw Undeclared();
            if ((request.Params as JsonObject)?[TaskId] is not JsonValue value || !value.TryGetValue(out string? id))
                throw new McpProtocolException($"'{TaskId}' is missing: give the id that the call returned.", McpErrorCode.InvalidParams);
            var task = await source.FindAsync(id, cancellationToken)
                ?? throw new McpProtocolException($"There is no task '{RunReports.Cut(id, 80)}'.", McpErrorCode.InvalidParams);
            return await answer(task, request.Params.AsObject(), cancellationToken);
        },
    };

    private async Task<JsonObject> CancelAsync(TaskSnapshot task, JsonObject parameters, CancellationToken cancellationToken)
    {
        if (task.Status is TaskStatusKind.Working or TaskStatusKind.InputRequired)
            await source.CancelAsync(task.Id, cancellationToken);
        return TaskJson.Acknowledged();
    }

    private async Task<JsonObject> UpdateAsync(TaskSnapshot task, JsonObject parameters, CancellationToken cancellationToken)
    {
        if (parameters["inputResponses"] is not JsonObject responses)
            throw new McpProtocolException("'inputResponses' is missing: an object of answers by the keys of inputRequests.", McpErrorCode.InvalidParams);
        await source.UpdateAsync(
            task.Id, responses.ToDictionary(response => response.Key, response => JsonSerializer.SerializeToElement(response.Value)), cancellationToken);
        return TaskJson.Acknowledged();
    }

    private static bool IsDeclared(JsonRpcRequest request) =>
        request.Context?.ProtocolVersion == Http.MessageRules.Modern
        && request.Context.ClientCapabilities?.Extensions?.ContainsKey(Extension) is true;

    private static MissingRequiredClientCapabilityException Undeclared() => new(
        new ClientCapabilities { Extensions = new Dictionary<string, object> { [Extension] = new JsonObject() } },
        $"Declare the extension {Extension} in this request's client capabilities.");

    private delegate Task<JsonObject> TaskMethod(TaskSnapshot task, JsonObject parameters, CancellationToken cancellationToken);
}
