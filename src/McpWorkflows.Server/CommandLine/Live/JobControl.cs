using System.Runtime.InteropServices;

namespace McpWorkflows.Server.CommandLine.Live;

/// <summary>What a shell's Ctrl+Z asks for.</summary>
internal static partial class JobControl
{
    /// <summary>Stops this process until somebody lets it go on.</summary>
    public static void Stop() => Send(Environment.ProcessId, OperatingSystem.IsLinux() ? 19 : 17);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Send(int process, int signal);
}
