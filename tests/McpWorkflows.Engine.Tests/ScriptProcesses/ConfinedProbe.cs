using System.ComponentModel;
using System.Diagnostics;
using System.Net.Sockets;
using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.ScriptProcesses.Confinement;

namespace McpWorkflows.Engine.Tests.ScriptProcesses;

/// <summary>A process that confines itself as a script process does, tries what it must not, and says how it went.</summary>
internal static class ConfinedProbe
{
    public const string Verb = "confined-probe";

    public static async Task<int> RunAsync()
    {
        await new JintScriptRuntimeFactory().WarmAsync(CancellationToken.None);
        var file = Path.Combine(Path.GetTempPath(), $"mcp-workflows-probe-{Environment.ProcessId}");

        // Loaded and compiled before, so that the denial and nothing else makes the difference.
        foreach (var (_, attempt) in Attempts(file))
            Try(attempt);
        Console.WriteLine(ProcessConfinement.Apply());
        foreach (var (name, attempt) in Attempts(file))
            Console.WriteLine($"{name}: {Try(attempt)}");
        Console.WriteLine($"environment: {Environment.GetEnvironmentVariables().Keys.Cast<string>().Count(name => !name.StartsWith("DOTNET_", StringComparison.Ordinal))}");
        return 0;
    }

    private static IEnumerable<(string Name, Action Attempt)> Attempts(string file) =>
    [
        ("socket", () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp).Dispose()),
        ("program", () => Process.Start(new ProcessStartInfo("/bin/true") { WorkingDirectory = "/" })!.WaitForExit()),
        ("write", () => File.WriteAllText(file, "x")),
        ("folder", () => Directory.Delete(Directory.CreateDirectory(file + ".d").FullName)),
        ("delete", () => File.Delete("/tmp/nothing-of-that-name")),
        ("signal", () => Process.GetProcessById(1).Kill()),
        ("thread", () =>
        {
            var thread = new Thread(() => { });
            thread.Start();
            thread.Join();
        }),
        ("collection", () => GC.Collect()),
    ];

    private static string Try(Action attempt)
    {
        try
        {
            attempt();
            return "done";
        }
        catch (Exception refused) when (refused is SocketException or Win32Exception or IOException or UnauthorizedAccessException)
        {
            return "refused";
        }
    }
}
