namespace McpWorkflows.Journal.Writing;

/// <summary>Something the writer does within a transaction; the caller hears of it after the commit.</summary>
internal abstract class WriteRequest(CancellationToken cancellationToken)
{
    /// <summary>Honoured until the writer takes the request up; from then on the result is told.</summary>
    public CancellationToken CancellationToken { get; } = cancellationToken;

    /// <summary>May be called again after a transaction that was rolled back.</summary>
    public abstract void Execute(WriteSession session);

    public abstract void Complete();

    public abstract void Fail(Exception exception);

    public abstract void Cancel();
}

/// <summary>A request with its result.</summary>
internal sealed class WriteRequest<T>(Func<WriteSession, T> work, CancellationToken cancellationToken) : WriteRequest(cancellationToken)
{
    private readonly TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? result;

    public Task<T> Task => completion.Task;

    public override void Execute(WriteSession session) => result = work(session);

    public override void Complete() => completion.SetResult(result!);

    public override void Fail(Exception exception) => completion.SetException(exception);

    public override void Cancel() => completion.SetCanceled(CancellationToken);
}
