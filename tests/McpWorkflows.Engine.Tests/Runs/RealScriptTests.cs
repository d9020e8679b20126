using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Tests.Runs;

/// <summary>Engine and JavaScript together, over crashes and edits.</summary>
public sealed class RealScriptTests : IAsyncDisposable
{
    private readonly EngineHarness _harness = new(runtimes: new JintScriptRuntimeFactory());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Fact]
    public async Task Run_FanOutAndPipeline_GivesTheResultAndTheCensus()
    {
        var status = await RunAsync("""
            phase('find');
            const found = await parallel(args.files.map(file => () => agent(`look at ${file}`, { label: file })));
            phase('judge');
            const judged = await pipeline(found, (previous, item, index) => agent(`judge ${index}: ${previous}`), async verdict => verdict.length);
            log(`spent ${budget.spent()}`);
            return { found, judged };
            """, """{"files":["a","b","c"]}""");

        Assert.Equal(RunState.Completed, status.Run.State);
        Assert.Equal("""{"found":["look at a","look at b","look at c"],"judged":[18,18,18]}""", status.Run.ResultJson);
        Assert.Equal(["spent 60"], status.Log);
        Assert.Equal([new PhaseStatus("find", 3, 3, 0, 0), new PhaseStatus("judge", 3, 3, 0, 0)], status.Phases);
    }

    [Fact]
    public async Task Run_BranchesThrow_LogsEachOnce()
    {
        var status = await RunAsync("return [await parallel([() => { throw new Error('boom') }]), await pipeline([1], () => { throw 'x' })]");

        Assert.Equal((RunState.CompletedWithFailures, 2), (status.Run.State, status.Run.Totals.BranchesFailed));
        Assert.Equal(["parallel[0] failed: Error: boom", "pipeline[0] stage 1 failed: x"], status.Log);
    }

    [Fact]
    public async Task Recovery_ClockAndChanceInPrompts_FindTheirAnswersAgain()
    {
        var held = _harness.Agents.Hold("end");
        var runId = await StartAsync("""
            const first = await agent(`at ${Date.now()} with ${Math.random()}`);
            const more = await parallel([1, 2, 3].map(i => () => agent(`${i} ${Math.random()} ${new Date().toISOString()}`)));
            const after = `${Math.random()} ${Date.now()}`;
            await agent('end');
            return [first, more, after, Math.random()];
            """);
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        await _harness.CrashAsync();
        _harness.Agents.On("end", FakeAgents.Answer("end"));

        var status = await _harness.ResumeAsync(runId);

        Assert.Equal(RunState.Completed, status.Run.State);
        Assert.Equal(["end"], _harness.Agents.Prompts);
    }

    [Fact]
    public async Task Resume_AnInsertedDrawOfChance_ChangesNothingPastTheNextDelivery()
    {
        _harness.Agents.On("bad", FakeAgents.Failure("down"));
        var first = await RunAsync("await agent('A'); await agent(`b ${Math.random()}`); await agent('bad')");
        _harness.Agents.On("bad", FakeAgents.Answer("good"));

        _harness.Agents.Forget();
        await _harness.Engine.ResumeAsync(new ResumeRun
        {
            RunId = first.Run.Id,
            Script = EngineHarness.Script + "Math.random(); await agent('A'); await agent(`b ${Math.random()}`); Math.random(); await agent('bad')",
        }, Cancellation);
        var second = await _harness.EndOfAsync(first.Run.Id);

        Assert.Equal(RunState.Completed, second.Run.State);
        Assert.Equal(["bad"], _harness.Agents.Prompts);
    }

    [Fact]
    public async Task Recovery_AfterEveryNumberOfAnswers_GivesTheResultOfAnUndisturbedRun()
    {
        const string Loop = """
            const seen = [];
            let round = 0;
            while (seen.length < 12 && round++ < 10) {
              const results = await pipeline([1, 2, 3], n => agent(`round ${round} item ${n} of ${seen.length}`),
                (previous, n) => previous === null ? null : agent(`check ${previous}`));
              for (const result of results) if (result) seen.push(result);
            }
            await Promise.race([agent('race'), new Promise(done => setTimeout(done, 60000))]);
            return seen;
            """;
        // One agent never answers and the script goes round without it.
        _harness.Agents.On("round 1 item 2 of 0", FakeAgents.Failure("down"));
        var expected = (await RunAsync(Loop)).Run;
        var calls = _harness.Agents.Prompts.Count;

        for (var stop = 1; stop < calls; stop += 3)
        {
            _harness.Agents.Forget();
            var answered = 0;
            var crashed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _harness.Journal.BeforeAppend = entries =>
            {
                if ((answered += entries.OfType<ItemSettled>().Count()) <= stop)
                    return Task.CompletedTask;
                crashed.TrySetResult();
                return new TaskCompletionSource().Task;
            };
            var runId = await StartAsync(Loop);
            await crashed.Task.WaitAsync(EngineHarness.Patience, Cancellation);
            var committed = (await _harness.Journal.ReadSettledAsync(runId, Cancellation)).Count;
            await _harness.AbandonAsync();

            var status = await _harness.ResumeAsync(runId);

            Assert.Equal((expected.State, committed), (status.Run.State, status.Run.Totals.FromJournal));
            Assert.Equal(expected.ResultJson, status.Run.ResultJson);
            Assert.Equal(calls - committed, status.Resume!.Ran);
        }
    }

    private async Task<RunStatus> RunAsync(string script, string? args = null) => await _harness.EndOfAsync(await StartAsync(script, args));

    private Task<string> StartAsync(string script, string? args = null) => _harness.Engine.StartAsync(
        new StartRun { Script = EngineHarness.Script + script, Workspace = "/w", ArgsJson = args }, Cancellation);
}
