namespace McpWorkflows.Engine.Scripting;

/// <summary>
/// The script's side of a run, reached by messages only, so that it can stand in another process. It is turn
/// based: one <see cref="ScriptInput"/> goes in, the script runs until no microtask is left, and everything it
/// asked for comes back. Between turns it holds no thread.
/// </summary>
public interface IScriptRuntime : IAsyncDisposable
{
    /// <summary>
    /// Runs one slice. Turns never overlap. A script's own error, a limit it overran and its end are messages
    /// (<see cref="ScriptReturned"/>, <see cref="ScriptFailed"/>), after which no further turn is taken.
    /// </summary>
    ValueTask<IReadOnlyList<ScriptOutput>> TurnAsync(ScriptInput input, CancellationToken cancellationToken);
}

/// <summary>Makes the script's side of a run.</summary>
public interface IScriptRuntimeFactory
{
    IScriptRuntime Create();
}
