using System.Diagnostics;
using System.Globalization;

namespace McpWorkflows.Server.Tests.Processes;

/// <summary>What the system says of a process's memory; on Linux only.</summary>
internal static class ProcessMemory
{
    /// <summary>The most physical memory that it has had so far, in MB.</summary>
    public static double PeakMegabytes(Process process) => Megabytes(process, "VmHWM:");

    /// <summary>The physical memory that it has now, in MB.</summary>
    public static double Megabytes(Process process) => Megabytes(process, "VmRSS:");

    private static double Megabytes(Process process, string name) => File.ReadLines($"/proc/{process.Id}/status")
        .Where(line => line.StartsWith(name, StringComparison.Ordinal))
        .Select(line => double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024)
        .Single();
}
