using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Server.CommandLine;

/// <summary>What the process says to its caller.</summary>
internal static class ExitCodes
{
    public const int Completed = 0;
    public const int Failed = 1;
    public const int WrongUse = 2;
    public const int CompletedWithFailures = 3;
    public const int NotEnded = 4;
    public const int Cancelled = 5;

    public static int Of(RunState state) => state switch
    {
        RunState.Completed => Completed,
        RunState.CompletedWithFailures => CompletedWithFailures,
        RunState.Failed => Failed,
        RunState.Cancelled or RunState.Interrupted => Cancelled,
        _ => NotEnded,
    };
}
