namespace McpWorkflows.Cluster.Calls;

/// <summary>Where a call goes.</summary>
/// <param name="IsLocal">The owner's own host runs it: it needs what only this process has, or costs nothing.</param>
/// <param name="Model"><c>provider/name</c>; null where no model of ours is asked.</param>
/// <param name="Tools">Tool servers and programs that it names.</param>
public sealed record CallRoute(bool IsLocal, string? Model, IReadOnlyList<string> Tools)
{
    /// <summary>The owner's own host runs it.</summary>
    public static CallRoute Local { get; } = new(true, null, []);
}
