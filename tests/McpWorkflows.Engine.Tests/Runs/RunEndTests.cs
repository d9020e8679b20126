using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.Scripts;
using McpWorkflows.Testing.Time;

namespace McpWorkflows.Engine.Tests.Runs;

public sealed class RunEndTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_AllAgentsAnswer_Completes()
    {
        await using var harness = new EngineHarness();

        var status = await harness.RunAsync(async api => $"[{await api.Agent("A", phase: "one")},{await api.Agent("B", phase: "one")}]");

        Assert.Equal(RunState.Completed, status.Run.State);
        Assert.Equal("""["A","B"]""", status.Run.ResultJson);
        Assert.Equal((2, 0, 0, 2L, 20L), (status.Run.Totals.Agents, status.Run.Totals.FromJournal, status.Run.Totals.Failed,
            status.Run.Totals.InputTokens, status.Run.Totals.OutputTokens));
        Assert.Equal([new PhaseStatus("one", 2, 2, 0, 0)], status.Phases);
        Assert.Null(status.Resume);
        var stored = await harness.Journal.FindRunAsync(status.Run.Id, Cancellation);
        Assert.Equal(status.Run, stored);
    }

    [Theory]
    [InlineData(AgentOutcomeKind.Failed, "null", "failed")]
    [InlineData(AgentOutcomeKind.SchemaUnsatisfied, "Error: cause", "schema")]
    [InlineData(AgentOutcomeKind.Stalled, "Error: cause", "stalled")]
    [InlineData(AgentOutcomeKind.Refused, "Error: cause", "refused")]
    public async Task Run_AnAgentFails_CompletesWithFailures(AgentOutcomeKind kind, string seen, string listed)
    {
        await using var harness = new EngineHarness();
        harness.Agents.On("A", FakeAgents.Failure("cause", kind));

        var status = await harness.RunAsync(async api =>
        {
            try
            {
                return await api.Agent("A", "label", "phase");
            }
            catch (ScriptRejection rejection)
            {
                return $"{rejection.Name}: {rejection.Message}";
            }
        });

        Assert.Equal(RunState.CompletedWithFailures, status.Run.State);
        Assert.Equal(seen, status.Run.ResultJson);
        Assert.Equal([new FailureStatus(1, "label", "phase", "cause", 3, "last text", listed)], status.Failures);
        Assert.Equal(1, status.Run.Totals.Failed);
    }

    [Fact]
    public async Task Run_AnAgentIsSkipped_SeesNullAndCompletes()
    {
        await using var harness = new EngineHarness();
        harness.Agents.On("A", FakeAgents.Failure("by a person", AgentOutcomeKind.Skipped));

        var status = await harness.RunAsync(api => api.Agent("A"));

        Assert.Equal((RunState.Completed, "null", 1), (status.Run.State, status.Run.ResultJson, status.Run.Totals.Skipped));
    }

    [Fact]
    public async Task Run_ABranchThrew_CompletesWithFailures()
    {
        await using var harness = new EngineHarness();

        var status = await harness.RunAsync(api =>
        {
            api.BranchFailed("parallel[3]", "boom");
            return Task.FromResult<string?>("1");
        });

        Assert.Equal((RunState.CompletedWithFailures, 1), (status.Run.State, status.Run.Totals.BranchesFailed));
        Assert.Equal([new FailureStatus(0, "parallel[3]", null, "boom", 0, null, "branch")], status.Failures);
        await using var other = harness.OpenAnother();
        Assert.Equal(status.Failures, (await other.GetStatusAsync(status.Run.Id, Cancellation)).Failures);
    }

    [Fact]
    public async Task Run_ScriptThrows_FailsWithThePosition()
    {
        await using var harness = new EngineHarness();

        var status = await harness.RunAsync(async _ =>
        {
            await Task.CompletedTask;
            throw new InvalidOperationException("boom");
        });

        Assert.Equal((RunState.Failed, "a.js:1:1: boom"), (status.Run.State, status.Run.Error));
    }

    [Fact]
    public async Task Run_WaitsForWhatNothingSettles_FailsInsteadOfHanging()
    {
        await using var harness = new EngineHarness();

        var status = await harness.RunAsync(async api =>
        {
            await api.Agent("A");
            return await FakeScriptApi.Never();
        });

        Assert.Equal(RunState.Failed, status.Run.State);
        Assert.StartsWith("The script waits for a promise that nothing will settle", status.Run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ReturnsWithAgentsAtWork_CancelsCountsAndLogsThem()
    {
        await using var harness = new EngineHarness();
        var held = harness.Agents.Hold("slow");

        var status = await harness.RunAsync(async api =>
        {
            _ = api.Agent("slow", "the slow one");
            return await api.Agent("A");
        });

        Assert.Equal((RunState.Completed, 1), (status.Run.State, status.Run.Totals.Cancelled));
        Assert.Contains("the slow one", Assert.Single(status.Log), StringComparison.Ordinal);
        var calls = await harness.Journal.ReadCallsAsync(status.Run.Id, Cancellation);
        Assert.Equal([CallState.Cancelled, CallState.Succeeded], calls.Select(call => call.State));
        Assert.False(held.Outcome.Task.IsCompleted);
    }

    [Fact]
    public async Task Run_MoreAgentsThanAllowed_Fails()
    {
        await using var harness = new EngineHarness(options: new EngineOptions { ScriptLimits = new ScriptLimits { MaxAgents = 3 } });

        var status = await harness.RunAsync(async api =>
        {
            for (var i = 0; ; i++)
                await api.Agent($"{i}");
        });

        Assert.Equal(RunState.Failed, status.Run.State);
        Assert.Contains("more than 3 agents, at '3'", status.Run.Error, StringComparison.Ordinal);
        Assert.Equal(3, harness.Agents.Prompts.Count);
    }

    [Fact]
    public async Task Run_HostThrows_FailsThatCallOnly()
    {
        await using var harness = new EngineHarness();
        harness.Agents.On("A", (_, _) => throw new InvalidOperationException("host bug"));

        var status = await harness.RunAsync(async api => $"[{await api.Agent("A")},{await api.Agent("B")}]");

        Assert.Equal((RunState.CompletedWithFailures, """[null,"B"]"""), (status.Run.State, status.Run.ResultJson));
        Assert.Contains("host bug", Assert.Single(status.Failures).Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_MoreLinesThanKept_KeepsTheLastThousand()
    {
        await using var harness = new EngineHarness();

        var status = await harness.RunAsync(api =>
        {
            for (var i = 0; i < 3_000; i++)
                api.Log($"{i}");
            return Task.FromResult<string?>(null);
        });

        Assert.Equal(1_000, status.Log.Count);
        Assert.Equal(("2000", "2999"), (status.Log[0], status.Log[^1]));
        var events = await harness.Journal.ReadEventsAsync(status.Run.Id, 0, 10_000, Cancellation);
        Assert.Equal(1_002, events.Count);
    }

    [Fact]
    public async Task Run_LogsOnAndOn_StoresTheFirstLinesAndTheLast()
    {
        await using var harness = new EngineHarness(new ManualTime());

        var status = await harness.RunAsync(async api =>
        {
            for (var i = 0; i < 50; i++)
            {
                for (var line = 0; line < 100; line++)
                    api.Log($"{i * 100 + line}");
                await api.Agent($"{i}");
            }

            return null;
        });

        var lines = (await harness.Journal.ReadEventsAsync(status.Run.Id, 0, 10_000, Cancellation)).Where(item => item.Kind == "log").ToList();
        Assert.InRange(lines.Count, 2_000, 2_010);
        await using var other = harness.OpenAnother();
        Assert.Equal(status.Log, (await other.GetStatusAsync(status.Run.Id, Cancellation)).Log);
        Assert.Equal(("4000", "4999"), (status.Log[0], status.Log[^1]));
    }

    [Fact]
    public async Task Start_ArgumentsNestedAsDeepAsRealOnes_AreTaken()
    {
        await using var harness = new EngineHarness();
        harness.Scripts.Body = api => Task.FromResult(api.Start.ArgsJson);
        var deep = new string('[', 500) + new string(']', 500);

        var runId = await harness.Engine.StartAsync(new StartRun { Script = EngineHarness.Script, Workspace = "/w", ArgsJson = deep }, Cancellation);

        Assert.Equal(deep, (await harness.EndOfAsync(runId)).Run.ResultJson);
    }

    [Fact]
    public async Task Start_ArgumentsAreNotJson_AreRefused()
    {
        await using var harness = new EngineHarness();

        var failure = await Assert.ThrowsAsync<ArgumentException>(() => harness.Engine.StartAsync(
            new StartRun { Script = EngineHarness.Script, Workspace = "/w", ArgsJson = "{x" }, Cancellation));

        Assert.StartsWith("The arguments are not valid JSON", failure.Message, StringComparison.Ordinal);
        Assert.Empty(await harness.Engine.ListAsync(10, Cancellation));
    }

    [Fact]
    public async Task Start_ScriptCannotRun_WritesNothing()
    {
        await using var harness = new EngineHarness();

        await Assert.ThrowsAsync<ScriptRefusedException>(() => harness.Engine.StartAsync(
            new StartRun { Script = "return 1", Workspace = "/w" }, Cancellation));

        Assert.Empty(await harness.Engine.ListAsync(10, Cancellation));
    }

    [Fact]
    public async Task Run_NoRuntimeForTheScript_EndsInterruptedWithTheCause()
    {
        await using var harness = new EngineHarness(runtimes: new BrokenScripts());

        var status = await harness.RunAsync(_ => Task.FromResult<string?>("1"));

        Assert.Equal(RunState.Interrupted, status.Run.State);
        Assert.Contains("no memory", status.Run.Error, StringComparison.Ordinal);
        Assert.Equal(RunState.Interrupted, (await harness.Journal.FindRunAsync(status.Run.Id, Cancellation))!.State);
    }

    [Fact]
    public async Task Status_UnknownRun_Throws()
    {
        await using var harness = new EngineHarness();

        await Assert.ThrowsAsync<RunNotFoundException>(() => harness.Engine.GetStatusAsync("wf_none", Cancellation));
        await Assert.ThrowsAsync<RunNotFoundException>(() => harness.Engine.CancelAsync("wf_none", Cancellation));
        await Assert.ThrowsAsync<RunNotFoundException>(() => harness.Engine.WaitAsync("wf_none", TimeSpan.Zero, Cancellation));
        await Assert.ThrowsAsync<RunNotFoundException>(() => harness.ResumeAsync("wf_none"));
    }

    private sealed class BrokenScripts : IScriptRuntimeFactory
    {
        public IScriptRuntime Create() => throw new InvalidOperationException("There is no memory for a script.");
    }
}
