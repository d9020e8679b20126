using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Tests.Runs;

/// <summary>Scripts written in C#: an async lambda that awaits what it asks the engine for, as JavaScript would.</summary>
internal sealed class FakeScripts : IScriptRuntimeFactory
{
    /// <summary>What the next sessions run.</summary>
    public Func<FakeScriptApi, Task<string?>> Body { get; set; } = _ => Task.FromResult<string?>(null);

    /// <summary>What the last session was told, in order.</summary>
    public List<ScriptInput> Inputs { get; private set; } = [];

    public IScriptRuntime Create()
    {
        Inputs = [];
        return new FakeScriptRuntime(Body, Inputs);
    }
}

/// <summary>Runs one fake script on a queue of its own, so that nothing moves between turns.</summary>
internal sealed class FakeScriptRuntime(Func<FakeScriptApi, Task<string?>> body, List<ScriptInput> inputs) : IScriptRuntime
{
    private readonly TurnContext _context = new();
    private readonly FakeScriptApi _api = new();
    private Task<string?>? _script;

    public ValueTask<IReadOnlyList<ScriptOutput>> TurnAsync(ScriptInput input, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (inputs)
            inputs.Add(input);
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(_context);
        try
        {
            if (input is StartScript start)
            {
                _api.Begin(start);
                _script = body(_api);
            }
            else
            {
                _api.Deliver((Deliver)input);
            }

            _context.Run();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }

        var outputs = _api.TakeOutputs();
        if (_script!.IsFaulted)
            outputs.Add(new ScriptFailed(new ScriptError(_script.Exception!.InnerException!.Message, "a.js", 1, 1)));
        else if (_script.IsCompletedSuccessfully)
            outputs.Add(new ScriptReturned(_script.Result));
        return ValueTask.FromResult<IReadOnlyList<ScriptOutput>>(outputs);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class TurnContext : SynchronizationContext
    {
        private readonly Queue<(SendOrPostCallback Callback, object? State)> _queue = new();

        public override void Post(SendOrPostCallback d, object? state) => _queue.Enqueue((d, state));

        public void Run()
        {
            while (_queue.TryDequeue(out var work))
                work.Callback(work.State);
        }
    }
}
