using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Engine.Scripting;
using McpWorkflows.Testing.Time;

namespace McpWorkflows.Engine.Tests.Runs;

public sealed class RunPolicyTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static RunCap Cap(decimal most, string name) => new(most, $"policy.{name} in FILE");

    [Fact]
    public async Task Start_Refused_NamesTheRuleAndWritesNothing()
    {
        await using var bench = new Bench(new StatedPolicy { Refusal = savedAs => savedAs is null ? "only saved ones: policy.workflows in FILE" : null });

        var refused = await Assert.ThrowsAsync<PolicyRefusedException>(() => bench.StartAsync("return 1"));

        Assert.Contains("policy.workflows in FILE", refused.Message);
        Assert.Empty(await bench.Engine.ListAsync(10, Cancellation));
        Assert.Equal(RunState.Completed, (await bench.RunAsync("return 1", savedAs: "nightly")).Run.State);
    }

    [Fact]
    public async Task Resume_OfASavedWorkflowThatWasEdited_IsRefused()
    {
        await using var bench = new Bench(new StatedPolicy { Refusal = savedAs => savedAs is null ? "only saved ones: policy.workflows in FILE" : null });
        var failed = await bench.RunAsync("return a.b.c", savedAs: "nightly");

        await Assert.ThrowsAsync<PolicyRefusedException>(() =>
            bench.Engine.ResumeAsync(new ResumeRun { RunId = failed.Run.Id, Script = EngineHarness.Script + "return 2" }, Cancellation));

        Assert.Equal(failed.Run.Id, await bench.Engine.ResumeAsync(new ResumeRun { RunId = failed.Run.Id }, Cancellation));
    }

    [Fact]
    public async Task Child_Refused_RejectsWithTheRule()
    {
        await using var bench = new Bench(new StatedPolicy { Refusal = savedAs => savedAs is "child" ? "not child: policy.workflows in FILE" : null });
        bench.Catalog.Workflows["child"] = EngineHarness.Script + "return 1";

        var status = await bench.RunAsync("try { return await workflow('child') } catch (error) { return error.message }");

        Assert.Contains("policy.workflows in FILE", status.Run.ResultJson);
    }

    [Fact]
    public async Task Caps_OfAgentsTokensAndDollars_RejectFurtherCallsAndNameTheRule()
    {
        const string Script = "const said = []; for (let i = 0; i < 4; i++) { try { await agent(`${i}`) } catch (error) { said.push(error.message) } } return said[0]";
        var cost = FakeAgents.Answer("x") with { Cost = 0.5m };
        await using var agents = new Bench(new StatedPolicy { Caps = new RunCaps { Agents = Cap(2, "agents") } });
        await using var tokens = new Bench(new StatedPolicy { Caps = new RunCaps { Tokens = Cap(20, "tokens") } });
        await using var dollars = new Bench(new StatedPolicy { Caps = new RunCaps { Dollars = Cap(1, "dollars") } });
        dollars.Agents.Otherwise = _ => cost;

        Assert.Contains("more than 2 times in this run, the cap per run (policy.agents in FILE)", (await agents.RunAsync(Script)).Run.ResultJson);
        Assert.Contains("budget of 20 output tokens (policy.tokens in FILE) is spent", (await tokens.RunAsync(Script)).Run.ResultJson);
        Assert.Contains("budget of $1.00 (policy.dollars in FILE) is spent", (await dollars.RunAsync(Script)).Run.ResultJson);
        Assert.Equal(2, dollars.Agents.Requests.Count);
        Assert.All(dollars.Agents.Requests, request => Assert.True(request.NeedsCost));
    }

    [Fact]
    public async Task Caps_BelowWhatWasAsked_AreSaidInTheLog()
    {
        await using var bench = new Bench(new StatedPolicy { Caps = new RunCaps { Tokens = Cap(20, "tokens") } });

        var status = await bench.RunAsync("return budget.total", budget: 500);

        Assert.Equal("20", status.Run.ResultJson);
        Assert.Contains("The budget is 20 output tokens instead of 500: policy.tokens in FILE.", status.Log);
    }

    [Fact]
    public async Task Caps_OfConcurrency_BoundEachRun()
    {
        await using var bench = new Bench(new StatedPolicy { Caps = new RunCaps { Concurrency = Cap(2, "concurrency") } });
        var (one, two) = (bench.Agents.Hold("1"), bench.Agents.Hold("2"));
        bench.Agents.Hold("3");
        var runId = await bench.StartAsync("return await parallel([1, 2, 3, 4].map(i => () => agent(`${i}`)))");
        await Task.WhenAll(one.Started.Task, two.Started.Task).WaitAsync(EngineHarness.Patience, Cancellation);

        Assert.Equal(2, bench.Agents.Widest);
        bench.Agents.On("3", FakeAgents.Answer("3"));
        one.Outcome.SetResult(FakeAgents.Answer("1"));
        two.Outcome.SetResult(FakeAgents.Answer("2"));

        Assert.Equal(RunState.Completed, (await bench.EndOfAsync(runId)).Run.State);
        Assert.Equal(2, bench.Agents.Widest);
    }

    [Fact]
    public async Task Caps_OfTime_EndTheRunAndNameTheRule()
    {
        var time = new ManualTime();
        await using var bench = new Bench(new StatedPolicy { Caps = new RunCaps { Time = Cap(5, "minutes") } }, time);
        var held = bench.Agents.Hold("slow");
        var runId = await bench.StartAsync("return await agent('slow')");
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);

        var session = bench.Engine.SessionOf(runId)!;
        time.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(RunState.Running, (await bench.Engine.GetStatusAsync(runId, Cancellation)).Run.State);
        time.Advance(TimeSpan.FromMinutes(2));

        await session.WaitAsync(EngineHarness.Patience, Cancellation);
        var status = await bench.Engine.GetStatusAsync(runId, Cancellation);
        Assert.Equal(RunState.Failed, status.Run.State);
        Assert.Contains("more than 5 minutes", status.Run.Error);
        Assert.Contains("policy.minutes in FILE", status.Run.Error);
    }

    private sealed class StatedPolicy : IRunPolicy
    {
        public Func<string?, string?> Refusal { get; init; } = _ => null;

        public RunCaps Caps { get; init; } = RunCaps.None;

        RunCaps IRunPolicy.Caps(string workspace) => Caps;

        public string? Refuse(string workspace, string? savedAs) => Refusal(savedAs);
    }

    private sealed class Bench : IAsyncDisposable
    {
        public Bench(IRunPolicy policy, TimeProvider? time = null) => Engine = new WorkflowEngine(
            new EngineOptions(), new MemoryJournal(), Agents, new JintScriptRuntimeFactory(), Catalog, time ?? TimeProvider.System, new RandomIdSource(), policy: policy);

        public FakeAgents Agents { get; } = new();

        public FakeCatalog Catalog { get; } = new();

        public WorkflowEngine Engine { get; }

        public Task<string> StartAsync(string body, string? savedAs = null, long? budget = null) => Engine.StartAsync(
            new StartRun { Script = EngineHarness.Script + body, Workspace = "/w", SavedAs = savedAs, Budget = budget }, Cancellation);

        public async Task<RunStatus> RunAsync(string body, string? savedAs = null, long? budget = null) => await EndOfAsync(await StartAsync(body, savedAs, budget));

        public Task<RunStatus> EndOfAsync(string runId) =>
            Engine.WaitAsync(runId, Timeout.InfiniteTimeSpan, Cancellation).WaitAsync(EngineHarness.Patience, Cancellation);

        public ValueTask DisposeAsync() => Engine.DisposeAsync();
    }
}
