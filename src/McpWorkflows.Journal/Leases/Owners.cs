namespace McpWorkflows.Journal.Leases;

/// <summary>Says which owners of leases live, as far as the database's kind lets one see it.</summary>
internal abstract class Owners
{
    /// <summary>This process's name.</summary>
    public abstract string Me { get; }

    /// <summary>SQL for the time of an owner's last beat, from its row <c>o</c>, by the clock that <see cref="IsAlive"/> goes by.</summary>
    public abstract string BeatColumn { get; }

    /// <param name="heartbeat">The owner's; null where there is none.</param>
    public abstract bool IsAlive(string owner, Heartbeat? heartbeat);
}
