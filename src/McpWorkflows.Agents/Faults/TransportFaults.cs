using System.Text.Json;

namespace McpWorkflows.Agents.Faults;

/// <summary>Names what the network and the parsers throw.</summary>
internal static class TransportFaults
{
    /// <summary>The fault behind an exception, or null when it is none of the transport's.</summary>
    public static ModelRequestException? From(Exception exception) => exception switch
    {
        ModelRequestException known => known,
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } =>
            new(ModelRequestFault.Unreachable, "its name does not resolve", exception),
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } =>
            new(ModelRequestFault.Unreachable, "the connection was refused or timed out", exception),
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
            new(ModelRequestFault.Unreachable, "no secure connection could be made", exception),
        HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse } =>
            new(ModelRequestFault.Garbled, "the answer is not HTTP", exception),
        HttpRequestException or IOException => new(ModelRequestFault.Broken, "the connection broke off", exception),
        JsonException or InvalidOperationException or FormatException =>
            new(ModelRequestFault.Garbled, "the answer is not valid JSON", exception),
        // SocketsHttpHandler reports its own connect time-out this way; ours are told apart by the caller.
        OperationCanceledException { InnerException: TimeoutException } =>
            new(ModelRequestFault.Unreachable, "the connection timed out", exception),
        _ => null,
    };
}
