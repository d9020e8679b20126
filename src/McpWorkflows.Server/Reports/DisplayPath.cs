namespace McpWorkflows.Server.Reports;

/// <summary>Paths as others may see them.</summary>
internal static class DisplayPath
{
    /// <summary>Relative to the workspace where it lies in it or in a folder above, <c>~/…</c> under the home, else the bare file name.</summary>
    public static string Of(string path, string workspace, string userHome)
    {
        var relative = Path.GetRelativePath(workspace, path);
        if (!Path.IsPathRooted(relative) && !relative.StartsWith("..", StringComparison.Ordinal))
            return relative.Replace('\\', '/');
        var fromHome = Path.GetRelativePath(userHome, path);
        if (!Path.IsPathRooted(fromHome) && !fromHome.StartsWith("..", StringComparison.Ordinal))
            return "~/" + fromHome.Replace('\\', '/');
        return Path.GetFileName(path);
    }
}
