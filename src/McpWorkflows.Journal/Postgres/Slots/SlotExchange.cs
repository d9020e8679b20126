using Npgsql;

namespace McpWorkflows.Journal.Postgres.Slots;

/// <summary>Carries the steps of all holders of a process to the database and back, in one round trip and one transaction.</summary>
internal sealed class SlotExchange(NpgsqlDataSource dataSource, SlotTerms terms)
{
    /// <summary>The answers, in the order of the steps.</summary>
    public async Task<SlotAnswer[]> RunAsync(IReadOnlyList<SlotStep> steps, CancellationToken cancellationToken)
    {
        // Locks of pools are taken in one order by all.
        var growing = steps.Where(static step => step.Kind == SlotStepKind.Grow).OrderBy(static step => step.Slots.Pool, StringComparer.Ordinal).ToArray();
        var keeping = steps.Where(static step => step.Kind == SlotStepKind.Keep).ToArray();
        var leaving = steps.Where(static step => step.Kind == SlotStepKind.Leave).ToArray();
        var staying = steps.Where(static step => step.Kind != SlotStepKind.Leave).ToArray();
        var connection = await dataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var opened = connection.ConfigureAwait(false);
        var batch = new NpgsqlBatch(connection);
        await using var disposing = batch.ConfigureAwait(false);
        if (leaving.Length > 0)
        {
            Add(batch, SlotStatements.Leave, Pools(leaving), Owners(leaving), Turns(leaving));
        }

        foreach (var step in growing)
        {
            var (pool, owner) = (step.Slots.Pool, step.Slots.Owner);
            Add(batch, SlotStatements.Lock, pool);
            Add(batch, SlotStatements.Enter, pool, owner, step.Turn, (long)step.Used, (long)step.Held, (long)step.Wanted, terms.Lease);
            Add(batch, SlotStatements.Grow, pool, owner, step.Turn, (long)step.Slots.Width);
        }

        if (keeping.Length > 0)
        {
            long[] held = [.. keeping.Select(static step => (long)step.Held)];
            long[] wanted = [.. keeping.Select(static step => (long)step.Wanted)];
            Add(batch, SlotStatements.Keep, Pools(keeping), Owners(keeping), Turns(keeping), held, wanted, terms.Lease);
        }

        if (staying.Length > 0)
        {
            long[] widths = [.. staying.Select(static step => (long)step.Slots.Width)];
            Add(batch, SlotStatements.Look, Pools(staying), Owners(staying), widths);
        }

        var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var reading = reader.ConfigureAwait(false);
        var granted = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var step in growing)
        {
            await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
            if (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                granted[step.Slots.Owner] = reader.GetInt64(0);
            }

            await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        }

        if (keeping.Length > 0)
        {
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                granted[reader.GetString(0)] = reader.GetInt64(1);
            }

            await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        }

        var looks = new Dictionary<string, SlotLook>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            looks[reader.GetString(0)] = new SlotLook(reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
        }

        // Returns when the server has committed.
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        return
        [
            .. steps.Select(step => new SlotAnswer(
                granted.TryGetValue(step.Slots.Owner, out var held) ? held : null,
                looks.TryGetValue(step.Slots.Owner, out var look) ? look : null)),
        ];
    }

    private static string[] Pools(SlotStep[] steps) => [.. steps.Select(static step => step.Slots.Pool)];

    private static string[] Owners(SlotStep[] steps) => [.. steps.Select(static step => step.Slots.Owner)];

    private static long[] Turns(SlotStep[] steps) => [.. steps.Select(static step => step.Turn)];

    private static void Add(NpgsqlBatch batch, string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        batch.BatchCommands.Add(command);
    }
}
