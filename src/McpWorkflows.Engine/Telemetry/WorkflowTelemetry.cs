using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace McpWorkflows.Engine.Telemetry;

/// <summary>
/// Where spans and measurements come from. Without a listener none are made, and asking for one costs next to nothing;
/// whoever composes the process decides whether there is one.
/// </summary>
public static class WorkflowTelemetry
{
    /// <summary>Of the source and of the meter.</summary>
    public const string Name = "McpWorkflows";

    public static ActivitySource Source { get; } = new(Name);

    public static Meter Meter { get; } = new(Name);
}
