using McpWorkflows.Engine.Extensions;
using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.Tests.ScriptProcesses;

namespace McpWorkflows.Engine.Tests.Scripting;

/// <summary>Plays the engine: starts a script, answers what it asks for, one delivery at a time, and keeps what it said.</summary>
internal sealed class ScriptDriver : IAsyncDisposable
{
    public static readonly DateTimeOffset StartTime = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    /// <summary>The default ones, but for time that even the busiest machine leaves a test of something else.</summary>
    public static readonly ScriptLimits Ample = new() { Slice = TimeSpan.FromMinutes(5) };

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly IScriptRuntime _runtime;
    private readonly List<(int Id, ScriptOutput Request)> _open = [];
    private int _deliveries;

    /// <param name="runtimes">Where the script runs; in this process unless said otherwise.</param>
    public ScriptDriver(IScriptRuntimeFactory? runtimes = null) => _runtime = (runtimes ?? Default).Create();

    /// <summary>With <c>MCPWORKFLOWS_TEST_SCRIPTS=processes</c> every test of scripts takes script processes instead.</summary>
    private static IScriptRuntimeFactory Default { get; } =
        Environment.GetEnvironmentVariable("MCPWORKFLOWS_TEST_SCRIPTS") == "processes" ? TestProcesses.Start() : new JintScriptRuntimeFactory();

    /// <summary>Answers agents; the default is their prompt, as a string.</summary>
    public Func<AgentRequested, Settlement> Agent { get; init; } = request => new Resolved(Json(request.Prompt));

    public Func<WorkflowRequested, Settlement> Workflow { get; init; } = request => new Rejected("Error", $"workflow '{request.Name}' not found");

    public ScriptLimits Limits { get; init; } = Ample;

    public string? ArgsJson { get; init; }

    public long Seed { get; init; } = 42;

    /// <summary>Goes along with every turn.</summary>
    public CancellationToken Cancellation { get; init; } = CancellationToken.None;

    public long? BudgetTotal { get; init; }

    /// <summary>Tokens that each delivered agent costs.</summary>
    public long TokensPerAgent { get; init; }

    public long Spent { get; private set; }

    public List<ScriptOutput> Outputs { get; } = [];

    public IEnumerable<AgentRequested> Agents => Outputs.OfType<AgentRequested>();

    public IEnumerable<string> Lines => Outputs.OfType<Logged>().Select(line => line.Text);

    public bool HasEnded => Outputs.Count > 0 && Outputs[^1] is ScriptReturned or ScriptFailed;

    public ScriptError Error => Assert.IsType<ScriptFailed>(Outputs[^1]).Error;

    public string? ResultJson => Outputs[^1] switch
    {
        ScriptReturned returned => returned.ResultJson,
        ScriptFailed failed => throw new Xunit.Sdk.XunitException(failed.Error.ToString()),
        _ => throw new Xunit.Sdk.XunitException("The script waits."),
    };

    public static string Body(string body) =>
        "export const meta = { name: 'test', description: 'A test' };\n" + body;

    /// <summary>Runs a body to its end or until it waits for nothing that is answered.</summary>
    public static async Task<ScriptDriver> RunAsync(string body, ScriptDriver? driver = null)
    {
        var run = driver ?? new ScriptDriver();
        await run.StartAsync(Body(body));
        await run.DrainAsync();
        return run;
    }

    /// <summary>The result's JSON of a body.</summary>
    public static async Task<string?> ResultAsync(string body, ScriptDriver? driver = null)
    {
        await using var run = await RunAsync(body, driver);
        return run.ResultJson;
    }

    public Task StartAsync(string script) => TurnAsync(
        new StartScript
        {
            Script = script,
            FileName = "test.js",
            ArgsJson = ArgsJson,
            Seed = Seed,
            Time = StartTime,
            BudgetTotal = BudgetTotal,
            Limits = Limits,
            Extensions = [.. BuiltInExtensions.Names.Select(name => new ScriptExtension(name, BuiltInExtensions.Source(name)))],
        });

    public async Task DrainAsync()
    {
        while (!HasEnded && _open.Count > 0)
        {
            var (id, request) = _open[0];
            await DeliverAsync(id, request switch
            {
                AgentRequested agent => Agent(agent),
                WorkflowRequested workflow => Workflow(workflow),
                _ => new Resolved(null),
            });
        }
    }

    public Task DeliverAsync(int id, Settlement settlement)
    {
        if (_open.Find(open => open.Id == id).Request is AgentRequested)
        {
            Spent += TokensPerAgent;
        }

        _open.RemoveAll(open => open.Id == id);
        _deliveries++;
        return TurnAsync(
            new Deliver
            {
                RequestId = id,
                Settlement = settlement,
                Time = StartTime.AddSeconds(_deliveries),
                SpentTokens = Spent,
                Identity = $"{id:x8}",
            });
    }

    public ValueTask DisposeAsync() => _runtime.DisposeAsync();

    public static string Json(string text) => System.Text.Json.JsonSerializer.Serialize(text);

    private async Task TurnAsync(ScriptInput input)
    {
        var outputs = await _runtime.TurnAsync(input, Cancellation).AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);
        foreach (var output in outputs)
        {
            Outputs.Add(output);
            switch (output)
            {
                case AgentRequested agent:
                    _open.Add((agent.RequestId, agent));
                    break;
                case TimerRequested timer:
                    _open.Add((timer.RequestId, timer));
                    break;
                case WorkflowRequested workflow:
                    _open.Add((workflow.RequestId, workflow));
                    break;
                case TimerCleared cleared:
                    _open.RemoveAll(open => open.Id == cleared.RequestId);
                    break;
            }
        }
    }
}
