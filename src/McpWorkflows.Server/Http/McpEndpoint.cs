using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpWorkflows.Server.Http;

/// <summary>
/// The protocol's Streamable HTTP transport without sessions: each POST has a server of its own, and its answer is the
/// only stream back. What a server must keep between requests (runs, tasks) it keeps behind its tools.
/// </summary>
internal sealed partial class McpEndpoint(IHttpSurface surface, HttpOptions options, ILoggerFactory loggers)
{
    private static readonly JsonTypeInfo<JsonRpcMessage> MessageType =
        (JsonTypeInfo<JsonRpcMessage>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(JsonRpcMessage));

    private readonly ILogger logger = loggers.CreateLogger("http");

    /// <param name="stopping">Ends when the server does.</param>
    public async Task HandleAsync(HttpContext context, CancellationToken stopping)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.Headers.Allow = HttpMethods.Post;
            await Refusal.Request(StatusCodes.Status405MethodNotAllowed, "This endpoint takes POST only: there are no sessions, and every answer is the answer to a POST.").WriteAsync(context);
            return;
        }

        var (message, refusal) = await ReadAsync(context);
        var id = message is JsonRpcRequest request ? request.Id : default;
        refusal ??= MessageRules.Check(context.Request.Headers, message!, surface.RoutingParameter) ?? CheckParameters(context.Request.Headers, message!);
        if (refusal is not null)
        {
            await refusal.WriteAsync(context, id);
            return;
        }

        if (context.Request.Headers[MessageRules.VersionHeader].ToString() is { Length: > 0 } version)
            message!.Context = new JsonRpcMessageContext { ProtocolVersion = version };
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            await ServeAsync(context, message!, ended.Token);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The caller hung up, or the server stops: nobody reads an answer.
        }
        catch (IOException failure)
        {
            LogBroken(failure.Message);
        }
    }

    private async Task ServeAsync(HttpContext context, JsonRpcMessage message, CancellationToken cancellationToken)
    {
        var modern = MessageRules.IsModern(context.Request.Headers);
        var transport = new StreamableHttpServerTransport(loggers) { Stateless = true };
        await using var server = McpServer.Create(transport, modern ? surface.Modern : surface.Handshake, loggers);
        var serving = server.RunAsync(cancellationToken);
        try
        {
            var response = context.Response;
            response.ContentType = "text/event-stream";
            response.Headers.CacheControl = "no-store";
            response.Headers["X-Accel-Buffering"] = "no";
            context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
            var answered = await transport.HandlePostRequestAsync(
                message, response.Body, first => ChooseStatus(response, modern ? first : null), cancellationToken);
            if (!answered)
            {
                response.ContentType = null;
                response.StatusCode = StatusCodes.Status202Accepted;
            }
        }
        finally
        {
            await transport.DisposeAsync();
            await serving.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private Refusal? CheckParameters(IHeaderDictionary headers, JsonRpcMessage message) =>
        MessageRules.IsModern(headers)
        && message is JsonRpcRequest { Method: "tools/call", Params: JsonObject parameters }
        && parameters["name"] is JsonValue name && name.TryGetValue(out string? tool)
        && surface.Modern.ToolCollection?.TryGetPrimitive(tool, out var found) is true
            ? ParameterHeaders.Check(headers, found.ProtocolTool.InputSchema, parameters["arguments"] as JsonObject)
            : null;

    private static ValueTask ChooseStatus(HttpResponse response, JsonRpcMessage? first)
    {
        if (first is JsonRpcError error && !response.HasStarted)
        {
            response.StatusCode = (McpErrorCode)error.Error.Code switch
            {
                McpErrorCode.MethodNotFound => StatusCodes.Status404NotFound,
                McpErrorCode.MissingRequiredClientCapability or McpErrorCode.UnsupportedProtocolVersion or McpErrorCode.HeaderMismatch => StatusCodes.Status400BadRequest,
                _ => response.StatusCode,
            };
        }

        return ValueTask.CompletedTask;
    }

    private async Task<(JsonRpcMessage? Message, Refusal? Refusal)> ReadAsync(HttpContext context)
    {
        var request = context.Request;
        if (!request.HasJsonContentType())
            return (null, Refusal.Request(StatusCodes.Status415UnsupportedMediaType, "Send the message as application/json."));
        if (!Accepts(request, "application/json") || !Accepts(request, "text/event-stream"))
            return (null, Refusal.Request(StatusCodes.Status406NotAcceptable, "The header Accept must list both application/json and text/event-stream."));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        patience.CancelAfter(options.SendTimeout);
        try
        {
            return await JsonSerializer.DeserializeAsync(request.Body, MessageType, patience.Token) is { } message
                ? (message, null)
                : (null, Refusal.Request(StatusCodes.Status400BadRequest, "The body is null, not a JSON-RPC message."));
        }
        catch (JsonException fault)
        {
            return (null, new Refusal(StatusCodes.Status400BadRequest, McpErrorCode.ParseError, $"The body is not one JSON-RPC message: {Place(fault)}."));
        }
        catch (BadHttpRequestException fault)
        {
            var cause = fault.StatusCode == StatusCodes.Status413PayloadTooLarge ? $"The body has more than {options.MaxRequestBytes:N0} bytes." : "The body did not arrive whole and in time.";
            return (null, Refusal.Request(fault.StatusCode, cause));
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            context.Response.Headers.Connection = "close";
            return (null, Refusal.Request(StatusCodes.Status408RequestTimeout, $"The body did not arrive within {options.SendTimeout.TotalSeconds:0} s."));
        }
    }

    private static string Place(JsonException fault) => fault.LineNumber is { } line
        ? $"line {line + 1}, byte {fault.BytePositionInLine + 1}, or nested too deeply there"
        : "a member is missing or has the wrong type";

    private static bool Accepts(HttpRequest request, string type) =>
        request.GetTypedHeaders().Accept.Any(accepted => accepted.MatchesMediaType(type));

    [LoggerMessage(Level = LogLevel.Debug, Message = "A connection broke: {Cause}")]
    private partial void LogBroken(string cause);
}
