namespace McpWorkflows.Server.Settings;

/// <summary>
/// Where the machine's policy stands: in a place that only its administrator can write. The variable can add a policy, for a
/// container or a test, but takes nothing away: rules of all files hold at once.
/// </summary>
internal static class MachinePolicy
{
    public const string Variable = "MCPWORKFLOWS_POLICY";

    public static string Path { get; } =
        OperatingSystem.IsWindows() ? System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "McpWorkflows", "policy.json")
        : OperatingSystem.IsMacOS() ? "/Library/Application Support/McpWorkflows/policy.json"
        : "/etc/mcpworkflows/policy.json";
}
