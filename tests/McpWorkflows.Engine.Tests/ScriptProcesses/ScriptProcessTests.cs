using System.Diagnostics;
using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.ScriptProcesses;
using McpWorkflows.Engine.Tests.Scripting;

namespace McpWorkflows.Engine.Tests.ScriptProcesses;

public sealed class ScriptProcessTests
{
    /// <summary>Recursion inside the built-ins, where no check of the engine's own comes by.</summary>
    private const string NestedWithoutEnd = "let it = [1].values(); for (let i = 0; i < 1300000; i++) it = it.drop(0); return it.next();";

    [Fact]
    public async Task Script_InAProcess_DoesWhatItDoesInThisOne()
    {
        const string Body = """
            phase('p'); log('half \ud800 pair');
            const found = await pipeline([1, 2], async n => await agent(`task ${n}`, { tools: ['a', 'b'], schema: { type: 'object', properties: {} } }));
            setTimeout(() => log('late'), 5);
            const child = await workflow('child', { n: 1 }).catch(e => e.message);
            return { found, child, now: Date.now(), random: Math.random(), spent: budget.spent() };
            """;
        await using var processes = TestProcesses.Start();
        await using var there = await ScriptDriver.RunAsync(Body, new ScriptDriver(processes) { TokensPerAgent = 3 });
        await using var here = await ScriptDriver.RunAsync(Body, new ScriptDriver { TokensPerAgent = 3 });

        Assert.Equal(here.ResultJson, there.ResultJson);
        Assert.Equal(Texts(here), Texts(there));
    }

    [Fact]
    public async Task Process_ThatIsLost_IsReplacedUnderARunThatWaits()
    {
        await using var processes = TestProcesses.Start();
        await using var run = new ScriptDriver(processes);
        await run.StartAsync(ScriptDriver.Body("const a = await agent('one'); const b = await agent('two' + Math.random()); return [a, b, Math.random()];"));
        await run.DeliverAsync(1, new Resolved("\"1\""));
        await KillAsync(processes);

        await run.DrainAsync();

        Assert.Equal(await ScriptDriver.ResultAsync(
            "const a = await agent('one'); const b = await agent('two' + Math.random()); return [a, b, Math.random()];",
            new ScriptDriver { Agent = request => new Resolved(request.Prompt == "one" ? "\"1\"" : ScriptDriver.Json(request.Prompt)) }), run.ResultJson);
        Assert.Single(run.Agents, call => call.Prompt == "one");
    }

    [Fact]
    public async Task Crash_WithOneSliceRunning_FailsThatRunAndNoOther()
    {
        await using var processes = TestProcesses.Start();
        await using var waiting = new ScriptDriver(processes);
        await waiting.StartAsync(ScriptDriver.Body("return await agent('x');"));

        await using var guilty = await ScriptDriver.RunAsync(NestedWithoutEnd, new ScriptDriver(processes));

        Assert.StartsWith("The script ran out of stack inside a built-in operation", guilty.Error.Message);
        await waiting.DrainAsync();
        Assert.Equal("\"x\"", waiting.ResultJson);
    }

    [Fact]
    public async Task Crash_WithSeveralSlicesRunning_FailsOnlyTheGuiltyRun()
    {
        await using var processes = TestProcesses.Start();
        var busy = ScriptDriver.RunAsync("for (let i = 0; i < 1500000; i++); return await agent('busy');", new ScriptDriver(processes));

        await using var guilty = await ScriptDriver.RunAsync(NestedWithoutEnd, new ScriptDriver(processes));

        Assert.StartsWith("The script ran out of stack inside a built-in operation", guilty.Error.Message);
        await using var innocent = await busy;
        Assert.Equal("\"busy\"", innocent.ResultJson);
    }

    [Fact]
    public async Task Slice_ThatNothingInsideStops_IsKilledFromOutside()
    {
        await using var processes = TestProcesses.Start();
        var watch = Stopwatch.StartNew();
        await using var run = await ScriptDriver.RunAsync(
            LimitTests.NestedDeep + "return JSON.stringify(a).length;", new ScriptDriver(processes) { Limits = TestProcesses.Short });

        Assert.StartsWith("The script ran for more than 1 s inside one built-in operation.", run.Error.Message);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(45), $"took {watch.Elapsed}");
    }

    [Fact]
    public async Task Replay_OfAThousandCalls_TakesLessThanTwoSeconds()
    {
        await using var processes = TestProcesses.Start();
        await using var run = new ScriptDriver(processes);
        await run.StartAsync(ScriptDriver.Body("for (let i = 0; i < 1000; i++) await agent(`task ${i}`); return 'done';"));
        var calls = Stopwatch.StartNew();
        for (var i = 1; i < 1000; i++)
            await run.DeliverAsync(i, new Resolved("\"an answer of some length\""));
        var first = calls.Elapsed;
        await KillAsync(processes);

        var watch = Stopwatch.StartNew();
        await run.DeliverAsync(1000, new Resolved("1"));

        var replay = watch.Elapsed;
        TestContext.Current.SendDiagnosticMessage($"1,000 calls: {first.TotalMilliseconds:0} ms, replay: {replay.TotalMilliseconds:0} ms");
        Assert.Equal("\"done\"", run.ResultJson);

        // Beside all other tests it takes what the machine leaves it.
        Assert.True(replay < TimeSpan.FromSeconds(TestProcesses.IsAlone ? 2 : 60), $"took {replay}, the calls before {first}");
    }

    private static async Task KillAsync(ScriptProcessRuntimeFactory processes)
    {
        var (id, _, _) = Assert.Single(processes.Processes);
        using var process = Process.GetProcessById(id);
        process.Kill();
        while (processes.Processes.Any(one => one.ProcessId == id))
            await Task.Yield();
    }

    private static IEnumerable<string> Texts(ScriptDriver run) => run.Outputs.Select(output => output is AgentRequested call
        ? $"{call.RequestId} {call.Prompt} {call.Label} {call.Phase} {call.Options.SchemaJson} {string.Join(',', call.Options.Tools ?? [])}"
        : output.ToString());
}
