using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace McpWorkflows.Server.Http;

/// <summary>
/// What the headers of a request must say about its body. Intermediaries route by the headers, so that a body that says
/// otherwise is refused. Source: the protocol's Streamable HTTP transport, revision 2026-07-28; earlier revisions know
/// the version header alone.
/// </summary>
internal static class MessageRules
{
    public const string VersionHeader = "MCP-Protocol-Version";
    public const string MethodHeader = "Mcp-Method";
    public const string NameHeader = "Mcp-Name";

    /// <summary>The revision that carries version and capabilities in every request.</summary>
    public const string Modern = "2026-07-28";

    private static readonly string[] Handshake = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];

    // Requests of earlier revisions; the modern one has other means for each.
    private static readonly string[] Removed = ["initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe"];

    public static bool IsModern(IHeaderDictionary headers) => headers[VersionHeader].ToString() == Modern;

    /// <summary>Null when the message may be served.</summary>
    /// <param name="routing">Which parameter of a method, besides those of the protocol, names what it is about.</param>
    public static Refusal? Check(IHeaderDictionary headers, JsonRpcMessage message, Func<string, string?> routing)
    {
        var (method, parameters) = message switch
        {
            JsonRpcRequest request => (request.Method, request.Params),
            JsonRpcNotification notification => (notification.Method, notification.Params),
            _ => (null, null),
        };
        var header = headers[VersionHeader].ToString();
        if (header.Length > 0 && header != Modern && !Handshake.Contains(header))
            return Unsupported(header);
        var meta = (parameters as JsonObject)?["_meta"] as JsonObject;
        var stated = Text(meta, MetaKeys.ProtocolVersion);
        if (method == "initialize" && header.Length > 0 && header != Modern
            && Text(parameters as JsonObject, "protocolVersion") is { } wanted && wanted != header)
        {
            return Refusal.Header($"The header {VersionHeader} says '{header}', the body's params.protocolVersion '{wanted}'. Send the same in both.");
        }

        if (header == Modern || stated == Modern)
            return CheckModern(headers, header, stated, meta, method, message as JsonRpcRequest, parameters as JsonObject, routing);

        // A version that only requests of their own can carry, and that is none of ours.
        return stated is not null && !Handshake.Contains(stated) ? Unsupported(stated) : null;
    }

    private static Refusal? CheckModern(
        IHeaderDictionary headers, string header, string? stated, JsonObject? meta, string? method, JsonRpcRequest? request,
        JsonObject? parameters, Func<string, string?> routing)
    {
        if (header.Length == 0)
            return Refusal.Header($"The body states version '{stated}': the header {VersionHeader} must state it too.");
        if (stated is null && request is not null)
            return Refusal.Invalid($"A request of version {Modern} states it in params._meta[\"{MetaKeys.ProtocolVersion}\"] too.");
        if (stated is not null && stated != header)
            return Refusal.Header($"The header {VersionHeader} says '{header}', the body's _meta '{stated}'. Send the same in both.");
        if (request is not null && meta?[MetaKeys.ClientCapabilities] is not JsonObject)
            return Refusal.Invalid($"A request of version {Modern} lists what the client can in params._meta[\"{MetaKeys.ClientCapabilities}\"]: an object, empty for nothing.");
        if (method is null)
            return null;
        if (CheckNames(headers, method, parameters, routing) is { } mismatch)
            return mismatch;
        return request is not null && Removed.Contains(method)
            ? new Refusal(StatusCodes.Status404NotFound, McpErrorCode.MethodNotFound, $"Version {Modern} has no method '{method}'.")
            : null;
    }

    private static Refusal? CheckNames(IHeaderDictionary headers, string method, JsonObject? parameters, Func<string, string?> routing)
    {
        if (!headers.TryGetValue(MethodHeader, out var stated))
            return Refusal.Header($"The header {MethodHeader} is missing: send the body's method, '{method}', in it.");
        if (stated.ToString().Trim() != method)
            return Refusal.Header($"The header {MethodHeader} says '{stated}', the body '{method}'. Send the same in both.");
        var key = method switch
        {
            "tools/call" or "prompts/get" => "name",
            "resources/read" => "uri",
            _ => routing(method),
        };
        if (key is null || Text(parameters, key) is not { } name)
            return null;
        if (!headers.TryGetValue(NameHeader, out var named))
            return Refusal.Header($"The header {NameHeader} is missing: send the body's params.{key} in it.");
        var decoded = HeaderText.Decode(named.ToString().Trim());
        return decoded == name
            ? null
            : Refusal.Header($"The header {NameHeader} does not hold the body's params.{key}. Send the same in both.");
    }

    private static Refusal Unsupported(string requested) => new(
        StatusCodes.Status400BadRequest,
        McpErrorCode.UnsupportedProtocolVersion,
        $"Protocol version '{requested}' is not supported. Use {Modern}, or initialize with one of {string.Join(", ", Handshake)}.",
        new JsonObject { ["supported"] = new JsonArray(Modern), ["requested"] = requested });

    private static string? Text(JsonObject? node, string name) =>
        node?[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
