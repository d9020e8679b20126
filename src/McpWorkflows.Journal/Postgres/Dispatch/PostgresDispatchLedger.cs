using System.Globalization;
using System.Text.Json;
using McpWorkflows.Engine.Dispatch;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.Texts;
using Npgsql;

namespace McpWorkflows.Journal.Postgres.Dispatch;

/// <summary>The ledger in the journal's database. Operations that arrive together share a round trip and a commit.</summary>
/// <param name="owner">Under which name this process leases runs; no other process has it.</param>
/// <param name="outages">Is told of those of the database.</param>
internal sealed class PostgresDispatchLedger(NpgsqlDataSource dataSource, string owner, TimeProvider time, OutageBoard? outages = null) : IDispatchLedger, IAsyncDisposable
{
    private static readonly JsonSerializerOptions CardFormat = new(JsonSerializerDefaults.Web);

    private readonly LedgerWriter writer = new(dataSource, time, outages);
    private long tokens;

    /// <summary>Transactions so far.</summary>
    public long Commits => writer.Commits;

    public Task<PostedCall> PostAsync(string runId, ItemKey key, string requestJson, CancellationToken cancellationToken)
    {
        object[] call = [runId, key.Hash, (long)key.Ordinal, Names.Of(key.Kind), owner];
        return WriteAsync(
            runId,
            key,
            [(LedgerStatements.Post, [.. call, requestJson]), (LedgerStatements.Posted, call)],
            async reader => await reader.ReadAsync(CancellationToken.None).ConfigureAwait(false)
                ? new PostedCall(new CallTicket(runId, key, (int)reader.GetInt64(0)), Text(reader, 1), Text(reader, 2))
                : throw new LeaseLostException(runId),
            cancellationToken);
    }

    public Task<CallClaim> ClaimAsync(CallTicket ticket, string worker, CancellationToken cancellationToken) => WriteAsync(
        ticket,
        LedgerStatements.Claim,
        [worker, NewToken()],
        static async reader => !await reader.ReadAsync(CancellationToken.None).ConfigureAwait(false) ? new CallClaim(CallClaimKind.Over)
            : Text(reader, 0) is { } request ? new CallClaim(CallClaimKind.Taken, request, (int)reader.GetInt64(1))
            : new CallClaim(CallClaimKind.Held, Claims: (int)reader.GetInt64(1)),
        cancellationToken);

    public Task ReleaseAsync(CallTicket ticket, string worker, CancellationToken cancellationToken) =>
        WriteAsync(ticket, LedgerStatements.Release, [worker], IsAny, cancellationToken);

    public Task<bool> CompleteAsync(CallTicket ticket, string outcomeJson, CancellationToken cancellationToken) =>
        WriteAsync(ticket, LedgerStatements.Complete, [outcomeJson, NewToken()], IsAny, cancellationToken);

    public Task<bool> WithdrawAsync(CallTicket ticket, CancellationToken cancellationToken) =>
        WriteAsync(ticket, LedgerStatements.Withdraw, [owner], IsAny, cancellationToken);

    public Task<IReadOnlyList<CompletedCall>> ReadCompletedAsync(IReadOnlyCollection<CallTicket> tickets, CancellationToken cancellationToken) => tickets.Count == 0
        ? Task.FromResult<IReadOnlyList<CompletedCall>>([])
        : WriteAsync(
            "",
            [(LedgerStatements.Completed, Columns(tickets))],
            reader => ListAsync(reader, static row => new CompletedCall(Ticket(row), row.GetString(5))),
            cancellationToken);

    public Task<IReadOnlyList<CallTicket>> BeatAsync(WorkerCard worker, TimeSpan lifetime, IReadOnlyCollection<CallTicket> held, CancellationToken cancellationToken) => WriteAsync(
        "",
        [(LedgerStatements.Beat, [worker.Name, JsonSerializer.Serialize(worker, CardFormat), lifetime, .. Columns(held)])],
        static reader => ListAsync(reader, Ticket),
        cancellationToken);

    public Task LeaveAsync(string worker, CancellationToken cancellationToken) =>
        WriteAsync("", [(LedgerStatements.Leave, [worker])], IsAny, cancellationToken);

    public Task<IReadOnlyList<WorkerCard>> ListWorkersAsync(CancellationToken cancellationToken) => WriteAsync(
        "",
        [(LedgerStatements.Workers, [])],
        static reader => ListAsync(reader, static row => JsonSerializer.Deserialize<WorkerCard>(row.GetString(0), CardFormat)!),
        cancellationToken);

    /// <summary>Ends what waits for the database with an <see cref="ObjectDisposedException"/>.</summary>
    public ValueTask DisposeAsync() => writer.DisposeAsync();

    private static object[] Columns(IReadOnlyCollection<CallTicket> tickets) =>
    [
        tickets.Select(static ticket => ticket.RunId).ToArray(),
        tickets.Select(static ticket => ticket.Key.Hash).ToArray(),
        tickets.Select(static ticket => (long)ticket.Key.Ordinal).ToArray(),
        tickets.Select(static ticket => Names.Of(ticket.Key.Kind)).ToArray(),
        tickets.Select(static ticket => (long)ticket.Attempt).ToArray(),
    ];

    private static CallTicket Ticket(NpgsqlDataReader row) =>
        new(row.GetString(0), new ItemKey(Names.To<ItemKind>(row.GetString(3)), row.GetString(1), (int)row.GetInt64(2)), (int)row.GetInt64(4));

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static Task<bool> IsAny(NpgsqlDataReader reader) => reader.ReadAsync(CancellationToken.None);

    private static async Task<IReadOnlyList<T>> ListAsync<T>(NpgsqlDataReader reader, Func<NpgsqlDataReader, T> read)
    {
        var all = new List<T>();
        while (await reader.ReadAsync(CancellationToken.None).ConfigureAwait(false))
        {
            all.Add(read(reader));
        }

        return all;
    }

    /// <summary>Names one operation over all its repetitions.</summary>
    private string NewToken() => string.Create(CultureInfo.InvariantCulture, $"{owner}/{Interlocked.Increment(ref tokens)}");

    private Task<T> WriteAsync<T>(CallTicket ticket, string sql, object[] values, Func<NpgsqlDataReader, Task<T>> read, CancellationToken cancellationToken) => WriteAsync(
        ticket.RunId,
        ticket.Key,
        [(sql, [ticket.RunId, ticket.Key.Hash, (long)ticket.Key.Ordinal, Names.Of(ticket.Key.Kind), (long)ticket.Attempt, .. values])],
        read,
        cancellationToken);

    private Task<T> WriteAsync<T>(string runId, ItemKey key, IReadOnlyList<(string Sql, object[] Values)> statements, Func<NpgsqlDataReader, Task<T>> read, CancellationToken cancellationToken) =>
        WriteAsync(string.Create(CultureInfo.InvariantCulture, $"{runId} {key.Hash} {key.Ordinal:D9} {key.Kind}"), statements, read, cancellationToken);

    private Task<T> WriteAsync<T>(string place, IReadOnlyList<(string Sql, object[] Values)> statements, Func<NpgsqlDataReader, Task<T>> read, CancellationToken cancellationToken) =>
        writer.WriteAsync(new LedgerRequest<T>(place, read, cancellationToken) { Statements = statements });
}
