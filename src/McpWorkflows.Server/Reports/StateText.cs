using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Server.Reports;

/// <summary>States as users and models see them.</summary>
internal static class StateText
{
    public static string Of(RunState state) => state switch
    {
        RunState.Planned => "planned",
        RunState.Running => "running",
        RunState.Waiting => "waiting",
        RunState.Paused => "paused",
        RunState.Interrupted => "interrupted",
        RunState.Completed => "completed",
        RunState.CompletedWithFailures => "completed_with_failures",
        RunState.Failed => "failed",
        RunState.Cancelled => "cancelled",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    /// <summary>Nothing more will happen unless somebody resumes it.</summary>
    public static bool HasEnded(this RunState state) => state is
        RunState.Completed or RunState.CompletedWithFailures or RunState.Failed or RunState.Cancelled or RunState.Interrupted;
}
