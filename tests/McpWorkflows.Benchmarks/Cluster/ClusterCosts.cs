using System.Diagnostics;
using System.Globalization;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Dispatch;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal;
using McpWorkflows.Testing.Servers;
using Npgsql;

namespace McpWorkflows.Benchmarks;

/// <summary>
/// <c>cluster-costs --calls 3000</c>: what a call that a worker runs costs the journal's PostgreSQL, from post to settlement, and
/// what a process costs it that only holds slots. A server of its own on this machine, with commits that wait for the disk.
/// </summary>
internal sealed class ClusterCosts(PostgresServer server, string address, NpgsqlDataSource source, TextWriter output)
{
    private const string Run = "wf_benchmark";
    private const int Processes = 50;

    private static readonly string Request = $$"""{"prompt":"{{string.Concat(Enumerable.Range(0, 1_300).Select(static number => $"{number * 7919 % 99991:x} "))}}"}""";

    private static readonly string Answer = string.Concat(Enumerable.Range(0, 350).Select(static number => $"{number * 104729 % 99991:x} "));

    public static async Task<int> RunAsync(Arguments arguments, TextWriter output)
    {
        if (PostgresServer.WhyNot is { } reason)
        {
            await output.WriteLineAsync(reason);
            return 1;
        }

        await using var server = await PostgresServer.StartNewAsync();
        var database = await server.CreateDatabaseAsync();
        await using var source = NpgsqlDataSource.Create(database);
        var costs = new ClusterCosts(server, string.Create(CultureInfo.InvariantCulture, $"postgres://postgres@127.0.0.1:{server.Port}/{database.Split("Database=")[1]}"), source, output);
        await costs.CallsAsync(arguments.Number("calls", 3_000));
        await costs.SlotsAsync();
        return 0;
    }

    private static async Task CallAsync(IJournal owner, IJournal worker, int number)
    {
        var key = new ItemKey(ItemKind.Agent, $"{number:x64}", 1);
        var posted = await owner.Dispatch!.PostAsync(Run, key, Request, CancellationToken.None);
        await worker.Dispatch!.ClaimAsync(posted.Ticket, "worker", CancellationToken.None);
        await worker.Dispatch!.CompleteAsync(posted.Ticket, Answer, CancellationToken.None);
        var now = DateTimeOffset.UtcNow;
        var outcome = new AgentOutcome { Kind = AgentOutcomeKind.Succeeded, AnswerJson = $"\"{Answer}\"", Usage = new AgentUsage(330, 11), Attempts = 1 };
        var call = new CallRecord
        {
            Number = number,
            Key = key,
            Label = $"task {number}",
            Prompt = Request,
            Options = AgentOptions.None,
            State = CallState.Succeeded,
            StartedAt = now,
            EndedAt = now,
        };
        await owner.AppendAsync(
            Run,
            [
                new CallOpened(call),
                new ItemSettled(new SettledItem { Key = key, Sequence = number, Time = now, CallNumber = number, Outcome = outcome }),
                new EventAppended(new RunEvent(number, now, "call", $$"""{"number":{{number}},"state":"succeeded"}""")),
            ],
            CancellationToken.None);
    }

    private async Task CallsAsync(int calls)
    {
        await using var owner = await OpenAsync();
        await using var worker = await OpenAsync();
        await owner.CreateRunAsync(
            new RunRecord
            {
                Id = Run,
                Name = "benchmark",
                Script = "",
                FileName = "benchmark.js",
                Settings = new RunSettings { Workspace = "/", Seed = 1 },
                State = RunState.Running,
                CreatedAt = DateTimeOffset.UtcNow,
            },
            CancellationToken.None);
        await worker.Dispatch!.BeatAsync(new WorkerCard { Name = "worker", Width = 16, Models = [], Tools = [], Workspaces = [] }, TimeSpan.FromHours(1), [], CancellationToken.None);
        var number = 0;
        async Task LaneAsync(int last)
        {
            while (Interlocked.Increment(ref number) is var mine && mine <= last)
            {
                await CallAsync(owner, worker, mine);
            }

            Interlocked.Decrement(ref number);
        }

        await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => LaneAsync(500)));
        await output.WriteLineAsync($"request {Request.Length} bytes, answer {Answer.Length} bytes, {Environment.ProcessorCount} cores\n");
        await output.WriteLineAsync("| calls at a time | calls/s | database processor per call | transactions per call | log per call | both processes' processor per call |\n|---|---|---|---|---|---|");
        foreach (var lanes in new[] { 1, 16, 64, 256 })
        {
            var count = lanes == 1 ? calls / 10 : calls;
            var before = await ReadAsync();
            var last = number + count;
            await Task.WhenAll(Enumerable.Range(0, lanes).Select(_ => LaneAsync(last)));
            var spent = (await ReadAsync()).Since(before);
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"| {lanes} | {count / spent.Wall.TotalSeconds:0} | {spent.Database.TotalMilliseconds / count:0.00} ms | {(double)spent.Transactions / count:0.00} | {(double)spent.Log / count / 1024:0.0} KB | {spent.Client.TotalMilliseconds / count:0.00} ms |"));
        }
    }

    private async Task SlotsAsync()
    {
        var journals = await Task.WhenAll(Enumerable.Range(0, Processes).Select(_ => OpenAsync()));
        await Task.Delay(TimeSpan.FromSeconds(2));
        var takes = new List<double>();
        for (var i = 0; i < 50; i++)
        {
            using var slots = journals[i].ShareSlots($"first-{i}", 1);
            takes.Add(await TakeAsync(slots));
        }

        takes.Sort();
        await Task.Delay(TimeSpan.FromSeconds(2));
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"\nfirst slot of a process: median {takes[takes.Count / 2]:0.0} ms, p95 {takes[takes.Count * 95 / 100]:0.0} ms\n"));
        await output.WriteLineAsync("| processes that hold slots | database processor per process and second | transactions | log |\n|---|---|---|---|");
        await ReportIdleAsync($"0 of {Processes} open");
        var held = journals.Select(journal => journal.ShareSlots(SlotPool.Agents, 20_000)).ToArray();
        await Task.WhenAll(held.Select(TakeAsync));
        await ReportIdleAsync($"{Processes}");
        await ExecuteAsync("INSERT INTO Slots SELECT 'agents', 'other/' || n, 1, 16, 16, now() + INTERVAL '1 hour' FROM generate_series(1, 950) n");
        await ReportIdleAsync($"{Processes} of 1,000");
        await ExecuteAsync("UPDATE Slots SET Wanted = 17 WHERE Owner LIKE 'other/%'");
        await ReportIdleAsync($"{Processes} of 1,000, of which the others want more");
        var connections = await ExecuteAsync("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'mcp-workflows'");
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"\nconnections of a process that only holds slots: {(long)connections! / (double)Processes:0.0}"));
        const int Times = 1_000_000;
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < Times; i++)
        {
            held[0].Release(1);
            held[0].TryTake();
        }

        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"\na slot in hand, given back and taken: {Stopwatch.GetElapsedTime(began).TotalNanoseconds / Times:0} ns"));
        await Task.WhenAll(journals.Select(journal => journal.DisposeAsync().AsTask()));
    }

    private static async Task<double> TakeAsync(IAgentSlots slots)
    {
        var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        slots.OnFree(() =>
        {
            if (!taken.Task.IsCompleted && slots.TryTake())
            {
                taken.SetResult();
            }

            return taken.Task.IsCompleted ? 0 : 1;
        });
        var began = Stopwatch.GetTimestamp();
        if (!slots.TryTake())
        {
            await taken.Task;
        }

        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    private async Task<object?> ExecuteAsync(string sql)
    {
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    private async Task ReportIdleAsync(string what)
    {
        const int Seconds = 10;
        var before = await ReadAsync();
        await Task.Delay(TimeSpan.FromSeconds(Seconds));
        var spent = (await ReadAsync()).Since(before);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"| {what} | {spent.Database.TotalMilliseconds / Seconds / Processes:0.000} ms | {(double)spent.Transactions / Seconds / Processes:0.00} | {(double)spent.Log / Seconds / Processes:0} bytes |"));
    }

    private async Task<IJournal> OpenAsync() => await DatabaseJournal.OpenAsync(new JournalOptions { Path = address }, CancellationToken.None);

    private async Task<Spent> ReadAsync()
    {
        await using var command = source.CreateCommand("SELECT pg_stat_clear_snapshot(), pg_stat_force_next_flush(); SELECT xact_commit, pg_current_wal_insert_lsn() - '0/0' FROM pg_stat_database WHERE datname = current_database()");
        await using var row = await command.ExecuteReaderAsync();
        await row.NextResultAsync();
        await row.ReadAsync();
        using var me = Process.GetCurrentProcess();
        return new Spent(TimeSpan.FromTicks(Stopwatch.GetElapsedTime(0).Ticks), server.Processor, row.GetInt64(0), (long)row.GetDecimal(1), me.TotalProcessorTime);
    }

    private sealed record Spent(TimeSpan Wall, TimeSpan Database, long Transactions, long Log, TimeSpan Client)
    {
        public Spent Since(Spent before) => new(Wall - before.Wall, Database - before.Database, Transactions - before.Transactions, Log - before.Log, Client - before.Client);
    }
}
