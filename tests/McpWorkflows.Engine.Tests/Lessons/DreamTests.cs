using System.Text.Json;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Lessons;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.Tests.Runs;

namespace McpWorkflows.Engine.Tests.Lessons;

public sealed class DreamTests : IAsyncDisposable
{
    private const string Faulty = EngineHarness.Script + "const found = await agent('Where is it?', { label: 'find' })\nconst vote = await agent(`Refute: ${found}`, { label: 'skeptic', schema: { type: 'object', properties: { verdict: { type: 'string' }, reason: { type: 'string' } } } })\nreturn vote";

    private readonly EngineHarness _harness = new(runtimes: new JintScriptRuntimeFactory());

    public DreamTests() => _harness.Agents.Otherwise = Play;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Dreams Dreams => new(_harness.Engine, _harness.Journal, TimeProvider.System, new RandomIdSource());

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Fact]
    public async Task Dream_AfterARefutedClaim_KeepsALessonWithItsEvidence()
    {
        var runId = await RunAsync(Faulty);

        var begun = await Dreams.BeginAsync(Request(), Cancellation);
        var ended = await Dreams.FinishAsync("/w", begun.RunId!, Cancellation);

        Assert.Equal((DreamStart.Started, 1), (begun.Start, begun.Runs));
        Assert.Equal(new LessonChanges(1, 0, 0, 0), ended.Changes);
        var lesson = Assert.Single((await BookAsync()).Live);
        Assert.Equal("Lines count from 1.", lesson.Text);
        Assert.Equal([new LessonEvidence(runId, "skeptic")], lesson.Evidence);
        var reader = _harness.Agents.Requests.First(request => request.Label.StartsWith("read runs", StringComparison.Ordinal));
        Assert.Contains("off by one, says the file", reader.Prompt, StringComparison.Ordinal);
        Assert.Empty(reader.Options.Tools!);
        Assert.Empty(reader.Lessons);
    }

    [Fact]
    public async Task Dream_NothingNew_CostsNothing()
    {
        await RunAsync(EngineHarness.Script + "return await agent('fine')");
        var before = _harness.Agents.Requests.Count;

        Assert.Equal(new DreamBegun(null, DreamStart.NothingToLearn), await Dreams.BeginAsync(Request(), Cancellation));
        await RunAsync(Faulty);
        await DreamAsync();
        Assert.Equal(DreamStart.NothingToLearn, (await Dreams.BeginAsync(Request(), Cancellation)).Start);

        Assert.Equal(before + 2 + 2, _harness.Agents.Requests.Count);
    }

    [Fact]
    public async Task NextRun_IsToldTheLessonWhereItApplies_AndAResumeTellsTheSame()
    {
        await RunAsync(Faulty);
        await DreamAsync();
        _harness.Agents.Forget();
        var script = EngineHarness.Script + "return [await agent('Name the line of main.'), await agent('Something else'), await agent('boom on this line')]";
        var runId = await RunAsync(script);
        await _harness.Journal.ChangeLessonsAsync("/w", book => book.Delete(1, DateTimeOffset.UnixEpoch), Cancellation);
        _harness.Agents.Otherwise = request => FakeAgents.Answer("fine");

        await _harness.EndOfAsync(await _harness.Engine.ResumeAsync(new ResumeRun { RunId = runId }, Cancellation));

        Assert.Equal(
            [("Name the line of main.", 1), ("Something else", 0), ("boom on this line", 1), ("boom on this line", 1)],
            _harness.Agents.Requests.Select(request => (request.Prompt, request.Lessons.Count)));
        Assert.Equal("Lines count from 1.", _harness.Agents.Requests[0].Lessons[0]);
    }

    [Fact]
    public async Task Dream_ProcessDiesAfterTheRunEnded_TheNextTakesItInOnce()
    {
        await RunAsync(Faulty);
        var begun = await Dreams.BeginAsync(Request(), Cancellation);
        await _harness.EndOfAsync(begun.RunId!);
        await _harness.CrashAsync();

        await Dreams.CatchUpAsync("/w", Cancellation);
        await Dreams.CatchUpAsync("/w", Cancellation);

        Assert.Single((await BookAsync()).Live);
        Assert.Null((await BookAsync()).DreamRun);
    }

    [Fact]
    public async Task Dream_ProcessDiesInTheMiddle_TheNextGoesOnWithIt()
    {
        await RunAsync(Faulty);
        var curator = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var dead = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _harness.Agents.Otherwise = request =>
        {
            if (request.Label != "curate")
                return Play(request);
            curator.TrySetResult();
            dead.Task.Wait(Cancellation);
            return Play(request);
        };
        var begun = await Dreams.BeginAsync(Request(), Cancellation);
        await curator.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        await _harness.AbandonAsync();
        dead.SetResult();
        _harness.Agents.Otherwise = Play;
        _harness.Agents.Forget();

        var again = await Dreams.BeginAsync(Request(), Cancellation);
        await Dreams.FinishAsync("/w", again.RunId!, Cancellation);

        Assert.Equal((begun.RunId, DreamStart.Resumed), (again.RunId, again.Start));
        Assert.Equal(["curate"], _harness.Agents.Requests.Select(request => request.Label));
        Assert.Single((await BookAsync()).Live);
    }

    [Fact]
    public async Task Dream_TwoProcessesAtOnce_OneDoesIt()
    {
        await RunAsync(Faulty);
        await using var other = _harness.OpenAnother();
        var others = new Dreams(other, _harness.Journal, TimeProvider.System, new RandomIdSource());

        var begun = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => (i % 2 == 0 ? Dreams : others).BeginAsync(Request(), Cancellation)));
        await Dreams.FinishAsync("/w", begun.Single(one => one.Start == DreamStart.Started).RunId!, Cancellation);

        Assert.All(begun, one => Assert.Contains(one.Start, new[] { DreamStart.Started, DreamStart.Elsewhere, DreamStart.NothingToLearn }));
        Assert.Single(_harness.Agents.Requests, request => request.Label == "curate");
    }

    [Fact]
    public async Task ListDue_ByScheduleAndAfterRuns_NamesTheProjectUntilItWasRead()
    {
        await RunAsync(Faulty);

        Assert.Equal(["/w"], await Dreams.ListDueAsync(null, afterRuns: true, Cancellation));
        Assert.Empty(await Dreams.ListDueAsync(TimeSpan.FromDays(1), afterRuns: false, Cancellation));
        Assert.Equal(["/w"], await Dreams.ListDueAsync(TimeSpan.Zero, afterRuns: false, Cancellation));
        await DreamAsync();
        Assert.Empty(await Dreams.ListDueAsync(TimeSpan.Zero, afterRuns: true, Cancellation));
    }

    [Fact]
    public async Task ListDue_AfterGatheringFailed_RestsAndThenTriesAgain()
    {
        await RunAsync(Faulty);
        _harness.Agents.Otherwise = request => FakeAgents.Failure("overloaded");
        var begun = await Dreams.BeginAsync(Request(), Cancellation);

        var ended = await Dreams.FinishAsync("/w", begun.RunId!, Cancellation);

        Assert.Equal((RunState.Failed, null), (ended.Status.Run.State, ended.Changes));
        Assert.Empty(await Dreams.ListDueAsync(TimeSpan.Zero, afterRuns: true, Cancellation));
        _harness.Agents.Otherwise = Play;
        await DreamAsync();
        Assert.Single((await BookAsync()).Live);
    }

    [Fact]
    public async Task Dream_Rehearsed_KeepsNothing()
    {
        await RunAsync(Faulty);
        _harness.Agents.Otherwise = request => Play(request) with { Rehearsed = true };

        var ended = await Dreams.FinishAsync("/w", (await Dreams.BeginAsync(Request(), Cancellation)).RunId!, Cancellation);

        Assert.Null(ended.Changes);
        Assert.Empty((await BookAsync()).Live);
        Assert.Equal(["/w"], await Dreams.ListDueAsync(null, afterRuns: true, Cancellation));
    }

    [Fact]
    public void Script_Validated_HasNoWarning() => Assert.Empty(Engine.Scripts.WorkflowScript.Parse(DreamScript.Text, DreamScript.FileName).Warnings);

    [Theory]
    [InlineData("nonsense")]
    [InlineData("{}")]
    [InlineData("""[1, {}, { "text": 3 }, { "text": "<b>x", "topics": 4 }]""")]
    public void RunLessons_SnapshotOfAnImportedRun_GivesWhatIsALesson(string snapshot)
    {
        var told = new RunLessons(snapshot).For(Asked("prompt"));

        Assert.Equal(snapshot.Contains("<b>", StringComparison.Ordinal) ? ["‹b›x"] : [], told);
    }

    [Fact]
    public void RunLessons_ManyThatApply_AreBoundedAndThoseOnTheTaskComeFirst()
    {
        var book = Enumerable.Range(0, 20).Aggregate(new LessonBook(), (all, i) => all.Add($"{i} {new string('x', 200)}", i == 3 ? ["parser"] : [], LessonAudience.All, DateTimeOffset.UnixEpoch));

        var told = new RunLessons(RunLessons.Snapshot(book)).For(Asked("Fix the PARSERS."));

        Assert.StartsWith("3 ", told[0], StringComparison.Ordinal);
        Assert.InRange(told.Sum(text => text.Length), 600, 1_000);
        Assert.DoesNotContain(new RunLessons(RunLessons.Snapshot(book)).For(Asked("sparser")), text => text.StartsWith("3 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Digest_OfEverythingThatCanGoWrong_NamesIt()
    {
        var runId = await RunAsync(Faulty.Replace("return vote", "await agent('boom', { label: 'fails' })\nreturn vote", StringComparison.Ordinal));
        var edited = Faulty + "\n// twice now";
        await _harness.EndOfAsync(await _harness.Engine.ResumeAsync(new ResumeRun { RunId = runId, Script = edited, Rerun = ["find"] }, Cancellation));

        var run = (await _harness.Journal.FindRunAsync(runId, Cancellation))!;
        var digest = JsonSerializer.SerializeToElement(await RunDigest.ReadAsync(_harness.Journal, run, Cancellation));

        Assert.Equal("off by one, says the file", digest.GetProperty("refuted")[0].GetProperty("reason").GetString());
        var correction = digest.GetProperty("corrected")[0];
        Assert.Equal("find", correction.GetProperty("rerun")[0].GetString());
        Assert.Equal("// twice now", correction.GetProperty("added")[0].GetString());
        Assert.Equal("the test's agent failed", correction.GetProperty("failed")[0].GetProperty("cause").GetString());
        Assert.Contains("boom", correction.GetProperty("removed")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal(["skeptic", "fails"], digest.GetProperty("labels").EnumerateArray().Select(label => label.GetString()));
    }

    private static AgentRequested Asked(string prompt) => new() { RequestId = 1, Prompt = prompt, Options = AgentOptions.None, Label = "label" };

    private static DreamRequest Request() => new() { Workspace = "/w" };

    private async Task DreamAsync() => await Dreams.FinishAsync("/w", (await Dreams.BeginAsync(Request(), Cancellation)).RunId!, Cancellation);

    private Task<LessonBook> BookAsync() => _harness.Journal.ReadLessonsAsync("/w", Cancellation);

    private async Task<string> RunAsync(string script)
    {
        var runId = await _harness.Engine.StartAsync(new StartRun { Script = script, Workspace = "/w" }, Cancellation);
        await _harness.EndOfAsync(runId);
        return runId;
    }

    /// <summary>The curator and the readers take what the digests say; everybody else answers the prompt, and the skeptic refutes.</summary>
    private static AgentOutcome Play(AgentRequest request) => request switch
    {
        { Label: "skeptic" } => Json(new { verdict = "refuted", reason = "off by one, says the file" }),
        { Label: "curate" } => Json(new { lessons = new[] { Lesson(request.Prompt) }, retire = Array.Empty<int>() }),
        { Label: var label } when label.StartsWith("read runs", StringComparison.Ordinal) => Json(new { lessons = new[] { Lesson(request.Prompt) } }),
        { Prompt: var prompt } when prompt.StartsWith("boom", StringComparison.Ordinal) => FakeAgents.Failure("the test's agent failed"),
        _ => FakeAgents.Answer(request.Prompt),
    };

    private static object Lesson(string prompt)
    {
        var run = System.Text.RegularExpressions.Regex.Match(prompt, "wf_[a-z0-9]{12}").Value;
        return new { number = 0, text = "Lines count from 1.", topics = new[] { "line" }, audience = "agents", evidence = new[] { new { run, label = "skeptic" } } };
    }

    private static AgentOutcome Json(object value) => FakeAgents.Answer("") with { AnswerJson = JsonSerializer.Serialize(value) };
}
