namespace McpWorkflows.Journal.Writing;

/// <summary>Something the writer does within a transaction; the caller hears of it after the commit.</summary>
internal abstract class WriteRequest(string? runId, CancellationToken cancellationToken)
{
    /// <summary>The run that it writes of; null for none, or several.</summary>
    public string? RunId => runId;

    /// <summary>Honoured until the writer takes the request up; from then on the result is told, unless writing may take long.</summary>
    public CancellationToken CancellationToken { get; } = cancellationToken;

    /// <summary>May be called again after a transaction that was rolled back.</summary>
    public abstract void Execute(WriteSession session);

    /// <summary>Nobody waits for it any more.</summary>
    public abstract bool IsOver { get; }

    /// <returns>What is to be written because nobody waited for the result any more; null for nothing.</returns>
    public abstract WriteRequest? Complete();

    public abstract void Fail(Exception exception);

    public abstract void Cancel();
}

/// <summary>A request with its result.</summary>
internal sealed class WriteRequest<T> : WriteRequest
{
    private readonly TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Func<WriteSession, T> work;
    private readonly Action<WriteSession>? undo;
    private readonly CancellationTokenRegistration cancelling;
    private T? result;

    /// <param name="undo">For a result that nobody waited for any more; null where it may stand.</param>
    /// <param name="impatient">The caller is told of a cancellation at once, whatever the writer is at.</param>
    public WriteRequest(Func<WriteSession, T> work, Action<WriteSession>? undo, string? runId, bool impatient, CancellationToken cancellationToken)
        : base(runId, cancellationToken)
    {
        this.work = work;
        this.undo = undo;
        if (impatient && cancellationToken.CanBeCanceled)
        {
            cancelling = cancellationToken.UnsafeRegister(static request => ((WriteRequest<T>)request!).Cancel(), this);
        }
    }

    public Task<T> Task => completion.Task;

    public override void Execute(WriteSession session) => result = work(session);

    public override bool IsOver => completion.Task.IsCompleted;

    public override WriteRequest? Complete()
    {
        cancelling.Dispose();
        return completion.TrySetResult(result!) || undo is null
            ? null
            : new WriteRequest<bool>(
                session =>
                {
                    undo(session);
                    return true;
                },
                undo: null,
                RunId,
                impatient: false,
                CancellationToken.None);
    }

    public override void Fail(Exception exception)
    {
        cancelling.Dispose();
        completion.TrySetException(exception);
    }

    public override void Cancel() => completion.TrySetCanceled(CancellationToken);
}
