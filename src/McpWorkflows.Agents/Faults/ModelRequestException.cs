using System.Net;
using McpWorkflows.Agents.Limits;

namespace McpWorkflows.Agents.Faults;

/// <summary>A request to a model endpoint failed in a way the wire format names.</summary>
internal sealed class ModelRequestException(ModelRequestFault fault, string detail, Exception? innerException = null)
    : Exception(detail, innerException)
{
    public ModelRequestFault Fault { get; } = fault;

    public HttpStatusCode? Status { get; init; }

    /// <summary><c>error.code</c> or <c>error.type</c> of the endpoint's answer.</summary>
    public string? Code { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What the answer's headers say of the endpoint's limits.</summary>
    public LimitNews? Limits { get; init; }
}

/// <summary>Where a request failed.</summary>
internal enum ModelRequestFault
{
    /// <summary>The endpoint answered with an error status, or sent an error within the stream.</summary>
    Answered,

    /// <summary>No connection could be made.</summary>
    Unreachable,

    /// <summary>The connection was lost, or the stream ended before the answer did.</summary>
    Broken,

    /// <summary>What arrived is not the wire format.</summary>
    Garbled,
}
