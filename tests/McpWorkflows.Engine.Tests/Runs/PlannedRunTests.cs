using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Tests.Runs;

/// <summary>Runs that wait for approval, and runs on a slice.</summary>
public sealed class PlannedRunTests : IAsyncDisposable
{
    private const string Nested = """
        const found = await parallel(args.map(file => () => agent(`list ${file}`, { label: file })));
        const done = await pipeline(found.filter(Boolean), async text => {
          const parts = await parallel([1, 2, 3, 4].map(i => () => agent(`${text} part ${i}`)));
          return await agent(`merge ${parts.filter(Boolean).length} of ${text}`);
        });
        return [found.length, done.length, await agent('sum up')];
        """;

    private readonly EngineHarness _harness = new(runtimes: new JintScriptRuntimeFactory());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Fact]
    public async Task Start_Held_RunsNothingUntilItIsApprovedByWhicheverProcess()
    {
        var runId = await StartAsync("return await agent('a')", hold: true);

        var status = await _harness.Engine.WaitAsync(runId, TimeSpan.FromSeconds(20), Cancellation);
        await _harness.CrashAsync();

        Assert.Equal(RunState.Planned, status.Run.State);
        Assert.Empty(_harness.Agents.Prompts);
        Assert.Equal(RunState.Planned, (await _harness.Engine.GetStatusAsync(runId, Cancellation)).Run.State);
        var refused = await Assert.ThrowsAsync<RunNotResumableException>(() => _harness.Engine.ResumeAsync(new ResumeRun { RunId = runId }, Cancellation));
        Assert.Contains("waits for approval", refused.Message);
        var ended = await ApproveAsync(runId);
        Assert.Equal((RunState.Completed, "\"a\""), (ended.Run.State, ended.Run.ResultJson));
        Assert.Null(ended.Resume);
    }

    [Fact]
    public async Task Resume_WithAnEditedScript_ApprovesAndRunsThat()
    {
        var runId = await StartAsync("return await agent('a')", hold: true);

        await _harness.Engine.ResumeAsync(new ResumeRun { RunId = runId, Script = EngineHarness.Script + "return await agent('b')" }, Cancellation);

        Assert.Equal("\"b\"", (await _harness.EndOfAsync(runId)).Run.ResultJson);
    }

    [Fact]
    public async Task Cancel_OfAPlannedRun_EndsIt()
    {
        var runId = await StartAsync("return await agent('a')", hold: true);

        Assert.True(await _harness.Engine.CancelAsync(runId, Cancellation));

        Assert.Equal(RunState.Cancelled, (await _harness.Engine.GetStatusAsync(runId, Cancellation)).Run.State);
    }

    [Fact]
    public async Task Slice_TakesTheFirstItemsOfEveryFanOut_AndSaysWhatTheWholeTakes()
    {
        var runId = await StartAsync(Nested, """["a","b","c","d","e","f","g","h"]""", slice: 2);

        var status = await _harness.EndOfAsync(runId);

        // 8 lists; then 2 survive of 2 (8 are left out as null), each with 4 parts and a merge; one sum.
        Assert.Equal(RunState.Planned, status.Run.State);
        Assert.Equal("""[8,2,"sum up"]""", status.Run.ResultJson);
        Assert.Equal(2 + (2 * (2 + 1)) + 1, status.Run.Totals.Agents);
        Assert.Equal(8 + (2 * (4 + 1)) + 1, status.Run.Totals.Whole!.Agents, 6);
        Assert.Equal(10 * (8 + (2 * 5) + 1), status.Run.Totals.Whole.OutputTokens, 6);
        Assert.Contains("slice: parallel takes the first 2 of its 8 items; the others give null", status.Log);
    }

    [Fact]
    public async Task Slice_Nested_MultipliesWhatACallStandsFor()
    {
        var script = """
            return await parallel(args.map(x => async () => {
              const first = await agent(`first ${x}`);
              const inner = await parallel([1, 2, 3, 4].map(i => () => agent(`${first} ${i}`)));
              return await agent(`last ${x} ${inner.length}`);
            }));
            """;

        var status = await _harness.EndOfAsync(await StartAsync(script, """[1,2,3,4,5,6]""", slice: 2));

        // In the whole: 6 x (1 + 4 + 1).
        Assert.Equal(2 * (1 + 2 + 1), status.Run.Totals.Agents);
        Assert.Equal(36, status.Run.Totals.Whole!.Agents, 6);
    }

    [Fact]
    public async Task Slice_Approved_GoesOnWithoutPayingAgain()
    {
        var script = "return await parallel(args.map(x => () => agent(`look at ${x}`)));";
        var runId = await StartAsync(script, """[1,2,3,4,5]""", slice: 2);
        await _harness.EndOfAsync(runId);
        _harness.Agents.Forget();

        var status = await ApproveAsync(runId);

        Assert.Equal((RunState.Completed, 5, 2), (status.Run.State, status.Run.Totals.Agents, status.Run.Totals.FromJournal));
        Assert.Equal(["look at 3", "look at 4", "look at 5"], _harness.Agents.Prompts.Order());
        Assert.Equal("""["look at 1","look at 2","look at 3","look at 4","look at 5"]""", status.Run.ResultJson);
        Assert.Null(status.Run.Totals.Whole);
        Assert.Equal(50, status.Run.Totals.OutputTokens);
    }

    [Fact]
    public async Task Slice_APatternsOwnPanel_IsNotCut()
    {
        _harness.Agents.Otherwise = _ => FakeAgents.Answer("x") with { AnswerJson = """{"verdict":"confirmed","reason":"r","evidence":"e"}""" };

        var status = await _harness.EndOfAsync(await StartAsync("return (await verify('water is wet', { skeptics: 3 })).votes.length", slice: 1));

        Assert.Equal((RunState.Planned, "3"), (status.Run.State, status.Run.ResultJson));
    }

    [Fact]
    public async Task Slice_ThatFails_StaysASliceUntilItIsApproved()
    {
        var runId = await StartAsync("const a = await parallel(args.map(x => () => agent(`${x}`))); return a.nothing.here", "[1,2,3]", slice: 1);
        Assert.Equal(RunState.Failed, (await _harness.EndOfAsync(runId)).Run.State);

        await _harness.Engine.ResumeAsync(
            new ResumeRun { RunId = runId, Script = EngineHarness.Script + "return await parallel(args.map(x => () => agent(`${x}`)))" }, Cancellation);

        var status = await _harness.EndOfAsync(runId);
        Assert.Equal((RunState.Planned, 1), (status.Run.State, status.Run.Totals.Agents));
    }

    private async Task<RunStatus> ApproveAsync(string runId)
    {
        await _harness.Engine.ResumeAsync(new ResumeRun { RunId = runId, Approve = true }, Cancellation);
        return await _harness.EndOfAsync(runId);
    }

    private Task<string> StartAsync(string script, string? args = null, bool hold = false, int? slice = null) => _harness.Engine.StartAsync(
        new StartRun { Script = EngineHarness.Script + script, Workspace = "/w", ArgsJson = args, Hold = hold, Slice = slice }, Cancellation);
}
