using System.ComponentModel;
using System.Diagnostics;

namespace McpWorkflows.Cluster.Workspaces;

/// <summary>Runs git without prompts and hooks, with the credentials that this process's git has.</summary>
internal static class GitProgram
{
    private static readonly string[] Quiet = ["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false", "-c", "gc.auto=0", "-c", "maintenance.auto=false"];

    /// <summary>The output when it succeeded, else what it said of the failure. A folder that is not there is a failure, and so is a git that is not.</summary>
    public static async Task<(bool Ok, string Output)> TryAsync(string folder, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("git", [.. Quiet, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        start.Environment["LC_ALL"] = "C";
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
            try
            {
                await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }

            return process.ExitCode == 0
                ? (true, (await output.ConfigureAwait(false)).TrimEnd('\n'))
                : (false, Last(await error.ConfigureAwait(false)));
        }
        catch (Win32Exception failure)
        {
            return (false, $"git could not be started ({failure.Message})");
        }
    }

    private static string Last(string text) => text.Trim() is { Length: > 400 } much ? much[^400..] : text.Trim();
}
