using System.Diagnostics;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal;

namespace McpWorkflows.Benchmarks;

/// <summary>
/// <c>journal --outcomes 1000 --folder DIR</c>: what it costs to have an outcome on disk, alone and in company, beside what the
/// disk itself takes to flush a page in the same minute; and what the slots shared between servers cost one that is alone.
/// </summary>
internal static class JournalMode
{
    private const string Run = "wf_benchmark";

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var outcomes = arguments.Number("outcomes", 1_000);
        var parent = Directory.CreateDirectory(arguments.Find("folder") ?? Path.GetTempPath()).FullName;
        var folder = Path.Combine(parent, $"mcp-workflows-journal-{Environment.ProcessId}");
        Directory.CreateDirectory(folder);
        try
        {
            await using var journal = await SqliteJournal.OpenAsync(
                new JournalOptions { Path = Path.Combine(folder, "journal.db") }, CancellationToken.None);
            await journal.CreateRunAsync(NewRun(), CancellationToken.None);
            Console.WriteLine($"| {outcomes} times | median | p95 | all, each |\n|---|---|---|---|");
            Flush(folder, outcomes / 10);
            await SettleAsync(journal, 1, outcomes / 10, width: 1);

            // By turns, so that a disk that others use is equally busy for each.
            Report("flush of one page by the disk", Flush(folder, outcomes));
            Report("one outcome to a commit", await SettleAsync(journal, 100_000, outcomes, width: 1));
            Report("16 at a time", await SettleAsync(journal, 200_000, outcomes, width: 16));
            Report("flush of one page by the disk, again", Flush(folder, outcomes));
            using var slots = journal.ShareSlots(16);
            Report("a shared slot, taken and given back", Slots(slots, outcomes, wanted: 0));
            Report("a shared slot, handed on", Slots(slots, outcomes, wanted: 1));
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static (List<double> Each, double All) Flush(string folder, int times)
    {
        using var file = new FileStream(Path.Combine(folder, "flushed"), FileMode.Create, FileAccess.Write, FileShare.None, 0);
        var page = new byte[4_096];
        return Measure(times, () =>
        {
            file.Write(page);
            file.Flush(flushToDisk: true);
        });
    }

    private static (List<double> Each, double All) Slots(IAgentSlots slots, int times, int wanted) => Measure(times, () =>
    {
        slots.TryTake();
        slots.Release(wanted);
    });

    private static (List<double> Each, double All) Measure(int times, Action action)
    {
        var each = new List<double>(times);
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < times; i++)
        {
            var from = Stopwatch.GetTimestamp();
            action();
            each.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
        }

        return (each, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }

    /// <param name="first">Number of the first call.</param>
    private static async Task<(List<double> Each, double All)> SettleAsync(SqliteJournal journal, int first, int outcomes, int width)
    {
        var times = new double[outcomes];
        var next = -1;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, width).Select(async _ =>
        {
            int at;
            while ((at = Interlocked.Increment(ref next)) < outcomes)
            {
                var from = Stopwatch.GetTimestamp();
                await journal.AppendAsync(Run, Entries(first + at), CancellationToken.None);
                times[at] = Stopwatch.GetElapsedTime(from).TotalMilliseconds;
            }
        }));
        return ([.. times], Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }

    private static RunRecord NewRun() => new()
    {
        Id = Run,
        Name = "benchmark",
        Script = Workload.Script(1),
        FileName = "benchmark.js",
        Settings = new RunSettings { Workspace = "/", Seed = 1 },
        State = RunState.Running,
        CreatedAt = DateTimeOffset.UtcNow,
    };

    /// <summary>What a run writes when an agent has answered.</summary>
    private static JournalEntry[] Entries(int number)
    {
        var key = new ItemKey(ItemKind.Agent, $"{number:x64}", 1);
        var now = DateTimeOffset.UtcNow;
        var call = new CallRecord
        {
            Number = number,
            Key = key,
            Label = $"task {number}",
            Prompt = Workload.Prompt(number),
            Options = AgentOptions.None,
            State = CallState.Succeeded,
            StartedAt = now,
            EndedAt = now,
        };
        var outcome = new AgentOutcome
        {
            Kind = AgentOutcomeKind.Succeeded,
            AnswerJson = "\"Done: a short answer, as agents give them.\"",
            Usage = new AgentUsage(330, 11),
            Attempts = 1,
        };
        return
        [
            new CallOpened(call),
            new ItemSettled(new SettledItem { Key = key, Sequence = number, Time = now, CallNumber = number, Outcome = outcome }),
            new EventAppended(new RunEvent(number, now, "call", $$"""{"number":{{number}},"state":"succeeded"}""")),
        ];
    }

    private static void Report(string what, (List<double> Each, double All) times)
    {
        var sorted = times.Each.Order().ToList();
        Console.WriteLine(
            $"| {what} | {sorted[sorted.Count / 2]:0.000} ms | {sorted[sorted.Count * 95 / 100]:0.000} ms | {times.All / sorted.Count:0.000} ms |");
    }
}
