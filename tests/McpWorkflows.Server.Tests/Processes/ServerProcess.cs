using System.Diagnostics;

namespace McpWorkflows.Server.Tests.Processes;

/// <summary>Runs the real executable, as a user's shell does, with a clean environment.</summary>
internal static class ServerProcess
{
    /// <summary>Guards against a hang, and nothing else: what takes a second may take a minute on a busy machine.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromMinutes(3);

    private static readonly string[] Inherited = ["PATH", "HOME", "DOTNET_ROOT", "DOTNET_CLI_HOME", "TMPDIR", "TEMP", "TMP", "SystemRoot", "USERPROFILE", "LOCALAPPDATA"];

    /// <summary>The build of the server next to the build of these tests.</summary>
    public static string Executable { get; } = Find();

    public static async Task<ProcessResult> RunAsync(string folder, IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        using var process = Start(folder, environment, arguments);
        process.StandardInput.Close();
        return await EndAsync(process);
    }

    public static Task<ProcessResult> RunAsync(TempFolder folder, params string[] arguments) => RunAsync(folder.Path, folder.Environment, arguments);

    public static Process Start(string folder, IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Executable, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => !Inherited.Contains(name)).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    public static async Task<ProcessResult> EndAsync(Process process)
    {
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(Timeout);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"The process did not end. Its standard error: {await error}");
        }

        return new ProcessResult(process.ExitCode, await output, await error);
    }

    private static string Find()
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        var name = OperatingSystem.IsWindows() ? "mcp-workflows.exe" : "mcp-workflows";
        return Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "McpWorkflows.Server", configuration, name));
    }
}

/// <summary>How a process ended.</summary>
internal sealed record ProcessResult(int ExitCode, string Output, string Error);
