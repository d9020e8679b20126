using System.Threading.Channels;
using McpWorkflows.Engine.Activity;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Engine.Tests.Runs;
using McpWorkflows.Testing.Time;

namespace McpWorkflows.Engine.Tests.Activity;

/// <summary>What others can see of a run without being in its process.</summary>
public sealed class ActivityNotesTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_OfARunThatNobodyWatches_HoldTheGateOnceAndNoSignsOfLife()
    {
        await using var harness = new EngineHarness(options: new EngineOptions { Concurrency = 3 });
        var status = await harness.RunAsync(async api =>
        {
            for (var i = 0; i < 20; i++)
                await api.Agent($"A {i}");
            return null;
        });

        var events = await harness.Journal.ReadEventsAsync(status.Run.Id, 0, 1_000, Cancellation);

        Assert.Equal("""{"width":3}""", Assert.Single(events, item => item.Kind == "gate").PayloadJson);
        Assert.DoesNotContain(events, item => item.Kind == "doing");
    }

    [Fact]
    public async Task Events_WhileAnotherProcessWatches_TellWhatAgentsDid()
    {
        await using var harness = new EngineHarness();
        var held = harness.Agents.Hold("A");
        var runId = await harness.StartAsync(api => api.Agent("A"));
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        held.Progress!.Report(new AgentProgress(AgentProgressKind.ToolCall, "read_file a.cs", 1));
        await using var other = harness.OpenAnother();

        await other.WatchAsync(runId, Cancellation);

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(EngineHarness.Patience);
        RunEvent? told;
        while ((told = (await harness.Journal.ReadEventsAsync(runId, 0, 1_000, patience.Token)).FirstOrDefault(item => item.Kind == "doing")) is null)
            await Task.Delay(5, patience.Token);
        Assert.Equal("""{"agents":[{"number":1,"state":"running","attempt":1,"toolCalls":1,"last":"read_file a.cs","lastKind":"ToolCall"}]}""", told.PayloadJson);
        held.Outcome.SetResult(FakeAgents.Answer("A"));
        await harness.EndOfAsync(runId);
    }

    [Fact]
    public void Notes_OfAGateThatNarrows_AreTakenOfChangesOnlyAndNotTooOften()
    {
        using var bench = new NotesBench();

        foreach (var allowed in new int?[] { null, null, 4, 4 })
            bench.Move(allowed, TimeSpan.FromSeconds(6));
        bench.Move(3, TimeSpan.FromSeconds(1));
        bench.Move(2, TimeSpan.FromSeconds(1));
        bench.Move(2, TimeSpan.FromSeconds(5));

        Assert.Equal(["""{"width":8}""", """{"width":8,"allowed":4}""", """{"width":8,"allowed":3}""", """{"width":8,"allowed":2}"""], bench.Told);
    }

    [Fact]
    public void Notes_WhileWatched_TellNewsEveryTwoSecondsUntilTheAttentionEnds()
    {
        using var bench = new NotesBench();
        var agent = bench.Begin();
        bench.Notes.TellDue();
        Assert.Empty(bench.Told);

        bench.Notes.Watch();
        agent.Report(new AgentProgress(AgentProgressKind.Text, "one", 1));
        bench.Notes.TellDue();
        agent.Report(new AgentProgress(AgentProgressKind.Text, "two", 1));
        bench.Notes.TellDue();
        Assert.Single(bench.Told);
        bench.Pass(ActivityNotes.Interval);
        Assert.Contains("\"last\":\"two\"", bench.Told[1], StringComparison.Ordinal);
        bench.Pass(ActivityNotes.Interval);
        Assert.Equal(2, bench.Told.Count);
        bench.Pass(ActivityNotes.Attention);
        agent.Report(new AgentProgress(AgentProgressKind.Text, "three", 1));
        bench.Pass(ActivityNotes.Interval);

        Assert.Equal(2, bench.Told.Count);
    }

    /// <summary>Notes over a gate for eight, by a clock that is set.</summary>
    private sealed class NotesBench : IDisposable
    {
        private readonly ManualTime time = new();
        private readonly GateHost host = new();
        private readonly LiveActivity activity;
        private readonly RunWriter writer;

        public NotesBench()
        {
            activity = new LiveActivity("wf_1", host, new AgentGate(8), () => new RunTotals(), time);
            writer = new RunWriter(new MemoryJournal(), "wf_1", time, Channel.CreateUnbounded<RunMessage>().Writer);
            var events = new RunEvents(0, time, writer);
            events.Subscribe(item => Told.Add(item.PayloadJson));
            Notes = new ActivityNotes(activity, events, time, () => Notes!.TellDue());
        }

        public ActivityNotes Notes { get; }

        public List<string> Told { get; } = [];

        public void Move(int? allowed, TimeSpan after)
        {
            time.Advance(after);
            host.Allowed = allowed;
            Notes.Moved();
        }

        public LiveAgent Begin()
        {
            var agent = activity.Queued(new AgentRequest
            {
                RunId = "wf_1",
                CallNumber = 1,
                Key = new ItemKey(ItemKind.Agent, "k", 0),
                Prompt = "p",
                Label = "l",
                Options = new AgentOptions(),
                Workspace = "/w",
            });
            activity.Admitted(agent);
            return agent;
        }

        public void Pass(TimeSpan span)
        {
            time.Advance(span);
        }

        public void Dispose()
        {
            Notes.Dispose();
            writer.Dispose();
        }
    }

    private sealed class GateHost : IAgentHost
    {
        public int? Allowed { get; set; }

        public Task<AgentOutcome> RunAsync(AgentRequest request, IProgress<AgentProgress> progress, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
