using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.ScriptProcesses;

/// <summary>
/// Runs scripts in processes of their own, a few for all runs. A script that crashes or overruns its process fails its
/// own run; the other runs of that process are replayed elsewhere from the inputs they had, when they next have something
/// to do. Nothing of that shows in <see cref="IScriptRuntime"/>.
/// </summary>
public sealed class ScriptProcessRuntimeFactory : IScriptRuntimeFactory, IAsyncDisposable
{
    private readonly ScriptProcessPool _pool;

    /// <summary>Throws <see cref="ArgumentException"/> for options that make no sense. Starts nothing.</summary>
    public ScriptProcessRuntimeFactory(ScriptProcessOptions options, TimeProvider time)
    {
        options.Validate();
        _pool = new ScriptProcessPool(options, time);
    }

    /// <summary>The processes there are now: id, runs in it, and how it confined itself, null while it starts.</summary>
    public IReadOnlyList<(int ProcessId, int Runs, string? Confinement)> Processes =>
        [.. _pool.Links.Select(link => (link.ProcessId, link.Runs, link.Confinement))];

    /// <summary>Starts the first process, in the background. Throws <see cref="ScriptProcessException"/>.</summary>
    public void Warm() => _pool.Warm();

    public IScriptRuntime Create() => new ScriptProcessRuntime(_pool);

    /// <summary>Ends all processes; runs are to be disposed of before.</summary>
    public ValueTask DisposeAsync()
    {
        _pool.Dispose();
        return ValueTask.CompletedTask;
    }
}
