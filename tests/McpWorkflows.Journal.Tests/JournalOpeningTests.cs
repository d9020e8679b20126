using System.Text;
using McpWorkflows.Engine.Journal;
using Microsoft.Data.Sqlite;

namespace McpWorkflows.Journal.Tests;

public sealed class JournalOpeningTests : IDisposable
{
    private readonly JournalFile file = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => file.Dispose();

    [Fact]
    public async Task Open_FolderMissing_MakesIt()
    {
        var options = file.Options with { Path = Path.Combine(file.Folder, "a", "b", "journal.db") };

        await using var journal = await SqliteJournal.OpenAsync(options, Cancellation);

        Assert.True(File.Exists(options.Path));
    }

    [Fact]
    public async Task Open_NewJournal_IsDurable()
    {
        await using var journal = await file.OpenAsync();

        Assert.Equal("wal", file.Sql("PRAGMA journal_mode"));
    }

    [Fact]
    public async Task Open_NewerSchema_IsRefusedAndLeftAlone()
    {
        await (await file.OpenAsync()).DisposeAsync();
        file.Sql("PRAGMA user_version = 9999");

        var message = await RefusedAsync();

        Assert.Equal(
            "The journal 'journal.db' was written by a newer release (schema 9999, this one knows 3). Upgrade mcp-workflows, or choose another --journal.",
            message);
        Assert.Equal(9999L, file.Sql("PRAGMA user_version"));
    }

    [Fact]
    public async Task Open_AnotherProgramsDatabase_IsRefusedAndLeftAlone()
    {
        file.Sql("CREATE TABLE Songs (Id INTEGER)");

        Assert.Equal("'journal.db' is a SQLite database, but not a journal of mcp-workflows. Choose another --journal.", await RefusedAsync());
        Assert.Equal("delete", file.Sql("PRAGMA journal_mode"));
        Assert.Equal(1L, file.Sql("SELECT COUNT(*) FROM sqlite_master"));
    }

    [Fact]
    public async Task Open_NotADatabase_IsRefusedAndLeftAlone()
    {
        var text = string.Concat(Enumerable.Repeat("This is a letter, not a database. ", 100));
        await File.WriteAllTextAsync(file.Path, text, Cancellation);

        Assert.Equal("'journal.db' is not a journal (not a SQLite database). Choose another --journal.", await RefusedAsync());
        Assert.Equal(text, await File.ReadAllTextAsync(file.Path, Cancellation));
    }

    [Fact]
    public async Task Open_PathIsAFolder_IsRefused()
    {
        Directory.CreateDirectory(file.Path);

        Assert.StartsWith("The journal 'journal.db' cannot be opened: it is a folder", await RefusedAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_FolderCannotBeMade_IsRefused()
    {
        await File.WriteAllTextAsync(Path.Combine(file.Folder, "taken"), "", Cancellation);
        var options = file.Options with { Path = Path.Combine(file.Folder, "taken", "journal.db") };

        var refusal = await Assert.ThrowsAsync<JournalException>(() => SqliteJournal.OpenAsync(options, Cancellation));

        Assert.Contains("choose another place with --journal", refusal.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Open_LockedBeyondTheBound_NamesTheLock()
    {
        await (await file.OpenAsync()).DisposeAsync();
        using var other = new SqliteConnection($"Data Source={file.Path};Pooling=False");
        other.Open();
        using var hold = other.BeginTransaction(deferred: false);

        var refusal = await Assert.ThrowsAsync<JournalException>(() =>
            SqliteJournal.OpenAsync(file.Options with { LockTimeout = TimeSpan.FromSeconds(0.1) }, Cancellation));

        Assert.StartsWith("The journal 'journal.db' is locked by another program, and was still after 0.1 s.", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Append_LockedBeyondTheBound_FailsAllThatWaitTogether()
    {
        await using var journal = await SqliteJournal.OpenAsync(file.Options with { LockTimeout = TimeSpan.FromSeconds(0.1) }, Cancellation);
        await journal.CreateRunAsync(Entries.Run("wf_1"), Cancellation);
        using var other = new SqliteConnection($"Data Source={file.Path};Pooling=False");
        other.Open();
        using (other.BeginTransaction(deferred: false))
        {
            var appends = Enumerable.Range(1, 100).Select(i => journal.SettleAsync("wf_1", i)).ToList();
            foreach (var append in appends)
            {
                Assert.Contains("locked", (await Assert.ThrowsAsync<JournalException>(() => append)).Message, StringComparison.Ordinal);
            }
        }

        await journal.SettleAsync("wf_1", 1);
    }

    [Fact]
    public async Task Open_SameOwnerTwice_IsRefused()
    {
        var options = file.Options with { Owner = "me" };
        await using var journal = await SqliteJournal.OpenAsync(options, Cancellation);

        var refusal = await Assert.ThrowsAsync<JournalException>(() => SqliteJournal.OpenAsync(options, Cancellation));

        Assert.StartsWith("The owner 'me' has this journal open already.", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("../me")]
    public async Task Open_OwnerThatIsNoFileName_IsRefused(string owner) =>
        await Assert.ThrowsAsync<System.ComponentModel.DataAnnotations.ValidationException>(() =>
            SqliteJournal.OpenAsync(file.Options with { Owner = owner }, Cancellation));

    [Fact]
    public async Task Append_LockedForAWhile_WaitsItsTurn()
    {
        await using var journal = await file.OpenAsync();
        await journal.CreateRunAsync(Entries.Run("wf_1"), Cancellation);
        Task append;
        using (var other = new SqliteConnection($"Data Source={file.Path};Pooling=False"))
        {
            other.Open();
            using var hold = other.BeginTransaction(deferred: false);
            append = journal.SettleAsync("wf_1", 1);
            Assert.Empty(await journal.ReadSettledAsync("wf_1", Cancellation));
            Assert.False(append.IsCompleted);
        }

        await append;
    }

    [Fact]
    public async Task Read_DamagedPages_NamesTheDamage()
    {
        await using (var journal = await file.OpenAsync())
        {
            await journal.CreateRunAsync(Entries.Run("wf_1"), Cancellation);
            await journal.SettleAsync("wf_1", 1, $"\"{new string('a', 100_000)}\"");
        }

        using (var stream = File.OpenWrite(file.Path))
        {
            // Past the first page, so that it still looks like a journal from outside.
            stream.Position = 4_096;
            stream.Write(Encoding.ASCII.GetBytes(new string('#', (int)stream.Length - 4_096)));
        }

        var refusal = await Assert.ThrowsAsync<JournalException>(async () =>
        {
            await using var journal = await file.OpenAsync();
            await journal.ReadSettledAsync("wf_1", Cancellation);
        });
        Assert.StartsWith("The journal 'journal.db' is damaged.", refusal.Message, StringComparison.Ordinal);
    }

    private async Task<string> RefusedAsync() => (await Assert.ThrowsAsync<JournalException>(file.OpenAsync)).Message;
}
