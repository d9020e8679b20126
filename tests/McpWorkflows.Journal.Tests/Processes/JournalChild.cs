using System.Diagnostics;
using System.Globalization;
using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Journal.Tests.Processes;

/// <summary>A further process on a test's journal. It says on its output what it has done.</summary>
internal sealed class JournalChild : IDisposable
{
    public const string Switch = "--journal-child";

    /// <summary>Of children told to <c>beat</c>; long enough for a busy machine to beat within it.</summary>
    public static readonly TimeSpan ShortLease = TimeSpan.FromSeconds(3);

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

    /// <summary>Says a line to it.</summary>
    public Task TellAsync(string line) => process.StandardInput.WriteLineAsync(line);

    /// <summary>Has it end by itself.</summary>
    public async Task EndInputAsync()
    {
        process.StandardInput.Close();
        await ExitCodeAsync();
    }

    public void Suspend() => Signal("STOP");

    public void Wake() => Signal("CONT");

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
        // Several of them at once on a busy machine wait long for one another.
        var options = new JournalOptions { Path = path, LockTimeout = TimeSpan.FromMinutes(1) };
        await using var journal = await SqliteJournal.OpenAsync(
            // Beats are commits too, and are not to be counted with those of outcomes.
            options with { LeaseTime = what == "beat" ? ShortLease : TimeSpan.FromMinutes(30) }, CancellationToken.None);
        await journal.CreateRunAsync(Entries.Run(runId), CancellationToken.None);
        switch (what)
        {
            case "hold":
                await Console.Out.WriteLineAsync("held");
                await Console.In.ReadLineAsync();
                return 0;
            case "beat" or "each":
                await Console.Out.WriteLineAsync("held");
                for (var i = 1; await Console.In.ReadLineAsync() is not null; i++)
                {
                    await Console.Out.WriteLineAsync(await TrySettleAsync(journal, runId, i));
                }

                return 0;
            case "events":
                await Console.Out.WriteLineAsync("held");
                for (var i = 1; await Console.In.ReadLineAsync() is not null; i++)
                {
                    await journal.AppendAsync(runId, [new EventAppended(Entries.Event(i))], CancellationToken.None);
                    await Console.Out.WriteLineAsync("appended");
                }

                return 0;
            case "end":
                await journal.AppendAsync(
                    runId, [new RunChanged { State = RunState.Completed, Totals = new RunTotals() }], CancellationToken.None);
                await Console.Out.WriteLineAsync("ended");
                await Console.In.ReadLineAsync();
                return 0;
            case "slots":
                using (var slots = journal.ShareSlots(SlotPool.Agents, 16))
                {
                    for (var i = 0; i < 16; i++)
                    {
                        slots.TryTake();
                    }

                    await Console.Out.WriteLineAsync("held");
                    await Console.In.ReadLineAsync();
                }

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

    private static async Task<string> TrySettleAsync(SqliteJournal journal, string runId, int number)
    {
        try
        {
            await journal.SettleAsync(runId, number);
            return "settled";
        }
        catch (LeaseLostException)
        {
            return "lost";
        }
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }
}
