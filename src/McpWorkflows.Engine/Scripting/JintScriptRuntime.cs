namespace McpWorkflows.Engine.Scripting;

/// <summary>One run's script in this process. The engine lives between turns; threads do not.</summary>
internal sealed class JintScriptRuntime : IScriptRuntime
{
    /// <summary>
    /// How much longer than its limit a slice may take to come to a check of its own. What is longer is one built-in
    /// operation that nothing in the process can stop.
    /// </summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly JintScript _script = new();
    private TimeSpan _sliceLimit;

    public ValueTask<IReadOnlyList<ScriptOutput>> TurnAsync(ScriptInput input, CancellationToken cancellationToken)
    {
        if (_script.HasEnded)
        {
            throw new InvalidOperationException("The script has ended and takes no further turn.");
        }

        if (input is StartScript start)
        {
            _sliceLimit = start.Limits.Slice;
        }

        return new(WatchAsync(SliceThreads.RunAsync(() => _script.Turn(input, cancellationToken)), cancellationToken));
    }

    public ValueTask DisposeAsync()
    {
        _script.End();
        return ValueTask.CompletedTask;
    }

    /// <summary>Gives a turn up when its thread does not come back: the run ends, the thread is left to itself.</summary>
    private async Task<IReadOnlyList<ScriptOutput>> WatchAsync(
        Task<IReadOnlyList<ScriptOutput>> turn, CancellationToken cancellationToken)
    {
        try
        {
            return await turn.WaitAsync(_sliceLimit + Grace, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _script.End();
            throw;
        }
        catch (TimeoutException) when (!turn.IsCompleted)
        {
            _script.End();
            return [_script.Failed(SliceOverrunException.StuckMessage(_sliceLimit))];
        }
    }
}
