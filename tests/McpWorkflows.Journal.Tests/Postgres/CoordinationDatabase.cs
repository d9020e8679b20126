using McpWorkflows.Journal.Postgres;
using McpWorkflows.Testing.Servers;
using Npgsql;

namespace McpWorkflows.Journal.Tests.Postgres;

/// <summary>A database with the tables of coordination, and as much of the journal's as they refer to.</summary>
internal sealed class CoordinationDatabase : IAsyncDisposable
{
    private readonly List<NpgsqlDataSource> sources = [];

    private CoordinationDatabase(string text) => Text = text;

    /// <summary>The connection string.</summary>
    public string Text { get; }

    public static async Task<CoordinationDatabase> CreateAsync(PostgresServer? server = null)
    {
        var database = new CoordinationDatabase(await (server ?? await PostgresServer.SharedAsync()).CreateDatabaseAsync());
        await using var source = NpgsqlDataSource.Create(database.Text);
        await using var command = source.CreateCommand($"CREATE TABLE Runs (Id text PRIMARY KEY, LeaseOwner text NULL); {CoordinationSchema.Sql}");
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return database;
    }

    /// <summary>As a further process would.</summary>
    public NpgsqlDataSource Connect(TcpRelay? relay = null, string more = "")
    {
        var text = new NpgsqlConnectionStringBuilder($"{Text};Timeout=2;Cancellation Timeout=100;Max Auto Prepare=50;Auto Prepare Min Usages=2;No Reset On Close=true;{more}");
        text.Port = relay?.Port ?? text.Port;
        var source = NpgsqlDataSource.Create(text);
        lock (sources)
        {
            sources.Add(source);
        }

        return source;
    }

    public async Task LeaseAsync(string runId, string owner)
    {
        await using var source = NpgsqlDataSource.Create(Text);
        await using var command = source.CreateCommand("INSERT INTO Runs VALUES ($1, $2) ON CONFLICT (Id) DO UPDATE SET LeaseOwner = $2");
        command.Parameters.Add(new NpgsqlParameter { Value = runId });
        command.Parameters.Add(new NpgsqlParameter { Value = owner });
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var source in sources)
        {
            await source.DisposeAsync();
        }
    }
}
