using System.Text.Encodings.Web;
using System.Text.Json;

namespace McpWorkflows.Testing.Models;

/// <summary>What the endpoint does with a call. Made by the static members, refined by the others.</summary>
public sealed record ModelReply
{
    private static readonly JsonSerializerOptions AsModelsWrite = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal int Status { get; private init; } = 200;

    internal string Content { get; private init; } = "";

    internal IReadOnlyList<ModelToolCall> ToolCalls { get; private init; } = [];

    internal string ErrorType { get; private init; } = "";

    internal string? ErrorCode { get; private init; }

    internal TimeSpan? RetryAfter { get; private init; }

    internal TimeSpan Delay { get; private init; }

    internal TimeSpan ChunkDelay { get; private init; }

    internal int ChunkLength { get; private init; } = 24;

    internal int SliceLength { get; private init; }

    internal bool Whole { get; private init; }

    internal bool Unstreamed { get; private init; }

    internal string? FinishReason { get; private init; }

    internal (long Input, long Output, long Cached)? Usage { get; private init; }

    internal long CacheWrites { get; private init; }

    internal bool HidesUsage { get; private init; }

    internal (string Text, string Signature)? Thinking { get; private init; }

    internal int Pings { get; private init; }

    internal Func<CancellationToken, Task>? Pace { get; private init; }

    internal ReplyFault Fault { get; private init; }

    public static ModelReply Text(string text) => new() { Content = text };

    /// <summary>The answer in the form the request asks for: a <c>StructuredOutput</c> call, else JSON as text.</summary>
    public static ModelReply Answer(ModelCall call, object answer) => call.AnswerTool is null
        ? Text(answer as string ?? JsonSerializer.Serialize(answer, AsModelsWrite))
        : Call(call.AnswerTool.Name, answer);

    /// <param name="arguments">An object, or a string that goes over the wire as it is.</param>
    public static ModelReply Call(string tool, object arguments) => new ModelReply().AndCall(tool, arguments);

    public static ModelReply RateLimited(TimeSpan? retryAfter = null) =>
        Error(429, "Rate limit reached for requests.", "requests", "rate_limit_exceeded") with { RetryAfter = retryAfter };

    public static ModelReply QuotaSpent() => Error(
        429, "You exceeded your current quota, please check your plan and billing details.", "insufficient_quota", "insufficient_quota");

    public static ModelReply Unauthorized() => Error(401, "Incorrect API key provided.", "invalid_request_error", "invalid_api_key");

    public static ModelReply ServerError() => Error(500, "The server had an error while processing your request.", "server_error");

    public static ModelReply Overloaded() => Error(503, "The engine is currently overloaded, please try again later.", "overloaded_error");

    public static ModelReply Error(int status, string message, string type, string? code = null) =>
        new() { Status = status, Content = message, ErrorType = type, ErrorCode = code };

    /// <summary>Says nothing, not even a status, until the client goes or the server stops.</summary>
    public static ModelReply Hang() => new() { Fault = ReplyFault.Hang };

    /// <summary>Status 200 and bytes that are neither JSON nor an event stream.</summary>
    public static ModelReply Garbage() => new() { Fault = ReplyFault.Garbage };

    /// <summary>Status 200 and JSON that breaks off, within an event of a stream that ends in good order where the call streams.</summary>
    public static ModelReply BrokenJson() => new() { Content = "half an answ", Fault = ReplyFault.BrokenJson };

    public ModelReply AndCall(string tool, object arguments) => this with
    {
        ToolCalls = [.. ToolCalls, new ModelToolCall("", tool, arguments as string ?? JsonSerializer.Serialize(arguments, AsModelsWrite))],
    };

    public ModelReply After(TimeSpan delay) => this with { Delay = delay };

    /// <summary>A pause before every chunk of a stream.</summary>
    public ModelReply Drip(TimeSpan pause) => this with { ChunkDelay = pause };

    /// <summary>Characters of text or arguments per chunk of a stream.</summary>
    public ModelReply InChunksOf(int characters) => this with { ChunkLength = characters };

    /// <summary>Sends the stream in pieces of so many bytes, which fall in the middle of lines and characters.</summary>
    public ModelReply InSlicesOf(int bytes) => this with { SliceLength = bytes };

    /// <summary>Sends the whole stream with one write: the cheapest.</summary>
    public ModelReply InOneWrite() => this with { Whole = true, ChunkLength = int.MaxValue };

    /// <summary>Answers with one JSON object although a stream was asked for, as some servers do.</summary>
    public ModelReply AsOneObject() => this with { Unstreamed = true };

    public ModelReply WithUsage(long input, long output, long cached = 0, long cacheWrites = 0) =>
        this with { Usage = (input, output, cached), CacheWrites = cacheWrites };

    public ModelReply WithoutUsage() => this with { HidesUsage = true };

    /// <summary>For example <c>length</c> or <c>content_filter</c>.</summary>
    public ModelReply Finishing(string reason) => this with { FinishReason = reason };

    /// <summary>Before the answer, in Anthropic's form; the text may be empty, as endpoints send it that keep thinking to themselves.</summary>
    public ModelReply AfterThinking(string text, string signature) => this with { Thinking = (text, signature) };

    /// <summary>Keep-alives of the stream, once it has begun and before it says anything.</summary>
    public ModelReply AfterPings(int count) => this with { Pings = count };

    /// <summary>Waits so before every keep-alive and every chunk of a stream: for the client to have heard the last one, say.</summary>
    public ModelReply Paced(Func<CancellationToken, Task> pace) => this with { Pace = pace };

    /// <summary>Closes the connection when half of the reply is out.</summary>
    public ModelReply CutMidway() => this with { Fault = ReplyFault.CutMidway };

    /// <summary>Falls silent when half of the reply is out.</summary>
    public ModelReply HangMidway() => this with { Fault = ReplyFault.HangMidway };

    /// <summary>Ends with an error event of that type when half of the reply is out.</summary>
    public ModelReply FailingMidway(string errorType) => this with { Fault = ReplyFault.ErrorEvent, ErrorType = errorType };

    /// <summary>Ends the stream in good order, but without finish reason and <c>[DONE]</c>.</summary>
    public ModelReply WithoutEnd() => this with { Fault = ReplyFault.NoEnd };
}

/// <summary>What goes wrong on the wire.</summary>
internal enum ReplyFault
{
    None,
    Hang,
    HangMidway,
    CutMidway,
    NoEnd,
    Garbage,
    BrokenJson,
    ErrorEvent,
}
