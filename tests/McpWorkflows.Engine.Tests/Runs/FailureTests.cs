using System.Text.Json;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Tests.Runs;

/// <summary>Failures as scripts and people read them.</summary>
public sealed class FailureTests : IAsyncDisposable
{
    private readonly EngineHarness _harness = new(runtimes: new JintScriptRuntimeFactory());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Fact]
    public async Task Failures_OfEveryKind_AreListedOnceInTheOrderTheScriptHeardOfThem()
    {
        _harness.Agents.On("down", FakeAgents.Failure("rate limit"));
        _harness.Agents.On("odd", FakeAgents.Failure("schema: /a is missing", AgentOutcomeKind.SchemaUnsatisfied));
        _harness.Agents.On("skipped", FakeAgents.Failure("by a person", AgentOutcomeKind.Skipped));

        var status = await RunAsync("""
            phase('one');
            const before = failures();
            await agent('down', { label: 'first' });
            await agent('skipped');
            const between = failures().length;
            await parallel([() => agent('odd', { phase: 'two' })]);
            await pipeline(['x'], () => { throw new Error('boom'); });
            failures().push('mine');
            return { before, between, after: failures() };
            """);

        Assert.Equal(
            """{"before":[],"between":1,"after":[""" +
            """{"label":"first","phase":"one","cause":"rate limit","attempts":3,"lastText":"last text","kind":"failed"},""" +
            """{"label":"odd","phase":"two","cause":"schema: /a is missing","attempts":3,"lastText":"last text","kind":"schema"},""" +
            """{"label":"pipeline[0] stage 1","phase":"one","cause":"Error: boom","attempts":0,"kind":"branch"}]}""",
            status.Run.ResultJson);
        Assert.Equal(RunState.CompletedWithFailures, status.Run.State);
        Assert.Equal((2, 2, 1), (status.Run.Totals.Failed, status.Run.Totals.BranchesFailed, status.Run.Totals.Skipped));
        Assert.Equal(["first", "odd", "pipeline[0] stage 1"], status.Failures.Select(failure => failure.Label));
        Assert.Equal(["failed", "schema", "branch"], status.Failures.Select(failure => failure.Kind));
    }

    [Fact]
    public async Task Failures_OnARecovery_AreThoseOfTheFirstTimeAtEveryPoint()
    {
        const string Script = """
            const seen = [];
            await Promise.all(['a', 'b', 'c'].map(async name => { await agent(name); seen.push(failures().map(f => f.label).join()); }));
            await agent('end');
            return seen;
            """;
        var slow = _harness.Agents.Hold("a");
        _harness.Agents.On("b", FakeAgents.Failure("down"));
        _harness.Agents.On("c", (_, _) =>
        {
            slow.Outcome.TrySetResult(FakeAgents.Failure("down too"));
            return Task.FromResult(FakeAgents.Answer("c"));
        });
        var held = _harness.Agents.Hold("end");
        var runId = await StartAsync(Script);
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        var order = (await _harness.Journal.ReadSettledAsync(runId, Cancellation)).ToList();
        await _harness.CrashAsync();
        _harness.Agents.On("a", FakeAgents.Answer("works now"));
        _harness.Agents.On("end", FakeAgents.Answer("end"));

        var status = await _harness.ResumeAsync(runId);

        var told = new List<string>();
        var expected = order.Select(item =>
        {
            if (item.Outcome!.Kind == AgentOutcomeKind.Failed)
                told.Add(item.CallNumber == 1 ? "a" : "b");
            return string.Join(",", told);
        });
        Assert.Equal(JsonSerializer.Serialize(expected), status.Run.ResultJson);
    }

    [Fact]
    public async Task Failures_LastTextOfGreatLength_IsGivenToScriptsCutAndKeptWhole()
    {
        _harness.Agents.On("a", FakeAgents.Failure("down") with { Failure = new AgentFailure("down", new string('x', 50_000)) });

        var status = await RunAsync("await agent('a'); return failures()[0].lastText.length");

        Assert.Equal("2000", status.Run.ResultJson);
        Assert.Equal(50_000, Assert.Single(status.Failures).LastText!.Length);
    }

    [Fact]
    public async Task Run_LabelOfGreatLength_IsCutWithAnEllipsis()
    {
        await RunAsync("await agent('a', { label: 'x'.repeat(199) + '\\u{1F600}' + 'y'.repeat(900) })");

        var label = Assert.Single(await _harness.Journal.ReadCallsAsync((await _harness.Engine.ListAsync(1, Cancellation))[0].Id, Cancellation)).Label;
        Assert.Equal(new string('x', 199) + "…", label);
    }

    private async Task<RunStatus> RunAsync(string script) => await _harness.EndOfAsync(await StartAsync(script));

    private Task<string> StartAsync(string script) =>
        _harness.Engine.StartAsync(new StartRun { Script = EngineHarness.Script + script, Workspace = "/w" }, Cancellation);
}
