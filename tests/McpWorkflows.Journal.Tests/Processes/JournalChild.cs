using System.Diagnostics;
using System.Globalization;
using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Journal.Tests.Processes;

/// <summary>A further process on a test's journal. It says on its output what it has done.</summary>
internal sealed class JournalChild : IDisposable
{
    public const string Switch = "--journal-child";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process process;

    private JournalChild(Process process) => this.process = process;

    public static JournalChild Start(string what, string journal, string runId)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            ArgumentList = { "exec", typeof(JournalChild).Assembly.Location, Switch, what, journal, runId },
        };
        return new JournalChild(Process.Start(start)!);
    }

    /// <summary>The next line, or null at the end.</summary>
    public async Task<string?> ReadAsync() =>
        await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience);

    /// <summary>As the kernel does it: nothing of the process runs any more. On Unix that is SIGKILL.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience);
    }

    public async Task<int> ExitCodeAsync()
    {
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience);
        return process.ExitCode;
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        process.Dispose();
    }

    /// <summary>The other side: what such a process does.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var (what, path, runId) = (args[0], args[1], args[2]);
        await using var journal = await SqliteJournal.OpenAsync(new JournalOptions { Path = path }, CancellationToken.None);
        await journal.CreateRunAsync(Entries.Run(runId), CancellationToken.None);
        switch (what)
        {
            case "hold":
                await Console.Out.WriteLineAsync("held");
                await Console.In.ReadLineAsync();
                return 0;
            case "settle50":
                for (var i = 1; i <= 50; i++)
                {
                    await journal.SettleAsync(runId, i);
                }

                return 0;
            case "settle":
                // Sixteen at a time, as a run does it; each number is told only when its commit is.
                await Task.WhenAll(Enumerable.Range(0, 16).Select(async lane =>
                {
                    for (var i = lane + 1; ; i += 16)
                    {
                        await journal.SettleAsync(runId, i);
                        Console.WriteLine(i.ToString(CultureInfo.InvariantCulture));
                    }
                }));
                return 0;
            default:
                return 2;
        }
    }
}
