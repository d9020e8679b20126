using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;

namespace McpWorkflows.Engine.Tests.Runs;

/// <summary>A person goes on with a run that has ended.</summary>
public sealed class ResumeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Resume_AFailure_RunsAgainAndTheOtherBranchIsUnused()
    {
        await using var harness = new EngineHarness();
        harness.Agents.On("A", FakeAgents.Failure("down"));
        var first = await harness.RunAsync(async api =>
        {
            if (await api.Agent("A") == "null")
                await api.Agent("B", "fallback");
            return await api.Agent("C");
        });
        Assert.Equal(RunState.CompletedWithFailures, first.Run.State);
        harness.Agents.On("A", FakeAgents.Answer("up"));

        var second = await harness.ResumeAsync(first.Run.Id);

        Assert.Equal((first.Run.Id, RunState.Completed), (second.Run.Id, second.Run.State));
        Assert.Equal(["A"], harness.Agents.Prompts);
        Assert.Equal((1, 1), (second.Resume!.Reused, second.Resume.Ran));
        Assert.Equal(["fallback"], second.Resume.Unused);
        Assert.Empty(second.Failures);
    }

    [Theory]
    [InlineData(AgentOutcomeKind.Failed)]
    [InlineData(AgentOutcomeKind.Skipped)]
    [InlineData(AgentOutcomeKind.SchemaUnsatisfied)]
    [InlineData(AgentOutcomeKind.Stalled)]
    [InlineData(AgentOutcomeKind.Refused)]
    public async Task Resume_EveryKindOfFailure_RunsAgain(AgentOutcomeKind kind)
    {
        await using var harness = new EngineHarness();
        harness.Agents.On("A", FakeAgents.Failure("cause", kind));
        var first = await harness.RunAsync(async api =>
        {
            await api.Agent("B");
            if (await api.Agent("A") == "null")
                throw new InvalidOperationException("no A");
            return "1";
        });
        Assert.Equal(RunState.Failed, first.Run.State);
        harness.Agents.On("A", FakeAgents.Answer("up"));

        var second = await harness.ResumeAsync(first.Run.Id);

        Assert.Equal(RunState.Completed, second.Run.State);
        Assert.Equal(["A"], harness.Agents.Prompts);
        Assert.Null(second.Run.Error);
    }

    [Fact]
    public async Task Resume_OfACrashedResume_DoesNotBringTheFailureBack()
    {
        await using var harness = new EngineHarness();
        harness.Agents.On("A", FakeAgents.Failure("down"));
        var first = await harness.RunAsync(async api => await api.Agent("A") + await api.Agent("B"));
        var held = harness.Agents.Hold("A");
        await harness.StartResumeAsync(first.Run.Id);
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        await harness.CrashAsync();
        harness.Agents.On("A", FakeAgents.Answer("up"));

        var second = await harness.ResumeAsync(first.Run.Id);

        Assert.Equal((RunState.Completed, "\"up\"\"B\""), (second.Run.State, second.Run.ResultJson));
        Assert.Equal(["A"], harness.Agents.Prompts);
    }

    [Fact]
    public async Task Resume_ScriptWithCallsInsertedRemovedAndReordered_PaysOnlyForTheNewOne()
    {
        await using var harness = new EngineHarness();
        harness.Agents.On("bad", FakeAgents.Failure("down"));
        var first = await harness.RunAsync(async api =>
        {
            for (var i = 0; i < 5; i++)
                await api.Agent($"{i}");
            return await api.Agent("bad");
        });

        var second = await harness.ResumeAsync(first.Run.Id, async api =>
        {
            var answers = await Task.WhenAll(api.Agent("4"), api.Agent("new"), api.Agent("0"), api.Agent("2", "other label", "other phase"));
            return string.Join(",", answers);
        });

        Assert.Equal((RunState.Completed, """
            "4","new","0","2"
            """.Trim()), (second.Run.State, second.Run.ResultJson));
        Assert.Equal(["new"], harness.Agents.Prompts);
        Assert.Equal(["1", "3"], second.Resume!.Unused);
    }

    [Fact]
    public async Task Resume_EqualPromptsOfWhichOneFailed_RunsOneAgain()
    {
        await using var harness = new EngineHarness();
        var count = 0;
        harness.Agents.On("vote", (_, _) => Task.FromResult(
            Interlocked.Increment(ref count) == 2 ? FakeAgents.Failure("down") : FakeAgents.Answer("yes")));
        Func<FakeScriptApi, Task<string?>> body = async api =>
            string.Join(",", await Task.WhenAll(api.Agent("vote"), api.Agent("vote"), api.Agent("vote")));
        var first = await harness.RunAsync(body);

        var second = await harness.ResumeAsync(first.Run.Id);

        Assert.Contains("null", first.Run.ResultJson, StringComparison.Ordinal);
        Assert.Equal("\"yes\",\"yes\",\"yes\"", second.Run.ResultJson);
        Assert.Single(harness.Agents.Prompts);
    }

    [Theory]
    [InlineData("the label")]
    [InlineData("1")]
    public async Task Resume_RerunNamed_RunsThatOneAgain(string name)
    {
        await using var harness = new EngineHarness();
        harness.Agents.On("bad", FakeAgents.Failure("down"));
        var first = await harness.RunAsync(async api => await api.Agent("A", "the label") + await api.Agent("B") + await api.Agent("bad"));

        await harness.ResumeAsync(first.Run.Id, null, name);

        Assert.Equal(["A", "bad"], harness.Agents.Prompts);
    }

    [Fact]
    public async Task Resume_RerunUnknown_IsRefusedAndLeavesTheRunAsItIs()
    {
        await using var harness = new EngineHarness();
        harness.Agents.On("bad", FakeAgents.Failure("down"));
        var first = await harness.RunAsync(api => api.Agent("bad"));

        var failure = await Assert.ThrowsAsync<RunNotResumableException>(() => harness.ResumeAsync(first.Run.Id, null, "nonesuch"));

        Assert.Contains("nonesuch", failure.Message, StringComparison.Ordinal);
        Assert.Equal(RunState.CompletedWithFailures, (await harness.Journal.FindRunAsync(first.Run.Id, Cancellation))!.State);
        Assert.Equal(RunState.CompletedWithFailures, (await harness.ResumeAsync(first.Run.Id)).Run.State);
    }

    [Fact]
    public async Task Resume_OfACompletedRun_MakesAChildThatReusesAll()
    {
        await using var harness = new EngineHarness();
        var first = await harness.RunAsync(async api => await api.Agent("A") + await api.Agent("B", "the B"));

        var child = await harness.ResumeAsync(first.Run.Id, async api => await api.Agent("A") + await api.Agent("C"));

        Assert.NotEqual(first.Run.Id, child.Run.Id);
        Assert.Equal((first.Run.Id, RunState.Completed, "\"A\"\"C\""), (child.Run.ParentId, child.Run.State, child.Run.ResultJson));
        Assert.Equal(["C"], harness.Agents.Prompts);
        Assert.Equal((2, 1, 10L), (child.Run.Totals.Agents, child.Run.Totals.FromJournal, child.Run.Totals.OutputTokens));
        Assert.Equal(["the B"], child.Resume!.Unused);
        Assert.Equal(first.Run.Settings.Seed, child.Run.Settings.Seed);
        Assert.Equal(RunState.Completed, (await harness.Journal.FindRunAsync(first.Run.Id, Cancellation))!.State);
        Assert.Equal(["A", "C"], (await harness.Journal.ReadCallsAsync(child.Run.Id, Cancellation)).Select(call => call.Label));
    }

    [Fact]
    public async Task Resume_OfAChildThatCrashed_StillReusesTheParentsAnswers()
    {
        await using var harness = new EngineHarness();
        var first = await harness.RunAsync(async api => await api.Agent("A") + await api.Agent("B"));
        var held = harness.Agents.Hold("C");
        var childId = await harness.StartResumeAsync(first.Run.Id, async api => await api.Agent("A") + await api.Agent("C") + await api.Agent("B"));
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        await harness.CrashAsync();
        harness.Agents.On("C", FakeAgents.Answer("C"));

        var child = await harness.ResumeAsync(childId);

        Assert.Equal((childId, "\"A\"\"C\"\"B\""), (child.Run.Id, child.Run.ResultJson));
        Assert.Equal(["C"], harness.Agents.Prompts);
        Assert.Equal(10, child.Run.Totals.OutputTokens);
    }

    [Fact]
    public async Task Resume_UnderAnotherModel_KeepsTheAnswersAndAsksTheNewModelForTheRest()
    {
        await using var harness = new EngineHarness();
        harness.Agents.On("B", FakeAgents.Failure("down"));
        var first = await harness.RunAsync(async api => await api.Agent("A") + await api.Agent("B"));

        harness.Agents.Forget();
        await harness.Engine.ResumeAsync(new ResumeRun { RunId = first.Run.Id, Model = "other/model" }, Cancellation);
        await harness.EndOfAsync(first.Run.Id);

        var request = Assert.Single(harness.Agents.Requests);
        Assert.Equal(("B", "other/model"), (request.Prompt, request.DefaultModel));
    }

    [Fact]
    public async Task Resume_ALoopResumedAgainAndAgain_HitsCountAgainstTheCap()
    {
        await using var harness = new EngineHarness(options: new EngineOptions { ScriptLimits = new() { MaxAgents = 5 } });
        Func<FakeScriptApi, Task<string?>> loop = async api =>
        {
            for (var i = 0; ; i++)
                await api.Agent($"{i}");
        };
        var first = await harness.RunAsync(loop);

        var second = await harness.ResumeAsync(first.Run.Id);

        Assert.Equal(RunState.Failed, second.Run.State);
        Assert.Empty(harness.Agents.Prompts);
        Assert.Equal(5, second.Run.Totals.FromJournal);
    }

    [Fact]
    public async Task Resume_ARunningRun_IsRefused()
    {
        await using var harness = new EngineHarness();
        var held = harness.Agents.Hold("A");
        var runId = await harness.StartAsync(api => api.Agent("A"));
        await using var other = harness.OpenAnother();

        await Assert.ThrowsAsync<RunNotResumableException>(() => harness.Engine.ResumeAsync(new ResumeRun { RunId = runId }, Cancellation));
        await Assert.ThrowsAsync<RunNotResumableException>(() => other.ResumeAsync(new ResumeRun { RunId = runId }, Cancellation));

        held.Outcome.SetResult(FakeAgents.Answer("A"));
        Assert.Equal(RunState.Completed, (await harness.EndOfAsync(runId)).Run.State);
    }

    [Fact]
    public async Task Resume_AnswerText_IsTheSameLetterByLetter()
    {
        const string Odd = """{ "z":1.0, "a":[ 1e3 ],"é":"\ud800" }""";
        await using var harness = new EngineHarness();
        harness.Agents.On("A", FakeAgents.Answer("") with { AnswerJson = Odd });
        var first = await harness.RunAsync(api => api.Agent("A"));

        var second = await harness.ResumeAsync(first.Run.Id);

        Assert.Equal((Odd, Odd), (first.Run.ResultJson, second.Run.ResultJson));
    }

    [Fact]
    public async Task Resume_ThousandFinishedCalls_SendsNone()
    {
        await using var harness = new EngineHarness();
        Func<FakeScriptApi, Task<string?>> body = async api =>
            $"{(await Task.WhenAll(Enumerable.Range(0, 1_000).Select(i => api.Agent($"{i}")))).Length}";
        var first = await harness.RunAsync(body);

        var second = await harness.ResumeAsync(first.Run.Id);

        Assert.Equal((RunState.Completed, "1000", 1_000), (second.Run.State, second.Run.ResultJson, second.Run.Totals.FromJournal));
        Assert.Empty(harness.Agents.Prompts);
    }
}
