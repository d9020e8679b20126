using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace McpWorkflows.Server.Http;

/// <summary>A request that goes no further: the HTTP status and the JSON-RPC error.</summary>
internal sealed record Refusal(int Status, McpErrorCode Code, string Message, JsonNode? Data = null)
{
    public static Refusal Header(string message) => new(StatusCodes.Status400BadRequest, McpErrorCode.HeaderMismatch, message);

    public static Refusal Invalid(string message) => new(StatusCodes.Status400BadRequest, McpErrorCode.InvalidParams, message);

    public static Refusal Request(int status, string message) => new(status, McpErrorCode.InvalidRequest, message);

    /// <param name="id">The request's, where it could be read.</param>
    public async Task WriteAsync(HttpContext context, RequestId id = default)
    {
        context.Response.StatusCode = Status;
        context.Response.ContentType = "application/json";
        var error = new JsonRpcError { Id = id, Error = new JsonRpcErrorDetail { Code = (int)Code, Message = Message, Data = Data } };
        await JsonSerializer.SerializeAsync(
            context.Response.Body, error, McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(JsonRpcError)), context.RequestAborted);
    }
}
