using System.Diagnostics;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal;

namespace McpWorkflows.Benchmarks;

/// <summary>
/// <c>journal --outcomes 1000 --folder DIR [--journal postgres://…]</c>: what it costs to have an outcome on disk, alone and in company, beside what the
/// disk itself takes to flush a page in the same minute; and what the slots shared between servers cost one that is alone.
/// </summary>
internal static class JournalMode
{
    private static readonly string Run = $"wf_benchmark_{Guid.NewGuid():N}";

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var outcomes = arguments.Number("outcomes", 1_000);
        var parent = Directory.CreateDirectory(arguments.Find("folder") ?? Path.GetTempPath()).FullName;
        var folder = Path.Combine(parent, $"mcp-workflows-journal-{Environment.ProcessId}");
        Directory.CreateDirectory(folder);
        try
        {
            await using var journal = await DatabaseJournal.OpenAsync(
                new JournalOptions { Path = arguments.Find("journal") ?? Path.Combine(folder, "journal.db") }, CancellationToken.None);
            await journal.CreateRunAsync(NewRun(), CancellationToken.None);
            using var page = new FlushedPage(Path.Combine(folder, "flushed"));
            Console.WriteLine($"| {outcomes} times | median | p95 | mean |\n|---|---|---|---|");
            await TurnsAsync(page, outcomes, "one outcome to a commit", i => AppendAsync(journal, i));
            await TurnsAsync(page, outcomes, "16 outcomes at a time", i => Task.WhenAll(
                Enumerable.Range(0, 16).Select(lane => AppendAsync(journal, outcomes + (i * 16) + lane))));
            Report("1,000 outcomes at once", await TogetherAsync(journal, outcomes * 17));
            using var slots = journal.ShareSlots(SlotPool.Agents, 16);
            Report("a shared slot, taken and given back", Slots(slots, outcomes, wanted: 0));
            Report("a shared slot, handed on", Slots(slots, outcomes, wanted: 1));
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>By turns with the disk's own flush, so that others on the same disk disturb both alike.</summary>
    private static async Task TurnsAsync(FlushedPage page, int times, string what, Func<int, Task> appendAsync)
    {
        var (flushes, appends) = (new List<double>(times), new List<double>(times));
        for (var i = 0; i < times; i++)
        {
            var started = Stopwatch.GetTimestamp();
            page.Flush();
            flushes.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            started = Stopwatch.GetTimestamp();
            await appendAsync(i);
            appends.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        Report("the disk's flush of one page", flushes);
        Report(what, appends);
    }

    /// <summary>How long all of them take that are told of together, five times.</summary>
    private static async Task<List<double>> TogetherAsync(DatabaseJournal journal, int first)
    {
        var each = new List<double>();
        for (var i = 0; i < 5; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await Task.WhenAll(Enumerable.Range(first + (i * 1_000), 1_000).Select(number => AppendAsync(journal, number)));
            each.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        return each;
    }

    private static Task AppendAsync(DatabaseJournal journal, int number) => journal.AppendAsync(Run, Entries(number + 1), CancellationToken.None);

    private static List<double> Slots(IAgentSlots slots, int times, int wanted)
    {
        var each = new List<double>(times);
        for (var i = 0; i < times; i++)
        {
            var started = Stopwatch.GetTimestamp();
            slots.TryTake();
            slots.Release(wanted);
            each.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        return each;
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

    private static void Report(string what, List<double> times)
    {
        times.Sort();
        Console.WriteLine($"| {what} | {times[times.Count / 2]:0.000} ms | {times[times.Count * 95 / 100]:0.000} ms | {times.Average():0.000} ms |");
    }

    /// <summary>A page that is written to the disk again and again, its file no larger than before.</summary>
    private sealed class FlushedPage(string path) : IDisposable
    {
        private readonly byte[] bytes = new byte[4_096];
        private readonly FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.None, 0);

        public void Flush()
        {
            file.Position = 0;
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        public void Dispose() => file.Dispose();
    }
}
