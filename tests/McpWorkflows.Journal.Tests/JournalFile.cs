using Microsoft.Data.Sqlite;

namespace McpWorkflows.Journal.Tests;

/// <summary>A journal's file in a folder of its own, which goes with the test.</summary>
internal sealed class JournalFile : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("mcpworkflows-journal-");

    public string Folder => folder.FullName;

    public string Path => System.IO.Path.Combine(Folder, "journal.db");

    public JournalOptions Options => new() { Path = Path };

    public Task<SqliteJournal> OpenAsync() => SqliteJournal.OpenAsync(Options, TestContext.Current.CancellationToken);

    /// <summary>Runs SQL on the file behind the journal's back; gives the first value.</summary>
    public object? Sql(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    public void Dispose() => folder.Delete(recursive: true);
}
