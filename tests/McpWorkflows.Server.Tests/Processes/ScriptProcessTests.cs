using System.Diagnostics;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Engine.ScriptProcesses;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Tests.Tools;

namespace McpWorkflows.Server.Tests.Processes;

/// <summary>The workbench of a server with the real executable as its script processes.</summary>
public sealed class ScriptProcessTests
{
    private const string Meta = "export const meta = { name: 'test', description: 'A test' };\n";

    /// <summary>Quick ends of many kinds; the last one takes its process along.</summary>
    private static readonly string[] Hostile =
    [
        "const f = () => f() + 1; f();",
        "await new Promise(() => {});",
        "const a = {}; a.a = a; return a;",
        "for (let i = 0; i < 1e6; i++) setTimeout(() => {}, 0);",
        "for (let i = 0; i < 3000; i++) log('line ' + i); throw new Error('x'.repeat(1e5));",
        "Object.prototype.then = function (done) { done(1); }; Array.prototype.push = null; return await agent('x', { tools: ['a'] });",
        "for (let i = 0; i < 20; i++) agent('x').then(e => { throw e; }); throw null;",
        "return JSON.parse('['.repeat(1e6)).length;",
        "await agent('x', { get label() { throw new Error('mine'); } });",
        "return agent.constructor.constructor('return 1')();",
        "return await parallel(Array.from({ length: 400 }, () => () => { throw 1; }));",
        "return 'x'.repeat(1e6);",
        "let s = 'x'; while (true) s = s.repeat(2);",
    ];

    private const string Crash = "let it = [1].values(); for (let i = 0; i < 1300000; i++) it = it.drop(0); return it.next();";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Server_WhoseScriptProcessCrashes_FailsThatRunAndGoesOnWithTheOther()
    {
        using var folder = new TempFolder();
        var agents = new ScriptedAgents { Gated = true };
        await using var workbench = Workbench(folder, agents);
        var engine = await workbench.EngineAsync(Cancellation);
        var innocent = await StartAsync(engine, folder, "return await agent('x');");
        await agents.Started;

        var guilty = await EndAsync(engine, await StartAsync(engine, folder, Crash));
        agents.Open();

        Assert.Equal(RunState.Failed, guilty.Run.State);
        Assert.StartsWith("The script ran out of stack inside a built-in operation", guilty.Run.Error);
        var other = await EndAsync(engine, innocent);
        Assert.Equal("\"answer to x\"", other.Run.ResultJson);
    }

    [Fact]
    public async Task Server_AfterAThousandHostileRuns_HoldsNoMoreThanAfterTwoHundred()
    {
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("MCPWORKFLOWS_ALONE") == "1", "Measures the memory of this process: runs alone, as .ci/run does, with MCPWORKFLOWS_ALONE=1.");
        using var folder = new TempFolder();
        await using var workbench = Workbench(folder, new ScriptedAgents());
        var engine = await workbench.EngineAsync(Cancellation);
        var watch = Stopwatch.StartNew();
        await RunAllAsync(engine, folder, 200);
        var early = Megabytes();
        await RunAllAsync(engine, folder, 800);
        var late = Megabytes();

        TestContext.Current.SendDiagnosticMessage($"server's heap after 200 hostile runs {early:0.0} MB, after 1,000 {late:0.0} MB; {watch.Elapsed.TotalSeconds:0} s");
        Assert.True(late - early < 5, $"{early:0.0} MB after 200 hostile runs, {late:0.0} MB after 1,000");
    }

    private static async Task RunAllAsync(WorkflowEngine engine, TempFolder folder, int count)
    {
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = 1, CancellationToken = Cancellation },
            async (number, _) =>
            {
                var body = number % 100 == 99 ? Crash : Hostile[number % Hostile.Length];
                await EndAsync(engine, await StartAsync(engine, folder, body));
            });
    }

    private static double Megabytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true) / 1048576.0;
    }

    private static Workbench Workbench(TempFolder folder, ScriptedAgents agents) => new(
        new WorkbenchOptions
        {
            Workspace = folder.Path,
            Journal = Path.Combine(folder.Path, "journal.db"),
            Model = "openai/test-model",
            ScriptProcesses = new ScriptProcessOptions { Command = [ServerProcess.Executable, ScriptProcess.Verb] },
        },
        agents);

    private static Task<string> StartAsync(WorkflowEngine engine, TempFolder folder, string body) =>
        engine.StartAsync(new StartRun { Script = Meta + body, Workspace = folder.Path, Model = "openai/test-model" }, Cancellation);

    private static async Task<RunStatus> EndAsync(WorkflowEngine engine, string runId)
    {
        var status = await engine.WaitAsync(runId, Patience, Cancellation);
        Assert.True(status.Run.State != RunState.Running, $"Still runs: {status.Run.Script}");
        return status;
    }
}
