using System.Net;
using System.Net.Sockets;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.Postgres;
using McpWorkflows.Journal.Sqlite.Migrations;
using McpWorkflows.Testing.Servers;
using Npgsql;

namespace McpWorkflows.Journal.Tests.Postgres;

public sealed class PostgresOpeningTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Open_TenAtOnce_MigrateOnce()
    {
        var place = await PostgresPlace.MakeAsync();

        var journals = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => place.OpenAsync()));

        Assert.Equal(1L, await place.SqlAsync("SELECT count(*) FROM JournalSchema"));
        Assert.Equal((long)PostgresSchema.Migrations[^1].Version, await place.SqlAsync("SELECT Version FROM JournalSchema"));
        foreach (var (index, journal) in journals.Index())
        {
            await journal.CreateRunAsync(Entries.Run($"wf_{index}"), Cancellation);
            await journal.DisposeAsync();
        }
    }

    [Fact]
    public async Task Schema_OfANewJournal_IsTheApprovedOne()
    {
        var place = await PostgresPlace.MakeAsync();
        await (await place.OpenAsync()).DisposeAsync();

        var schema = (string)(await place.SqlAsync("""
            SELECT string_agg(line, chr(10) ORDER BY line) || chr(10) FROM (
                SELECT table_name || '.' || column_name || ' ' || data_type || CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END AS line
                FROM information_schema.columns WHERE table_schema = current_schema()
                UNION ALL
                SELECT tablename || ' index: ' || replace(indexdef, schemaname || '.', '') FROM pg_indexes WHERE schemaname = current_schema()
                UNION ALL
                SELECT conrelid::regclass || ' key: ' || pg_get_constraintdef(oid) FROM pg_constraint
                WHERE contype = 'f' AND connamespace = current_schema()::regnamespace) AS lines
            """))!;

        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Approved", "schema-postgres.txt"), Cancellation), schema, ignoreLineEndingDifferences: true);
        Assert.Equal(
            PostgresSchema.Tables.Order(StringComparer.Ordinal),
            ((string)(await place.SqlAsync("SELECT string_agg(tablename, ',') FROM pg_tables WHERE schemaname = current_schema()"))!).Split(',').Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Open_JournalOfANewerRelease_IsRefused()
    {
        var place = await PostgresPlace.MakeAsync();
        await (await place.OpenAsync()).DisposeAsync();
        await place.SqlAsync("UPDATE JournalSchema SET Version = 99");

        var refused = await Assert.ThrowsAsync<JournalException>(place.OpenAsync);

        Assert.Contains("newer release (schema 99", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_TablesOfAnotherProgram_AreRefusedAndLeftAsTheyAre()
    {
        var place = await PostgresPlace.MakeAsync();
        await place.SqlAsync("CREATE TABLE Slots (Id int)");

        var refused = await Assert.ThrowsAsync<JournalException>(place.OpenAsync);

        Assert.Contains("search_path=", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1L, await place.SqlAsync("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()"));
    }

    [Fact]
    public async Task Update_OlderJournal_TakesEachMissingStepOnceAndAllOrNone()
    {
        var place = await PostgresPlace.MakeAsync();
        await (await place.OpenAsync()).DisposeAsync();
        var next = PostgresSchema.Migrations.Count + 1;
        Migration[] steps = [.. PostgresSchema.Migrations, new(next, "CREATE TABLE Two (Id bigint)"), new(next + 1, "ALTER TABLE Two ADD COLUMN Three bigint")];

        await Assert.ThrowsAsync<PostgresException>(() => UpdateAsync(place, [.. steps, new(next + 2, "nonsense")]));
        Assert.Equal(next - 1L, await place.SqlAsync("SELECT Version FROM JournalSchema"));

        await UpdateAsync(place, steps);
        await UpdateAsync(place, steps);

        Assert.Equal(next + 1L, await place.SqlAsync("SELECT Version FROM JournalSchema"));
        Assert.Equal(0L, await place.SqlAsync("SELECT count(Three) FROM Two"));
    }

    [Fact]
    public async Task Open_NoServer_NamesThePlaceAndNoPassword()
    {
        // Taken, so that nobody else gets it, but nobody listens there.
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        var options = new JournalOptions { Path = $"postgres://me:secret@127.0.0.1:{port}/work", LockTimeout = TimeSpan.FromMilliseconds(500) };

        var failed = await Assert.ThrowsAsync<JournalAwayException>(() => DatabaseJournal.OpenAsync(options, Cancellation));

        Assert.Contains($"'work on 127.0.0.1:{port}' cannot be reached", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failed.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgres", "nowhere", "", "Create it with createdb")]
    [InlineData("nobody_known", "postgres", "", "Check user and password")]
    [InlineData("postgres", "postgres", "?search_path=nowhere", "CREATE SCHEMA")]
    public async Task Open_WhatTheServerRefuses_IsSaidAtOnce(string user, string database, string query, string remedy)
    {
        var server = await PostgresServer.SharedAsync();
        var options = new JournalOptions { Path = $"postgres://{user}:secret@127.0.0.1:{server.Port}/{database}{query}", LockTimeout = TimeSpan.FromHours(1) };

        var failed = await Assert.ThrowsAsync<JournalException>(() => DatabaseJournal.OpenAsync(options, Cancellation));

        Assert.Contains(remedy, failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failed.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_UserWhoMayOnlyRead_ReadsWhereThatWillDo()
    {
        var place = await PostgresPlace.MakeAsync();
        await using var owner = await place.OpenAsync();
        await owner.CreateRunAsync(Entries.Run("wf_1"), Cancellation);
        await place.SqlAsync("""
            DO $$ BEGIN CREATE ROLE looker LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
            DO $$ BEGIN EXECUTE 'GRANT USAGE ON SCHEMA ' || current_schema() || ' TO looker; GRANT SELECT ON ALL TABLES IN SCHEMA ' || current_schema() || ' TO looker'; END $$;
            """);
        var options = place.Options with { Path = place.Address.Replace("postgres@", "looker@", StringComparison.Ordinal), AllowReadOnly = true };

        await using var reader = await PostgresJournal.OpenAsync(options, Cancellation);

        Assert.Equal(RunState.Running, (await reader.FindRunAsync("wf_1", Cancellation))!.State);
        var refused = await Assert.ThrowsAsync<JournalException>(() => reader.RequestCancelAsync("wf_1", Cancellation));
        Assert.Contains("may only read", refused.Message, StringComparison.Ordinal);
    }

    private static async Task UpdateAsync(PostgresPlace place, IReadOnlyList<Migration> migrations)
    {
        await using var connection = new NpgsqlConnection(PostgresAddress.Parse(place.Address, static _ => null).Connection.ConnectionString);
        await connection.OpenAsync(Cancellation);
        await PostgresSchema.UpdateAsync(connection, new PostgresFailure("test", null), migrations, Cancellation);
    }
}
