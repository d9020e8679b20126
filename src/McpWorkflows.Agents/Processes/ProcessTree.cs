using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace McpWorkflows.Agents.Processes;

/// <summary>Ends a program with all that it started.</summary>
internal static class ProcessTree
{
    /// <summary>Set in the program's environment, and so inherited by what leaves its family behind to live on.</summary>
    public const string Marker = "MCPWORKFLOWS_PROCESS";

    public static void Kill(Process process, string mark)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or AggregateException or NotSupportedException)
        {
            // It has just ended, or a part of it has.
        }

        KillMarked(mark);
    }

    /// <summary>On Linux, what carries the mark and has left the tree: daemons have init for a parent.</summary>
    public static void KillMarked(string mark)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var needle = Encoding.UTF8.GetBytes($"{Marker}={mark}\0");
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id == Environment.ProcessId)
            {
                continue;
            }

            try
            {
                if (File.ReadAllBytes($"{folder}/environ").AsSpan().IndexOf(needle) >= 0)
                {
                    using var left = Process.GetProcessById(id);
                    left.Kill();
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException or Win32Exception)
            {
                // Gone meanwhile, or somebody else's.
            }
        }
    }
}
