using Microsoft.Extensions.AI;

namespace McpWorkflows.Agents.Connections;

/// <summary>How a request's options carry whom to tell that its connection is alive.</summary>
internal static class Pulse
{
    private const string Key = "McpWorkflows.Pulse";

    public static void SetPulse(this ChatOptions options, Action pulse) => (options.AdditionalProperties ??= [])[Key] = pulse;

    /// <summary>Null for nobody.</summary>
    public static Action? PulseOf(ChatOptions options) => options.AdditionalProperties?.GetValueOrDefault(Key) as Action;
}
