using System.Collections.Immutable;
using McpWorkflows.Engine.Activity;
using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Engine.Runs;

/// <summary>Numbers a run's events, hands them to the writer and to whoever watches.</summary>
internal sealed class RunEvents(long last, TimeProvider time, RunWriter writer)
{
    private readonly EventPayload _payload = new();
    private ImmutableArray<Action<RunEvent>> _handlers = [];
    private long _last = last;

    public IDisposable Subscribe(Action<RunEvent> handler)
    {
        ImmutableInterlocked.Update(ref _handlers, handlers => handlers.Add(handler));
        return new Subscription(() => ImmutableInterlocked.Update(ref _handlers, handlers => handlers.Remove(handler)));
    }

    public void Phase(string title) => Emit("phase", _payload.Phase(title));

    public void Log(string level, string text) => Emit("log", _payload.Log(level, text));

    public void Call(CallRecord call, string state) => Emit("call", _payload.Call(call, state));

    public void Queued(IReadOnlyList<(CallRecord Call, int Line)> calls) => Emit("queued", _payload.Queued(calls));

    public void Branch(FailureStatus failure) => Emit("branch", _payload.Branch(failure));

    public void Question(QuestionRecord question) => Emit("question", _payload.Question(question));

    public void Gate(int width, int? allowed) => Emit("gate", _payload.Gate(width, allowed));

    public void Doing(IReadOnlyList<AgentActivity> agents) => Emit("doing", _payload.Doing(agents));

    public void State(RunState state, string? error = null, RunWait? wait = null) => Emit("state", _payload.State(state, error, wait));

    public void GoesOn() => Emit("state", _payload.GoesOn());

    private void Emit(string kind, string payload)
    {
        var item = new RunEvent(++_last, time.GetUtcNow(), kind, payload);
        writer.Add(new EventAppended(item));
        foreach (var handler in _handlers)
            Tell(handler, item);
    }

    private void Tell(Action<RunEvent> handler, RunEvent item)
    {
        try
        {
            handler(item);
        }
        catch (Exception) // A watcher that fails is watched no more; it must not end the run.
        {
            ImmutableInterlocked.Update(ref _handlers, handlers => handlers.Remove(handler));
        }
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
