using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.History;

namespace McpWorkflows.Journal.Tests.History;

public sealed class PruneTests : IDisposable
{
    private readonly JournalFile file = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => file.Dispose();

    [Fact]
    public async Task Prune_ByAge_DeletesWhatEndedBefore()
    {
        await using var journal = await file.OpenAsync();
        await EndAsync(journal, "wf_old", RunState.Completed, Entries.Noon.AddDays(-31));
        await EndAsync(journal, "wf_failed", RunState.Failed, Entries.Noon.AddDays(-30.5));
        await EndAsync(journal, "wf_new", RunState.Completed, Entries.Noon.AddDays(-29));

        var report = await journal.PruneAsync(new PruneRequest { Before = Entries.Noon.AddDays(-30) }, Cancellation);

        Assert.Equal(["wf_old", "wf_failed"], report.RunIds);
        Assert.Equal("wf_new", (await journal.ListRunsAsync(9, Cancellation)).Single().Id);
        Assert.Equal(1L, file.Sql("SELECT COUNT(*) FROM Calls"));
        Assert.Equal(1L, file.Sql("SELECT COUNT(*) FROM Outcomes"));
    }

    [Fact]
    public async Task Prune_ByCount_KeepsTheNewest()
    {
        await using var journal = await file.OpenAsync();
        for (var i = 0; i < 25; i++)
        {
            await EndAsync(journal, $"wf_{i}", RunState.Completed, Entries.Noon.AddMinutes(i));
        }

        var report = await journal.PruneAsync(new PruneRequest { Keep = 3 }, Cancellation);

        Assert.Equal(22, report.RunIds.Count);
        Assert.Equal(["wf_24", "wf_23", "wf_22"], (await journal.ListRunsAsync(9, Cancellation)).Select(run => run.Id));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Prune_RunsThatMayGoOn_Stay(bool interruptedToo)
    {
        var dead = await file.OpenAsync();
        await dead.CreateRunAsync(Entries.Run("wf_dead"), Cancellation);
        await dead.DisposeAsync();
        await using var journal = await file.OpenAsync();
        await using var other = await file.OpenAsync();
        await other.CreateRunAsync(Entries.Run("wf_live"), Cancellation);
        await other.CreateRunAsync(Entries.Run("wf_again"), [new RunChanged { State = RunState.Failed, Totals = new RunTotals() }], Cancellation);
        Assert.True(await other.TryLeaseAsync("wf_again", Cancellation));
        foreach (var state in new[] { RunState.Waiting, RunState.Paused, RunState.Planned, RunState.Interrupted })
        {
            await journal.CreateRunAsync(Entries.Run($"wf_{state}"), [new RunChanged { State = state, Totals = new RunTotals(), Release = true }], Cancellation);
        }

        var request = new PruneRequest { Keep = 0, Interrupted = interruptedToo };
        var dry = await journal.PruneAsync(request with { DryRun = true }, Cancellation);
        var report = await journal.PruneAsync(request, Cancellation);

        Assert.Equal(interruptedToo ? ["wf_dead", "wf_Interrupted"] : [], report.RunIds);
        Assert.Equal(report.RunIds, dry.RunIds);
        Assert.Equal(7 - report.RunIds.Count, (await journal.ListRunsAsync(9, Cancellation)).Count);
    }

    [Fact]
    public async Task Prune_DryRun_DeletesNothing()
    {
        await using var journal = await file.OpenAsync();
        await EndAsync(journal, "wf_1", RunState.Completed, Entries.Noon);

        var report = await journal.PruneAsync(new PruneRequest { Keep = 0, DryRun = true }, Cancellation);

        Assert.Equal(["wf_1"], report.RunIds);
        Assert.Single(await journal.ListRunsAsync(9, Cancellation));
    }

    [Fact]
    public async Task Prune_Compact_GivesTheSpaceBack()
    {
        await using var journal = await file.OpenAsync();
        for (var i = 0; i < 20; i++)
        {
            await EndAsync(journal, $"wf_{i}", RunState.Completed, Entries.Noon.AddMinutes(i), $"\"{new string('a', 200_000)}\"");
        }

        var report = await journal.PruneAsync(new PruneRequest { Keep = 1, Compact = true }, Cancellation);

        Assert.InRange(report.FreedBytes, 3_800_000, 5_000_000);
        Assert.InRange(report.FileBytes, 200_000, 500_000);
        Assert.InRange(new FileInfo(file.Path).Length, 200_000, 500_000);
        await EndAsync(journal, "wf_more", RunState.Completed, Entries.Noon);
    }

    [Fact]
    public async Task Prune_WhileAnotherWrites_BlocksItForMomentsOnly()
    {
        await using var journal = await file.OpenAsync();
        await EndAsync(journal, "wf_template", RunState.Completed, Entries.Noon);
        Copies.Of(file, runs: 500, callsEach: 100);
        await using var other = await file.OpenAsync();
        await other.CreateRunAsync(Entries.Run("wf_live"), Cancellation);

        var prune = journal.PruneAsync(new PruneRequest { Keep = 1 }, Cancellation);
        var written = 0;
        while (!prune.IsCompleted)
        {
            await other.SettleAsync("wf_live", ++written);
        }

        Assert.Equal(501, (await prune).RunIds.Count);
        Assert.InRange(written, 10, int.MaxValue);
        Assert.Equal(written, (await other.ReadSettledAsync("wf_live", Cancellation)).Count);
    }

    private static async Task EndAsync(SqliteJournal journal, string runId, RunState state, DateTimeOffset endedAt, string answer = "1")
    {
        await journal.CreateRunAsync(Entries.Run(runId) with { CreatedAt = endedAt.AddMinutes(-1) }, Cancellation);
        await journal.SettleAsync(runId, 1, answer);
        await journal.AppendAsync(runId, [new RunChanged { State = state, Totals = new RunTotals(), EndedAt = endedAt }], Cancellation);
    }
}
