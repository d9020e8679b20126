using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Tests.Runs;

/// <summary>The globals of a fake script. Awaits give JSON text, and throw <see cref="ScriptRejection"/> for rejections.</summary>
internal sealed class FakeScriptApi
{
    private readonly Dictionary<int, TaskCompletionSource<Settlement>> _waiting = [];
    private List<ScriptOutput> _outputs = [];
    private int _lastRequest;

    public StartScript Start { get; private set; } = null!;

    public DateTimeOffset Now { get; private set; }

    public long Spent { get; private set; }

    /// <summary>The identity told with the last delivery.</summary>
    public string Identity { get; private set; } = "";

    public async Task<string?> Agent(string prompt, string? label = null, string? phase = null, AgentOptions? options = null)
    {
        var id = ++_lastRequest;
        var settlement = await Ask(id, new AgentRequested
        {
            RequestId = id,
            Prompt = prompt,
            Label = label ?? prompt,
            Phase = phase,
            Options = options ?? AgentOptions.None,
        });
        return ((Resolved)settlement).Json;
    }

    /// <summary>The timer, and the number by which it is cleared.</summary>
    public (int Id, Task Fired) Timer(double milliseconds)
    {
        var id = ++_lastRequest;
        return (id, Ask(id, new TimerRequested(id, milliseconds)));
    }

    public Task Sleep(double milliseconds) => Timer(milliseconds).Fired;

    public void ClearTimer(int id) => _outputs.Add(new TimerCleared(id));

    public async Task<ChildScript> Workflow(string? name, string? path = null)
    {
        var id = ++_lastRequest;
        return (ChildScript)await Ask(id, new WorkflowRequested(id, name, path));
    }

    public async Task<string?> Checkpoint(string text, string? schema = null, string? answer = null, double? timeout = null)
    {
        var id = ++_lastRequest;
        var asked = new QuestionAsked { RequestId = id, Text = text, SchemaJson = schema, DefaultJson = answer, TimeoutMilliseconds = timeout };
        return ((Resolved)await Ask(id, asked)).Json;
    }

    public void Log(string text) => _outputs.Add(new Logged("log", text));

    public void Phase(string title) => _outputs.Add(new PhaseEntered(title));

    public void BranchFailed(string where, string message) => _outputs.Add(new BranchFailed(where, message));

    public static Task<string?> Never() => new TaskCompletionSource<string?>().Task;

    internal void Begin(StartScript start)
    {
        Start = start;
        Now = start.Time;
    }

    internal void Deliver(Deliver delivery)
    {
        (Now, Spent, Identity) = (delivery.Time, delivery.SpentTokens, delivery.Identity);
        Assert.True(_waiting.Remove(delivery.RequestId, out var waiting), "Told what nobody asked for, or told twice.");
        if (delivery.Settlement is Rejected rejected)
            waiting.SetException(new ScriptRejection(rejected.Name, rejected.Message));
        else
            waiting.SetResult(delivery.Settlement);
    }

    internal List<ScriptOutput> TakeOutputs()
    {
        var outputs = _outputs;
        _outputs = [];
        return outputs;
    }

    private Task<Settlement> Ask(int id, ScriptOutput request)
    {
        _outputs.Add(request);
        return (_waiting[id] = new TaskCompletionSource<Settlement>()).Task;
    }
}

/// <summary>What a rejection is in a fake script.</summary>
internal sealed class ScriptRejection(string name, string message) : Exception(message)
{
    public string Name { get; } = name;
}
