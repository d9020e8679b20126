using System.Text;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.Transfer;

namespace McpWorkflows.Journal.Tests.Transfer;

public sealed class RunFileTests : IDisposable
{
    private readonly JournalFile here = new();
    private readonly JournalFile there = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        here.Dispose();
        there.Dispose();
    }

    [Fact]
    public async Task Import_ExportedRun_HoldsAllOfIt()
    {
        await using var from = await here.OpenAsync();
        await WriteRunAsync(from);
        await using var to = await there.OpenAsync();

        var run = await RunFile.ImportAsync(to, await ExportAsync(from), null, Cancellation);

        var stored = (await from.FindRunAsync("wf_1", Cancellation))!;
        Assert.Equal(stored, run);
        Assert.Equal(stored, await to.FindRunAsync("wf_1", Cancellation));
        Assert.Equal(await from.ReadSettledAsync("wf_1", Cancellation), await to.ReadSettledAsync("wf_1", Cancellation));
        Assert.Equivalent(await from.ReadCallsAsync("wf_1", Cancellation), await to.ReadCallsAsync("wf_1", Cancellation), strict: true);
        Assert.Equal(await from.ReadQuestionsAsync("wf_1", Cancellation), await to.ReadQuestionsAsync("wf_1", Cancellation));
        Assert.Equal(await from.ReadEventsAsync("wf_1", 0, 99, Cancellation), await to.ReadEventsAsync("wf_1", 0, 99, Cancellation));
        Assert.Equal(await from.ReadSnapshotsAsync("wf_1", Cancellation), await to.ReadSnapshotsAsync("wf_1", Cancellation));
        Assert.Equal(there.Sql("SELECT COUNT(*) FROM Calls WHERE OutcomeJson IS NULL"), here.Sql("SELECT COUNT(*) FROM Calls WHERE OutcomeJson IS NULL"));
        using var again = await ExportAsync(to);
        Assert.Equal(Lines(await ExportAsync(from))[1..], Lines(again)[1..]);
    }

    [Fact]
    public async Task Import_RunThatWasRunning_IsInterruptedAndAnybodys()
    {
        await using var from = await here.OpenAsync();
        await from.CreateRunAsync(Entries.Run("wf_1"), Cancellation);
        await from.SettleAsync("wf_1", 1);
        await using var to = await there.OpenAsync();
        await using var other = await there.OpenAsync();

        await RunFile.ImportAsync(to, await ExportAsync(from), null, Cancellation);

        Assert.Equal(RunState.Interrupted, (await other.FindRunAsync("wf_1", Cancellation))!.State);
        Assert.True(await other.TryLeaseAsync("wf_1", Cancellation));
    }

    [Fact]
    public async Task Import_RunThatIsThereAlready_IsRefusedUnlessNew()
    {
        await using var journal = await here.OpenAsync();
        await WriteRunAsync(journal);

        var refusal = await Assert.ThrowsAsync<JournalException>(async () => await RunFile.ImportAsync(journal, await ExportAsync(journal), null, Cancellation));
        Assert.Equal(
            "There is a run 'wf_1' in this journal already; nothing was imported. Import it under an id of its own with --as-new.", refusal.Message);

        Assert.Equal("wf_2", (await RunFile.ImportAsync(journal, await ExportAsync(journal), "wf_2", Cancellation)).Id);
        Assert.Equal(await journal.ReadSettledAsync("wf_1", Cancellation), await journal.ReadSettledAsync("wf_2", Cancellation));
    }

    [Fact]
    public async Task Import_NewerFormat_IsRefused() =>
        Assert.Equal(
            "The run was exported by a newer release (format 2, this one knows 1); nothing was imported. Upgrade mcp-workflows.",
            await RefusedAsync(text => text.Replace("\"version\":1", "\"version\":2", StringComparison.Ordinal)));

    [Theory]
    [InlineData("")]
    [InlineData("not JSON")]
    [InlineData("{}")]
    [InlineData("{\"header\":{\"format\":\"other\",\"version\":1,\"exportedAt\":\"2030-01-01T00:00:00+00:00\",\"text\":\"\"}}")]
    public async Task Import_OtherFile_IsRefused(string text) =>
        Assert.Equal("This is not an exported run. Name a file that export has written.", await RefusedAsync(_ => text));

    [Fact]
    public async Task Import_AnyLineMissing_IsRefused()
    {
        await using var from = await here.OpenAsync();
        await WriteRunAsync(from);
        var lines = Lines(await ExportAsync(from));

        for (var i = 0; i < lines.Length; i++)
        {
            var without = string.Join('\n', lines.Where((_, at) => at != i));
            var message = await RefusedAsync(_ => without);
            Assert.Contains(i == 0 ? "not an exported run" : "nothing was imported", message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("\"state\":\"Failed\"", "\"state\":\"Elsewhere\"")]
    [InlineData("\"script\":", "\"scripd\":")]
    [InlineData("\"name\":\"name\"", "\"name\":null")]
    public async Task Import_LineDamaged_NamesTheLine(string old, string damaged) =>
        Assert.StartsWith("Line 2 of the file is damaged (", await RefusedAsync(text => text.Replace(old, damaged, StringComparison.Ordinal)), StringComparison.Ordinal);

    [Fact]
    public async Task Export_UnknownRun_IsRefused()
    {
        await using var journal = await here.OpenAsync();

        await Assert.ThrowsAsync<JournalException>(() => ExportAsync(journal));
    }

    private static string[] Lines(MemoryStream file) => Encoding.UTF8.GetString(file.ToArray()).TrimEnd('\n').Split('\n');

    private static async Task<MemoryStream> ExportAsync(SqliteJournal journal)
    {
        var file = new MemoryStream();
        await RunFile.ExportAsync(journal, "wf_1", file, Entries.Noon, Cancellation);
        file.Position = 0;
        return file;
    }

    private static async Task WriteRunAsync(SqliteJournal journal)
    {
        var question = new ItemKey(ItemKind.Question, "q", 1);
        await journal.CreateRunAsync(
            Entries.Run("wf_1") with { ParentId = "wf_0", ArgsJson = """{"z":1,"a":"\ud800"}""", Goal = "goal \udc00", Script = "return '\ud800'" },
            [
                new SnapshotTaken("workflow:b", "text \ud800"),
                new SnapshotTaken("workflow:a", "\uffff"),
                new CallOpened(Entries.Call(1) with { Prompt = "lone \ud800", Phase = "p" }),
                new ItemSettled(Entries.Item(1, """{"z":1,"a":"\ud800"}""")),
                new CallOpened(Entries.Call(2) with { Options = AgentOptions.None with { Tools = ["t"], Stall = TimeSpan.FromMilliseconds(1.5) } }),
                new CallOpened(Entries.Call(3) with { Outcome = new AgentOutcome { Kind = AgentOutcomeKind.Skipped } }),
                new ItemSettled(Entries.Item(2) with { Outcome = new AgentOutcome { Kind = AgentOutcomeKind.Failed, Failure = new AgentFailure("why", "last") } }),
                new QuestionOpened(new QuestionRecord { Number = 1, Key = question, Text = "Ship?", SchemaJson = "{}", AskedAt = Entries.Noon }),
                new ItemSettled(new SettledItem { Key = question, Sequence = 3, Time = Entries.Noon.AddTicks(7), AnswerJson = "true" }),
                new ItemSettled(new SettledItem { Key = new ItemKey(ItemKind.Workflow, "w", 1), Sequence = 4, Time = Entries.Noon, Error = "none" }),
                new EventAppended(Entries.Event(1)),
                new EventAppended(Entries.Event(2)),
                new RunChanged { State = RunState.Failed, Totals = new RunTotals { Agents = 3 }, Error = "broke", EndedAt = Entries.Noon.AddHours(1) },
            ],
            Cancellation);
    }

    private async Task<string> RefusedAsync(Func<string, string> change)
    {
        await using var from = await here.OpenAsync();
        if (await from.FindRunAsync("wf_1", Cancellation) is null)
        {
            await WriteRunAsync(from);
        }

        await using var to = await there.OpenAsync();
        var text = change(Encoding.UTF8.GetString((await ExportAsync(from)).ToArray()));
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(text));
        var refusal = await Assert.ThrowsAsync<JournalException>(() => RunFile.ImportAsync(to, file, null, Cancellation));
        Assert.Empty(await to.ListRunsAsync(1, Cancellation));
        return refusal.Message;
    }
}
