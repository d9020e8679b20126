using McpWorkflows.Engine.Journal;
using Npgsql;

namespace McpWorkflows.Journal.Postgres.Dispatch;

/// <summary>Statements that share a transaction with others' and have one result; the caller hears of it after the commit.</summary>
/// <param name="place">Transactions take their rows in the order of this, so that none waits for another in a circle.</param>
internal abstract class LedgerRequest(string place, CancellationToken cancellationToken)
{
    public string Place => place;

    /// <summary>Keeps the caller from waiting; what is under way may take effect all the same.</summary>
    public CancellationToken CancellationToken { get; } = cancellationToken;

    public required IReadOnlyList<(string Sql, object[] Values)> Statements { get; init; }

    /// <summary>Takes in the result; may be called again after a transaction that failed.</summary>
    public abstract Task ReadAsync(NpgsqlDataReader reader);

    public abstract void Complete();

    public abstract void Fail(Exception exception);

    public abstract void Cancel();
}

/// <summary>A request with its result; one that throws a <see cref="JournalException"/> fails alone.</summary>
internal sealed class LedgerRequest<T>(string place, Func<NpgsqlDataReader, Task<T>> read, CancellationToken cancellationToken) : LedgerRequest(place, cancellationToken)
{
    private readonly TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? result;
    private JournalException? refusal;

    public Task<T> Task => completion.Task;

    public override async Task ReadAsync(NpgsqlDataReader reader)
    {
        try
        {
            result = await read(reader).ConfigureAwait(false);
        }
        catch (JournalException exception)
        {
            refusal = exception;
        }
    }

    public override void Complete()
    {
        if (refusal is null)
        {
            completion.TrySetResult(result!);
        }
        else
        {
            completion.TrySetException(refusal);
        }
    }

    public override void Fail(Exception exception) => completion.TrySetException(exception);

    public override void Cancel() => completion.TrySetCanceled(CancellationToken);
}
