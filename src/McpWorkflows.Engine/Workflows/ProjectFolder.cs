namespace McpWorkflows.Engine.Workflows;

/// <summary>Tells which project a workspace belongs to.</summary>
public static class ProjectFolder
{
    /// <summary>The nearest folder above with <c>.git</c> (a file in worktrees), else the workspace itself; absolute.</summary>
    public static string RootOf(string workspace)
    {
        var start = Path.TrimEndingDirectorySeparator(Path.GetFullPath(workspace));
        for (var at = start; at is not null; at = Path.GetDirectoryName(at))
        {
            if (Path.Exists(Path.Combine(at, ".git")))
                return at;
        }

        return start;
    }
}
