using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace McpWorkflows.Testing.Models;

/// <summary>How a call left the server.</summary>
public enum CallEnd
{
    /// <summary>Still in flight.</summary>
    Open,

    /// <summary>Its reply was written to the end.</summary>
    Answered,

    /// <summary>The client closed the connection first.</summary>
    AbortedByClient,

    /// <summary>The server closed the connection, as the reply told it to or because it stopped.</summary>
    CutByServer,
}

/// <summary>One request for a completion, as it came over the wire.</summary>
public sealed class ModelCall
{
    internal ModelCall(JsonElement body, HttpRequest request)
    {
        Body = body;
        Path = request.Path.Value ?? "";
        Query = request.QueryString.Value ?? "";
        Headers = request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        Chat = IsAnthropic ? AnthropicRequest.ToChat(body) : body;
        Messages = ModelMessage.ReadAll(Chat);
        Tools = ModelTool.ReadAll(Chat);
    }

    public string Path { get; }

    /// <summary>With its question mark; empty for none.</summary>
    public string Query { get; }

    public IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary>It came in the form of Anthropic's Messages API.</summary>
    public bool IsAnthropic => Path.EndsWith("/messages", StringComparison.Ordinal);

    /// <summary>The request in the form of Chat Completions, whatever form it came in.</summary>
    internal JsonElement Chat { get; }

    /// <summary>From 1, in the order of arrival.</summary>
    public int Number { get; internal set; }

    /// <summary>The request's JSON; undefined when it was none.</summary>
    public JsonElement Body { get; }

    public IReadOnlyList<ModelMessage> Messages { get; }

    public IReadOnlyList<ModelTool> Tools { get; }

    public DateTimeOffset ArrivedAt { get; internal set; }

    public DateTimeOffset? EndedAt { get; internal set; }

    public CallEnd End { get; internal set; }

    /// <summary>Calls in flight when this one had arrived, itself included.</summary>
    public int InFlight { get; internal set; }

    /// <summary>Why the request broke the rules of the wire format; null when it kept them.</summary>
    public string? Refusal { get; internal set; }

    public string Model => Text("model") ?? "";

    public bool Streams => Flag(Body, "stream");

    public bool WantsUsage => !Streams || (Property(Body, "stream_options") is { } options && Flag(options, "include_usage"));

    /// <summary>The bearer token, or the key in a header of its own, or null.</summary>
    public string? ApiKey => Headers.GetValueOrDefault("Authorization") is { } authorization && authorization.StartsWith("Bearer ", StringComparison.Ordinal)
        ? authorization[7..]
        : Headers.GetValueOrDefault("api-key") ?? Headers.GetValueOrDefault("x-api-key");

    /// <summary>The task: text of the first user message.</summary>
    public string Prompt => Messages.FirstOrDefault(message => message.Role == "user")?.Content ?? "";

    public string Instructions => string.Join("\n", Messages.Where(message => message.Role is "system" or "developer").Select(message => message.Content));

    /// <summary>What tools have answered so far, in order.</summary>
    public IReadOnlyList<ModelMessage> ToolResults => [.. Messages.Where(message => message.Role == "tool")];

    /// <summary>Rounds that the model has already had in this conversation.</summary>
    public int Turn => Messages.Count(message => message.Role == "assistant");

    /// <summary>The answer's schema, from the <c>StructuredOutput</c> tool or the JSON-schema mode; null without one.</summary>
    public JsonElement? AnswerSchema =>
        AnswerTool?.Parameters
        ?? (Property(Body, "response_format") is { } format && Property(format, "json_schema") is { } named ? Property(named, "schema") : null);

    internal ModelTool? AnswerTool => Tools.FirstOrDefault(tool => tool.Name == "StructuredOutput");

    public bool Offers(string tool) => Tools.Any(offered => offered.Name == tool);

    internal static JsonElement? Property(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : null;

    private static bool Flag(JsonElement element, string name) => Property(element, name) is { ValueKind: JsonValueKind.True };

    private string? Text(string name) => Property(Body, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
}
