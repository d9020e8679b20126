using System.Diagnostics;
using System.Runtime.InteropServices;

namespace McpWorkflows.Engine.ScriptProcesses.Confinement;

/// <summary>What a script process gives up of its own accord.</summary>
internal static class ProcessConfinement
{
    /// <summary>A third of the share that the server gets where both want a core; less would starve honest scripts on a busy machine.</summary>
    private const int Niceness = 5;

    /// <summary>Lets the server go first. To be called before any thread is started, which inherits it.</summary>
    public static void GiveWay()
    {
        if (OperatingSystem.IsWindows())
        {
            using var self = Process.GetCurrentProcess();
            self.PriorityClass = ProcessPriorityClass.BelowNormal;
        }
        else
        {
            // A refusal changes nothing but the order in which the system serves its processes.
            _ = setpriority(0, 0, Niceness);
        }
    }

    /// <summary>Gives up what a warm process no longer needs; returns what holds, in words.</summary>
    public static string Apply()
    {
        const string Everywhere = "no environment, bounded heap, low priority";
        if (!OperatingSystem.IsLinux())
        {
            return $"{Everywhere}; the system's own filters are used on Linux only";
        }

        ResourceLimits.VolunteerForKilling();
        var limited = ResourceLimits.TryApply() ? "bounded address space" : "no bound on the address space";
        var filtered = SeccompFilter.TryApply()
            ? "no network, no programs, no other processes, no files but to read"
            : "no filter on system calls (seccomp is not to be had here)";
        return $"{Everywhere}, {limited}, {filtered}";
    }

    [DllImport("libc")]
    private static extern int setpriority(int which, uint who, int niceness);
}
