namespace McpWorkflows.Engine.Journal;

/// <summary>What a person wants of a run, told to the process that owns it.</summary>
/// <param name="Call">For orders about calls: their label or number.</param>
public sealed record RunOrder(RunOrderKind Kind, string? Call = null);

/// <summary>Kinds of orders.</summary>
public enum RunOrderKind
{
    /// <summary>Calls at work finish, and nothing new starts.</summary>
    Pause,

    /// <summary>A run that is being paused goes on.</summary>
    Resume,

    /// <summary>The script is told <c>null</c> for the calls.</summary>
    Skip,

    /// <summary>The calls at work begin again.</summary>
    Restart,

    /// <summary>Somebody looks at the run from another process, for a while: its agents' signs of life are noted as events.</summary>
    Watch,
}
