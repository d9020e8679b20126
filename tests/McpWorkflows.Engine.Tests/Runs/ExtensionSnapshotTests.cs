using McpWorkflows.Engine.Extensions;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Tests.Runs;

/// <summary>A run goes on with the extensions it began with, whatever release resumes it.</summary>
public sealed class ExtensionSnapshotTests : IAsyncDisposable
{
    private const string Key = "extension:verify";

    private readonly EngineHarness _harness = new(runtimes: new JintScriptRuntimeFactory());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Fact]
    public async Task Start_ScriptThatMayCallAnExtension_SnapshotsThatOneBeforeItRuns()
    {
        var runId = await StartAsync("if (args) await verify('x'); return 1");
        await _harness.EndOfAsync(runId);

        var kept = await _harness.Journal.ReadSnapshotsAsync(runId, Cancellation);

        Assert.Equal(BuiltInExtensions.Source("verify"), kept[Key]);
        Assert.DoesNotContain("extension:judge", kept.Keys);
    }

    [Fact]
    public async Task Start_ChildThatCallsAnExtension_SnapshotsItToo()
    {
        _harness.Catalog.Workflows["child"] = EngineHarness.Script + "return args ? await judge(['a']) : 2";
        var runId = await StartAsync("return await workflow('child')");
        await _harness.EndOfAsync(runId);

        Assert.Contains("extension:judge", (await _harness.Journal.ReadSnapshotsAsync(runId, Cancellation)).Keys);
    }

    [Theory]
    [InlineData(RunState.Failed)]
    [InlineData(RunState.Interrupted)]
    [InlineData(RunState.Completed)]
    public async Task Resume_OfARunOfAnOlderRelease_CallsTheExtensionOfThatRelease(RunState state)
    {
        const string Older = "async function verify(claim) { return `as it was: ${claim}` }";
        await _harness.Journal.CreateRunAsync(
            new RunRecord
            {
                Id = "wf_old",
                Name = "test",
                Script = EngineHarness.Script + "return await verify('x')",
                FileName = "workflow.js",
                State = RunState.Running,
                Settings = new RunSettings { Workspace = "/w", Seed = 1 },
                CreatedAt = DateTimeOffset.UnixEpoch,
            },
            [new SnapshotTaken(Key, Older)],
            Cancellation);
        await _harness.Journal.AppendAsync("wf_old", [new RunChanged { State = state, Totals = new RunTotals(), EndedAt = DateTimeOffset.UnixEpoch }], Cancellation);

        var runId = await _harness.Engine.ResumeAsync(new ResumeRun { RunId = "wf_old" }, Cancellation);

        Assert.Equal("\"as it was: x\"", (await _harness.EndOfAsync(runId)).Run.ResultJson);
        Assert.Equal(Older, (await _harness.Journal.ReadSnapshotsAsync(runId, Cancellation))[Key]);
    }

    private Task<string> StartAsync(string body) =>
        _harness.Engine.StartAsync(new StartRun { Script = EngineHarness.Script + body, Workspace = "/w" }, Cancellation);
}
