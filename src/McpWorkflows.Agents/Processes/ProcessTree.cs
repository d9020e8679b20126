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

    private const int MaxPasses = 10;

    private static readonly TimeSpan Dying = TimeSpan.FromSeconds(1);

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
        var entry = Encoding.UTF8.GetBytes($"{Marker}={mark}\0");
        // What is just being forked may be missed once, not each time.
        for (var pass = 0; OperatingSystem.IsLinux() && pass < MaxPasses && KillWhere(environment => environment.IndexOf(entry) >= 0) > 0; pass++)
        {
        }
    }

    /// <summary>On Linux, ends what processes of this product started that were killed themselves; says how many that were.</summary>
    public static int KillOrphans() => OperatingSystem.IsLinux() ? KillWhere(environment => ProcessOwner.Of(environment) is { IsGone: true }) : 0;

    private static int KillWhere(Condition condition)
    {
        var killed = 0;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id == Environment.ProcessId)
            {
                continue;
            }

            try
            {
                if (condition(File.ReadAllBytes($"{folder}/environ")))
                {
                    killed++;
                    using var left = Process.GetProcessById(id);
                    left.Kill();
                    left.WaitForExit(Dying);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException or Win32Exception)
            {
                // Gone meanwhile, or somebody else's.
            }
        }

        return killed;
    }

    private delegate bool Condition(ReadOnlySpan<byte> environment);
}
