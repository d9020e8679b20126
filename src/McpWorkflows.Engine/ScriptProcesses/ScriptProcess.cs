using System.Runtime.InteropServices;
using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.ScriptProcesses.Confinement;

namespace McpWorkflows.Engine.ScriptProcesses;

/// <summary>
/// The script process's own side: an executable that is started with <see cref="Verb"/> calls <see cref="Run"/> and does
/// nothing else. It ends when its standard input does, so that it never outlives the server.
/// </summary>
public static class ScriptProcess
{
    /// <summary>The hidden command.</summary>
    public const string Verb = "script-process";

    /// <summary>Serves runs until the input ends; returns the exit code.</summary>
    public static int Run()
    {
        // Ctrl-C reaches every process of a terminal; this one ends with the server, not before it.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        using var input = Console.OpenStandardInput();
        using var output = Console.OpenStandardOutput();
        new JintScriptRuntimeFactory().WarmAsync(CancellationToken.None).GetAwaiter().GetResult();
        ProcessConfinement.GiveWay();
        new ScriptProcessHost(input, output).Serve(ProcessConfinement.Apply());
        return 0;
    }
}
