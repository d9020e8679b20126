using System.Runtime.InteropServices;

namespace McpWorkflows.Engine.ScriptProcesses.Confinement;

/// <summary>Bounds that the system holds this process to (Linux, setrlimit(2)).</summary>
internal static class ResourceLimits
{
    private const int FileSize = 1;
    private const int CoreSize = 4;
    private const int AddressSpace = 9;

    /// <summary>
    /// Room for stacks above all, which reserve much more than they ever use: 500 slices at once. The heap is bounded by the
    /// runtime, and what is really in use by the server's watch.
    /// </summary>
    private const ulong AddressSpaceToGrow = 128UL * 1024 * 1024 * 1024;

    /// <summary>No files written, no core left behind, the address space bounded. True when all of it holds.</summary>
    public static bool TryApply()
    {
        var held = Set(FileSize, 0) & Set(CoreSize, 0);
        return held & (AddressSpaceNow() is not { } now || Set(AddressSpace, now + AddressSpaceToGrow));
    }

    /// <summary>When memory runs short, the system's own choice falls on this process before any other.</summary>
    public static void VolunteerForKilling()
    {
        try
        {
            File.WriteAllText("/proc/self/oom_score_adj", "1000");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // A container may forbid it; then the system chooses by size, as for everybody.
        }
    }

    private static bool Set(int resource, ulong bytes)
    {
        var limit = new Limit { Soft = bytes, Hard = bytes };
        return setrlimit(resource, ref limit) == 0;
    }

    private static ulong? AddressSpaceNow() =>
        ulong.TryParse(File.ReadAllText("/proc/self/statm").Split(' ')[0], out var pages) ? pages * (ulong)Environment.SystemPageSize : null;

    [DllImport("libc")]
    private static extern int setrlimit(int resource, ref Limit limit);

    /// <summary><c>struct rlimit</c> on 64-bit systems</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Limit
    {
        public ulong Soft;
        public ulong Hard;
    }
}
