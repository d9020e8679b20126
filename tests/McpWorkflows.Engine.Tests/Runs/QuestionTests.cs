using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Testing.Time;

namespace McpWorkflows.Engine.Tests.Runs;

/// <summary>A script asks a person, who has all the time there is.</summary>
public sealed class QuestionTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Checkpoint_Asked_MakesTheRunWaitAndSaysForWhat()
    {
        var time = new ManualTime();
        await using var harness = new EngineHarness(time);
        var runId = await harness.StartAsync(async api =>
            await api.Agent("A") + await api.Checkpoint("Go on?", """{"type":"boolean"}""", "false", 3_600_000));

        var status = await harness.EndOfAsync(runId);

        Assert.Equal((RunState.Waiting, WaitingFor.Answer), (status.Run.State, status.Run.WaitingFor));
        Assert.Equal(time.GetUtcNow().AddHours(1), status.Run.WaitingUntil);
        var question = Assert.Single(status.Questions);
        Assert.Equal((1, "Go on?", """{"type":"boolean"}""", "false"), (question.Number, question.Text, question.SchemaJson, question.DefaultJson));
        Assert.Equal(time.GetUtcNow().AddHours(1), question.Deadline);
        await using var other = harness.OpenAnother();
        var seen = await other.WaitAsync(runId, Timeout.InfiniteTimeSpan, Cancellation);
        Assert.Equal((status.Run.State, status.Run.WaitingFor, status.Run.WaitingUntil), (seen.Run.State, seen.Run.WaitingFor, seen.Run.WaitingUntil));
        Assert.Equal(question, Assert.Single(seen.Questions));
    }

    [Fact]
    public async Task Checkpoint_Answered_GoesOnWithTheAnswerLetterByLetter()
    {
        const string Odd = """{ "z":1.0, "a":[ 1e3 ] }""";
        await using var harness = new EngineHarness();
        var runId = await harness.StartAsync(async api => await api.Checkpoint("Go on?") + await api.Agent("A"));
        await harness.EndOfAsync(runId);

        Assert.Equal(runId, await harness.AnswerAsync(runId, Odd));

        var status = await harness.OverAsync(runId);
        Assert.Equal((RunState.Completed, Odd + "\"A\""), (status.Run.State, status.Run.ResultJson));
        Assert.Empty(status.Questions);
        Assert.Null(status.Run.WaitingFor);
    }

    [Fact]
    public async Task Answer_ThenWait_SeesTheEnd()
    {
        await using var harness = new EngineHarness();
        for (var i = 0; i < 50; i++)
        {
            var runId = await harness.StartAsync(api => api.Checkpoint("Go on?"));
            await harness.EndOfAsync(runId);

            await harness.AnswerAsync(runId, "1");

            Assert.Equal(RunState.Completed, (await harness.EndOfAsync(runId)).Run.State);
        }
    }

    [Fact]
    public async Task Checkpoint_WhileAgentsAreAtWork_LeavesTheRunRunning()
    {
        await using var harness = new EngineHarness();
        var held = harness.Agents.Hold("A");
        var runId = await harness.StartAsync(async api =>
        {
            var agent = api.Agent("A");
            return await api.Checkpoint("Go on?") + await agent;
        });
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);

        var status = await harness.AskingAsync(runId);

        Assert.Equal(RunState.Running, status.Run.State);
        await harness.AnswerAsync(runId, "true");
        held.Outcome.SetResult(FakeAgents.Answer("A"));
        Assert.Equal("true\"A\"", (await harness.OverAsync(runId)).Run.ResultJson);
    }

    [Theory]
    [InlineData("""{"choice":"wrong"}""", null, "/choice: must be one of")]
    [InlineData("yes", null, "not valid JSON")]
    [InlineData("1", 7, "has no question 7. Open are: 1: Which?")]
    public async Task Answer_ThatDoesNotFit_IsRefusedAndTheQuestionStaysOpen(string json, int? number, string message)
    {
        await using var harness = new EngineHarness();
        var runId = await harness.StartAsync(api => api.Checkpoint("Which?", "{}"));
        await harness.EndOfAsync(runId);

        var refusal = await Assert.ThrowsAsync<AnswerRefusedException>(() => harness.AnswerAsync(runId, json, number));

        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
        Assert.Single((await harness.Engine.GetStatusAsync(runId, Cancellation)).Questions);
        await harness.AnswerAsync(runId, "1");
        Assert.Equal("1", (await harness.OverAsync(runId)).Run.ResultJson);
        await Assert.ThrowsAsync<AnswerRefusedException>(() => harness.AnswerAsync(runId, "1"));
    }

    [Fact]
    public async Task Answer_ToOneOfTwoEqualQuestions_SettlesThatOne()
    {
        await using var harness = new EngineHarness();
        var runId = await harness.StartAsync(async api => string.Join(",", await Task.WhenAll(api.Checkpoint("Same?"), api.Checkpoint("Same?"))));
        await harness.EndOfAsync(runId);

        await Assert.ThrowsAsync<AnswerRefusedException>(() => harness.AnswerAsync(runId, "0"));
        await harness.AnswerAsync(runId, "2", 2);
        RunStatus status;
        do
            status = await harness.WaitingAsync(runId);
        while (status.Questions.Count > 1);
        await harness.AnswerAsync(runId, "1", 1);

        Assert.Equal("1,2", (await harness.OverAsync(runId)).Run.ResultJson);
    }

    [Fact]
    public async Task Checkpoint_AfterACrash_IsTheSameQuestionAndTheWayThereIsTheSame()
    {
        await using var harness = new EngineHarness();
        harness.Agents.On("A", FakeAgents.Failure("down"));
        var runId = await harness.StartAsync(async api =>
        {
            if (await api.Agent("A") == "null")
                await api.Agent("B");
            return await api.Checkpoint("Go on?");
        });
        await harness.EndOfAsync(runId);
        await harness.CrashAsync();
        harness.Agents.On("A", FakeAgents.Answer("up"));
        harness.Agents.Forget();
        Assert.Equal(RunState.Waiting, (await harness.Engine.GetStatusAsync(runId, Cancellation)).Run.State);

        await harness.AnswerAsync(runId, "\"yes\"");

        var status = await harness.OverAsync(runId);
        Assert.Equal((RunState.CompletedWithFailures, "\"yes\""), (status.Run.State, status.Run.ResultJson));
        Assert.Empty(harness.Agents.Prompts);
        Assert.Equal(1, Assert.Single(await harness.Journal.ReadQuestionsAsync(runId, Cancellation)).Number);
    }

    [Fact]
    public async Task Answer_FromAnotherProcess_IsHeardByTheOwner()
    {
        var time = new ManualTime();
        await using var harness = new EngineHarness(time);
        var runId = await harness.StartAsync(api => api.Checkpoint("Go on?"));
        await harness.EndOfAsync(runId);
        await using var other = harness.OpenAnother();

        Assert.Equal(runId, await other.ResumeAsync(new ResumeRun { RunId = runId, Answers = [new QuestionAnswer(1, "true")] }, Cancellation));
        await time.WaitForTimerAsync(RequestWatch.Interval, Cancellation);
        time.Advance(RequestWatch.Interval);

        Assert.Equal("true", (await harness.OverAsync(runId)).Run.ResultJson);
    }

    [Theory]
    [InlineData("\"no\"", RunState.Completed)]
    [InlineData(null, RunState.Failed)]
    public async Task Checkpoint_TimeIsUp_TakesTheDefaultOrRejects(string? answer, RunState state)
    {
        var time = new ManualTime();
        await using var harness = new EngineHarness(time);
        var runId = await harness.StartAsync(api => api.Checkpoint("Go on?", null, answer, 60_000));
        await harness.EndOfAsync(runId);
        await time.WaitForTimerAsync(Minute, Cancellation);

        time.Advance(Minute);

        var status = await harness.OverAsync(runId);
        Assert.Equal((state, answer), (status.Run.State, status.Run.ResultJson));
        if (answer is null)
            Assert.Contains("checkpoint('Go on?') got no answer within 60000 ms", status.Run.Error, StringComparison.Ordinal);
        Assert.NotNull(Assert.Single(await harness.Journal.ReadQuestionsAsync(runId, Cancellation)).AnsweredAt);
    }

    [Fact]
    public async Task Resume_AfterAQuestionTimedOut_AsksAgainWithAllTheTime()
    {
        var time = new ManualTime();
        await using var harness = new EngineHarness(time);
        var runId = await harness.StartAsync(api => api.Checkpoint("Go on?", timeout: 60_000));
        await harness.EndOfAsync(runId);
        await time.WaitForTimerAsync(Minute, Cancellation);
        time.Advance(Minute);
        Assert.Equal(RunState.Failed, (await harness.OverAsync(runId)).Run.State);

        await harness.StartResumeAsync(runId);

        var question = Assert.Single((await harness.EndOfAsync(runId)).Questions);
        Assert.Equal((1, time.GetUtcNow() + Minute), (question.Number, question.Deadline));
        await harness.AnswerAsync(runId, "1");
        Assert.Equal("1", (await harness.OverAsync(runId)).Run.ResultJson);
    }

    [Fact]
    public async Task Resume_OfAnEndedRun_DoesNotAskAgainWhatWasAnswered()
    {
        await using var harness = new EngineHarness();
        harness.Agents.On("A", FakeAgents.Failure("down"));
        var runId = await harness.StartAsync(async api => await api.Checkpoint("Go on?") + await api.Agent("A"));
        await harness.EndOfAsync(runId);
        await harness.AnswerAsync(runId, "1");
        Assert.Equal(RunState.CompletedWithFailures, (await harness.OverAsync(runId)).Run.State);
        harness.Agents.On("A", FakeAgents.Answer("A"));

        var second = await harness.ResumeAsync(runId);
        var child = await harness.ResumeAsync(runId);

        Assert.Equal("1\"A\"", second.Run.ResultJson);
        Assert.Equal((runId, "1\"A\""), (child.Run.ParentId, child.Run.ResultJson));
    }

    [Fact]
    public async Task Waiting_ForLong_LeavesTheMemoryAndComesBackWithTheAnswer()
    {
        var time = new ManualTime();
        await using var harness = new EngineHarness(time, new EngineOptions { UnloadAfter = Minute });
        var runId = await harness.StartAsync(async api => await api.Agent("A") + await api.Checkpoint("Go on?"));
        await harness.EndOfAsync(runId);
        await UnloadAsync(harness, time);
        harness.Agents.Forget();
        Assert.Equal(RunState.Waiting, (await harness.Engine.GetStatusAsync(runId, Cancellation)).Run.State);
        Assert.Equal(0, (await harness.Engine.GetStatusAsync(runId, Cancellation)).Run.Totals.DurationMs);

        await harness.AnswerAsync(runId, "1");

        Assert.Equal("\"A\"1", (await harness.OverAsync(runId)).Run.ResultJson);
        Assert.Empty(harness.Agents.Prompts);
    }

    [Fact]
    public async Task Waiting_Unloaded_HearsOfAnAnswerFromAnotherProcess()
    {
        var time = new ManualTime();
        await using var harness = new EngineHarness(time, new EngineOptions { UnloadAfter = Minute });
        var runId = await harness.StartAsync(api => api.Checkpoint("Go on?"));
        await harness.EndOfAsync(runId);
        await UnloadAsync(harness, time);

        Assert.True(await harness.Journal.Inner.OpenAnother().AnswerQuestionAsync(runId, 1, "1", Cancellation));
        await time.WaitForTimerAsync(RequestWatch.Interval, Cancellation);
        time.Advance(RequestWatch.Interval);

        Assert.Equal("1", (await harness.OverAsync(runId)).Run.ResultJson);
    }

    [Fact]
    public async Task Waiting_Unloaded_TakesTheDefaultWhenTheTimeIsUp()
    {
        var time = new ManualTime();
        await using var harness = new EngineHarness(time, new EngineOptions { UnloadAfter = Minute });
        var runId = await harness.StartAsync(api => api.Checkpoint("Go on?", null, "\"no\"", 600_000));
        await harness.EndOfAsync(runId);
        await UnloadAsync(harness, time);

        RunStatus status;
        do
        {
            time.Advance(Minute);
            await Task.Delay(1, Cancellation);
            status = await harness.Engine.GetStatusAsync(runId, Cancellation);
        }
        while (!status.Run.State.HasEnded());

        Assert.Equal("\"no\"", status.Run.ResultJson);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cancel_OfARunThatWaits_Cancels(bool unloaded)
    {
        var time = new ManualTime();
        await using var harness = new EngineHarness(time, new EngineOptions { UnloadAfter = Minute });
        var runId = await harness.StartAsync(api => api.Checkpoint("Go on?"));
        await harness.EndOfAsync(runId);
        if (unloaded)
            await UnloadAsync(harness, time);

        Assert.True(await harness.Engine.CancelAsync(runId, Cancellation));

        var status = await harness.OverAsync(runId);
        Assert.Equal(RunState.Cancelled, status.Run.State);
        Assert.Empty(status.Questions);
    }

    [Fact]
    public async Task Dispose_OfARunThatWaits_LeavesItWaiting()
    {
        await using var harness = new EngineHarness();
        var runId = await harness.StartAsync(api => api.Checkpoint("Go on?"));
        await harness.EndOfAsync(runId);

        await harness.Engine.DisposeAsync();

        var run = await harness.Journal.FindRunAsync(runId, Cancellation);
        Assert.Equal((RunState.Waiting, WaitingFor.Answer), (run!.State, run.WaitingFor));
        await harness.CrashAsync();
        await harness.AnswerAsync(runId, "1");
        Assert.Equal("1", (await harness.OverAsync(runId)).Run.ResultJson);
    }

    [Fact]
    public async Task Resume_WithoutTheAnswer_SaysWhatIsAsked()
    {
        await using var harness = new EngineHarness();
        var runId = await harness.StartAsync(api => api.Checkpoint("Which one?"));
        await harness.EndOfAsync(runId);

        var refusal = await Assert.ThrowsAsync<RunNotResumableException>(() => harness.StartResumeAsync(runId));

        Assert.Contains("question 1: Which one?", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resume_OfARunThatWaitsWithAnEdit_TakesItUpAnew()
    {
        await using var harness = new EngineHarness();
        var runId = await harness.StartAsync(async api => await api.Agent("A") + await api.Checkpoint("Which one?"));
        await harness.EndOfAsync(runId);
        harness.Agents.Forget();
        harness.Scripts.Body = async api => await api.Agent("A") + await api.Agent("B");

        await harness.Engine.ResumeAsync(new ResumeRun { RunId = runId, Script = EngineHarness.Script + "// edited" }, Cancellation);

        Assert.Equal("\"A\"\"B\"", (await harness.OverAsync(runId)).Run.ResultJson);
        Assert.Equal(["B"], harness.Agents.Prompts);
    }

    [Fact]
    public async Task Checkpoint_BesideATimerThatFiresOften_IsNoWaiting()
    {
        var time = new ManualTime();
        await using var harness = new EngineHarness(time);
        var runId = await harness.StartAsync(async api =>
        {
            var answer = api.Checkpoint("Go on?");
            while (!answer.IsCompleted)
                await Task.WhenAny(answer, api.Sleep(1_000));
            return await answer;
        });
        await time.WaitForTimerAsync(TimeSpan.FromSeconds(1), Cancellation);

        Assert.Equal(RunState.Running, (await harness.AskingAsync(runId)).Run.State);
        await harness.AnswerAsync(runId, "1");
        Assert.Equal("1", (await harness.OverAsync(runId)).Run.ResultJson);
    }

    /// <summary>Lets the run wait until its engine has nothing of it in memory.</summary>
    private static async Task UnloadAsync(EngineHarness harness, ManualTime time)
    {
        await time.WaitForTimerAsync(Minute, Cancellation);
        var session = harness.Engine.SessionOf((await harness.Engine.ListAsync(1, Cancellation))[0].Id)!;
        time.Advance(Minute);
        await session.WaitAsync(EngineHarness.Patience, Cancellation);
    }
}
