using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Lessons;
using McpWorkflows.Journal.Sqlite;
using McpWorkflows.Journal.Sqlite.Migrations;
using Microsoft.Data.Sqlite;

namespace McpWorkflows.Journal.Tests.Migrations;

public sealed class SchemaTests : IDisposable
{
    private readonly JournalFile file = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => file.Dispose();

    [Fact]
    public async Task Schema_OfANewJournal_IsTheApprovedOne()
    {
        await (await file.OpenAsync()).DisposeAsync();

        var schema = (string)file.Sql("""
            SELECT group_concat(sql, char(10) || char(10)) || char(10)
            FROM (SELECT sql || ';' AS sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type DESC, name)
            """)!;

        Assert.Equal(Approved("schema.sql"), schema, ignoreLineEndingDifferences: true);
    }

    [Fact]
    public async Task Open_JournalOfTheFirstRelease_ReadsAllOfIt()
    {
        file.Sql(Approved("journal-v1.sql"));

        await using var journal = await file.OpenAsync();

        var run = (await journal.FindRunAsync("wf_old", Cancellation))!;
        Assert.Equal((RunState.Interrupted, "old", 1_000), (run.State, run.Name, run.Settings.MaxAgents));
        Assert.Equal("""{"z":1,"a":2}""", (await journal.ReadSettledAsync("wf_old", Cancellation)).Single().Outcome!.AnswerJson);
        Assert.Equal("finder", (await journal.ReadCallsAsync("wf_old", Cancellation)).Single().Label);
        Assert.Equal("phase", (await journal.ReadEventsAsync("wf_old", 0, 9, Cancellation)).Single().Kind);
        Assert.Equal("return 2", (await journal.ReadSnapshotsAsync("wf_old", Cancellation))["workflow:child"]);
        Assert.Equal("wf_old", (await journal.ListRunsAsync(9, Cancellation)).Single().Id);
        Assert.True(await journal.TryLeaseAsync("wf_old", Cancellation));
        Assert.Equal((long)Migration.All[^1].Version, file.Sql("PRAGMA user_version"));
    }

    [Fact]
    public async Task Open_JournalOfTheSecondRelease_ReadsAllOfIt()
    {
        file.Sql(Approved("journal-v2.sql"));

        await using var journal = await file.OpenAsync();

        var runs = await journal.ListRunsAsync(9, Cancellation);
        Assert.Equal(
            [("asking", RunState.Waiting), ("killed", RunState.Interrupted), ("failed", RunState.Failed), ("finished", RunState.Completed)],
            runs.Select(run => (run.Name, run.State)));
        Assert.Equal(WaitingFor.Answer, runs[0].WaitingFor);
        Assert.Contains("cannot go on", runs[2].Error, StringComparison.Ordinal);
        Assert.Equal("""{"z":4,"a":"Done: a short answer, as agents give them."}""", runs[3].ResultJson);
        Assert.Equal([1, 3, 1, 7], await CountsAsync(run => journal.ReadSettledAsync(run.Id, Cancellation)));
        Assert.Equal([1, 3, 1, 5], await CountsAsync(run => journal.ReadCallsAsync(run.Id, Cancellation)));
        Assert.Equal("Find lone \ud800", (await journal.ReadCallsAsync(runs[3].Id, Cancellation))[3].Prompt);
        Assert.Equal("Ship it?", (await journal.ReadQuestionsAsync(runs[0].Id, Cancellation)).Single().Text);
        Assert.Contains("workflow:child", (await journal.ReadSnapshotsAsync(runs[3].Id, Cancellation)).Keys);
        Assert.Equal(["killed", "asking"], (await journal.ListUnattendedAsync(Cancellation)).Select(run => run.Name));
        Assert.True(await journal.AnswerQuestionAsync(runs[0].Id, 1, "true", Cancellation));
        Assert.True(await journal.TryLeaseAsync(runs[1].Id, Cancellation));
        await journal.ChangeLessonsAsync("/p", book => book.Add("a lesson", [], LessonAudience.All, DateTimeOffset.UnixEpoch), Cancellation);
        Assert.Equal("a lesson", Assert.Single((await journal.ReadLessonsAsync("/p", Cancellation)).Live).Text);

        async Task<List<int>> CountsAsync<T>(Func<RunRecord, Task<IReadOnlyList<T>>> readAsync)
        {
            var counts = new List<int>();
            foreach (var run in runs)
            {
                counts.Add((await readAsync(run)).Count);
            }

            return counts;
        }
    }

    [Fact]
    public async Task Update_OlderJournal_TakesEachMissingStepOnce()
    {
        await (await file.OpenAsync()).DisposeAsync();
        var next = Migration.All.Count + 1;
        Migration[] steps = [.. Migration.All, new(next, "CREATE TABLE Two (Id INTEGER)"), new(next + 1, "ALTER TABLE Two ADD COLUMN Three INTEGER")];

        Update(steps);
        Update(steps);

        Assert.Equal(next + 1L, file.Sql("PRAGMA user_version"));
        Assert.Equal(0L, file.Sql("SELECT COUNT(Three) FROM Two"));
    }

    [Fact]
    public async Task Update_StepThatFails_LeavesTheJournalAsItWas()
    {
        await (await file.OpenAsync()).DisposeAsync();

        var next = Migration.All.Count + 1;

        Assert.Throws<SqliteException>(() => Update([.. Migration.All, new(next, "CREATE TABLE Two (Id INTEGER)"), new(next + 1, "nonsense")]));

        Assert.Equal(next - 1L, file.Sql("PRAGMA user_version"));
        Assert.Equal(0L, file.Sql("SELECT COUNT(*) FROM sqlite_master WHERE name = 'Two'"));
    }

    private static string Approved(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Approved", name));

    private void Update(IReadOnlyList<Migration> migrations)
    {
        using var connection = new SqliteConnection($"Data Source={file.Path};Pooling=False");
        connection.Open();
        Schema.Update(connection, new SqliteFailure(file.Path, TimeSpan.Zero), migrations);
    }
}
