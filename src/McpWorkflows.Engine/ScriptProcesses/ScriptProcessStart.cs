using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace McpWorkflows.Engine.ScriptProcesses;

/// <summary>Starts script processes: with three pipes, and nothing of the server's environment.</summary>
internal static class ScriptProcessStart
{
    /// <summary>What the runtime needs to be found, and on Windows to load at all.</summary>
    private static readonly string[] Kept = ["DOTNET_ROOT", "DOTNET_ROOT_X64", "DOTNET_ROOT_ARM64", "SystemRoot"];

    /// <summary>Throws <see cref="ScriptProcessException"/>.</summary>
    public static Process Start(ScriptProcessOptions options)
    {
        var start = new ProcessStartInfo(options.Command[0], options.Command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            CreateNoWindow = true,
            WorkingDirectory = Path.GetPathRoot(AppContext.BaseDirectory),
        };
        SetEnvironment(start.Environment, options);
        try
        {
            return Process.Start(start)!;
        }
        catch (Exception failure) when (failure is System.ComponentModel.Win32Exception or IOException or PlatformNotSupportedException)
        {
            throw new ScriptProcessException(
                $"The script process '{Path.GetFileName(options.Command[0])}' could not be started: {failure.Message}", failure);
        }
    }

    private static void SetEnvironment(IDictionary<string, string?> environment, ScriptProcessOptions options)
    {
        var kept = Kept.Where(environment.ContainsKey).ToDictionary(name => name, name => environment[name]);
        environment.Clear();
        foreach (var (name, value) in kept)
        {
            environment[name] = value;
        }

        // The runtime that runs here is the one to find, wherever it was found.
        if (!environment.ContainsKey("DOTNET_ROOT") && SharedRuntime() is { } root)
        {
            environment["DOTNET_ROOT"] = root;
        }

        environment["DOTNET_EnableDiagnostics"] = "0";
        environment["DOTNET_GCHeapHardLimit"] = options.HeapBytes.ToString("x", CultureInfo.InvariantCulture);
        environment["DOTNET_gcConcurrent"] = "0";
        environment["DOTNET_gcServer"] = "0";
        environment["DOTNET_TieredPGO"] = "0";

        // The default grows with the processor cache, to tens of megabytes on a server.
        environment["DOTNET_GCgen0size"] = "800000";
    }

    private static string? SharedRuntime()
    {
        var shared = Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..");
        return Path.GetFileName(Path.GetFullPath(shared)) == "shared" ? Path.GetFullPath(Path.Combine(shared, "..")) : null;
    }
}
