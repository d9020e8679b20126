using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.Workflows;

namespace McpWorkflows.Engine.Tests.Runs;

/// <summary>An engine with fakes all around, over a journal that outlives it.</summary>
internal sealed class EngineHarness : IAsyncDisposable
{
    public const string Script = "export const meta = { name: 'test', description: 'd' };\n";

    private readonly EngineOptions _options;
    private readonly TimeProvider _time;

    private readonly IScriptRuntimeFactory _runtimes;

    public EngineHarness(TimeProvider? time = null, EngineOptions? options = null, IScriptRuntimeFactory? runtimes = null)
    {
        _runtimes = runtimes ?? Scripts;
        _time = time ?? TimeProvider.System;
        _options = options ?? new EngineOptions();
        Journal = new WatchedJournal(new MemoryJournal());
        Engine = NewEngine(Journal);
    }

    public RejectingValidator Validator { get; } = new();

    public static TimeSpan Patience { get; } = TimeSpan.FromMinutes(2);

    public FakeScripts Scripts { get; } = new();

    public FakeAgents Agents { get; } = new();

    public FakeCatalog Catalog { get; } = new();

    public WatchedJournal Journal { get; private set; }

    public WorkflowEngine Engine { get; private set; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public Task<string> StartAsync(Func<FakeScriptApi, Task<string?>> body)
    {
        Scripts.Body = body;
        return Engine.StartAsync(new StartRun { Script = Script, Workspace = "/w" }, Cancellation);
    }

    public async Task<RunStatus> RunAsync(Func<FakeScriptApi, Task<string?>> body) => await EndOfAsync(await StartAsync(body));

    /// <summary>Answers the only open question; gives the run's id.</summary>
    public Task<string> AnswerAsync(string runId, string json, int? number = null) =>
        Engine.ResumeAsync(new ResumeRun { RunId = runId, Answers = [new QuestionAnswer(number, json)] }, Cancellation);

    /// <summary>Waits until the run has ended, over all that it waits for.</summary>
    public async Task<RunStatus> OverAsync(string runId)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(Patience);
        while (true)
        {
            var status = await Engine.GetStatusAsync(runId, patience.Token);
            if (status.Run.State.HasEnded())
                return status;
            await Task.Delay(1, patience.Token);
        }
    }

    /// <summary>Waits until the run shows a question.</summary>
    public async Task<RunStatus> AskingAsync(string runId)
    {
        while (true)
        {
            var status = await Engine.GetStatusAsync(runId, Cancellation);
            if (status.Questions.Count > 0)
                return status;
            await Task.Delay(1, Cancellation);
        }
    }

    /// <summary>Waits until the run waits.</summary>
    public async Task<RunStatus> WaitingAsync(string runId)
    {
        while (true)
        {
            var status = await Engine.GetStatusAsync(runId, Cancellation);
            if (status.Run.State == RunState.Waiting)
                return status;
            Assert.Equal(RunState.Running, status.Run.State);
            await Task.Delay(1, Cancellation);
        }
    }

    public Task<string> StartResumeAsync(string runId, Func<FakeScriptApi, Task<string?>>? body = null, params string[] rerun)
    {
        Scripts.Body = body ?? Scripts.Body;
        Agents.Forget();
        return Engine.ResumeAsync(new ResumeRun { RunId = runId, Rerun = rerun }, Cancellation);
    }

    public async Task<RunStatus> ResumeAsync(string runId, Func<FakeScriptApi, Task<string?>>? body = null, params string[] rerun) =>
        await EndOfAsync(await StartResumeAsync(runId, body, rerun));

    public async Task<RunStatus> EndOfAsync(string runId)
    {
        var status = await Engine.WaitAsync(runId, Timeout.InfiniteTimeSpan, Cancellation).WaitAsync(Patience, Cancellation);
        Assert.NotEqual(RunState.Running, status.Run.State);
        return status;
    }

    /// <summary>The process dies, unable to write anything more; another one opens the journal.</summary>
    public async Task CrashAsync()
    {
        await Journal.DisposeAsync();
        await Engine.DisposeAsync();
        Reopen();
    }

    /// <summary>The same for a process that hangs in the journal and will never end by itself.</summary>
    public async Task AbandonAsync()
    {
        await Journal.DisposeAsync();
        Reopen();
    }

    /// <summary>A further process on the same journal.</summary>
    public WorkflowEngine OpenAnother() => NewEngine(Journal.Inner.OpenAnother());

    public ValueTask DisposeAsync() => Engine.DisposeAsync();

    private void Reopen()
    {
        Journal = new WatchedJournal(Journal.Inner.OpenAnother());
        Engine = NewEngine(Journal);
    }

    private WorkflowEngine NewEngine(IJournal journal) =>
        new(_options, journal, Agents, _runtimes, Catalog, _time, new RandomIdSource(), Validator);
}

/// <summary>Finds every answer with "wrong" in it at fault.</summary>
internal sealed class RejectingValidator : IAnswerValidator
{
    public string? FindFault(string schemaJson, string answerJson) =>
        answerJson.Contains("wrong", StringComparison.Ordinal) ? "/choice: must be one of \"yes\", \"no\"" : null;
}

/// <summary>Workflows in memory.</summary>
internal sealed class FakeCatalog : IWorkflowCatalog
{
    public Dictionary<string, string> Workflows { get; } = [];

    public IReadOnlyList<SavedWorkflow> List(string workspace) => [.. Workflows.Keys.Select(name => Find(workspace, name)!)];

    public SavedWorkflow? Find(string workspace, string name) =>
        Workflows.TryGetValue(name, out var text) ? new SavedWorkflow(name, $"/w/{name}.js", text, "project") : null;

    public SavedWorkflow Read(string workspace, string scriptPath) =>
        Find(workspace, scriptPath) ?? throw new WorkflowNotFoundException($"There is no file '{scriptPath}'.");

    public SavedWorkflow ReadForScript(string workspace, string scriptPath) => Read(workspace, scriptPath);
}
