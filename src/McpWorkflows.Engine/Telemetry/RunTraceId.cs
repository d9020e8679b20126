using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using TraceSpan = System.Diagnostics.Activity;

namespace McpWorkflows.Engine.Telemetry;

/// <summary>
/// A run's trace has an id that follows from the run's: all its sessions, in whichever process, make up one trace, and
/// nothing has to be stored for that.
/// </summary>
public static class RunTraceId
{
    [ThreadStatic]
    private static ActivityTraceId wanted;

    /// <summary>The first 16 bytes of SHA-256 over the run's id.</summary>
    public static ActivityTraceId Of(string runId)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(runId), hash);
        return ActivityTraceId.CreateFromBytes(hash[..16]);
    }

    /// <summary>
    /// Starts a span without a parent in the run's trace. As a root it is sampled by the rules for roots, which a made-up
    /// parent would get round.
    /// </summary>
    internal static TraceSpan? Start(string runId, string name, IEnumerable<ActivityLink> links)
    {
        TraceSpan.TraceIdGenerator ??= static () => wanted == default ? ActivityTraceId.CreateRandom() : wanted;
        wanted = Of(runId);
        try
        {
            TraceSpan.Current = null;
            return WorkflowTelemetry.Source.StartActivity(name, ActivityKind.Internal, default(ActivityContext), links: links);
        }
        finally
        {
            wanted = default;
        }
    }
}
