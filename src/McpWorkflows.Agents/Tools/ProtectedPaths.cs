namespace McpWorkflows.Agents.Tools;

/// <summary>Folders of a workspace that agents may read but not change: what is in them runs programs or grants rights.</summary>
internal static class ProtectedPaths
{
    public static readonly IReadOnlyList<string> Names = [".git", ".mcpworkflows"];

    private static readonly StringComparison Comparison = OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;

    public static bool Covers(string relativePath) =>
        relativePath.Split('/').Any(part => Names.Any(name => string.Equals(part, name, Comparison)));
}
