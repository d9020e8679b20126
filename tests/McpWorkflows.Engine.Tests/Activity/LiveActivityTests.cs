using System.Text.Json;
using McpWorkflows.Engine.Activity;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Engine.Tests.Runs;
using McpWorkflows.Testing.Time;

namespace McpWorkflows.Engine.Tests.Activity;

public sealed class LiveActivityTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_WhileAgentsWork_ShowsWhoIsInFlightAndHowManyWait()
    {
        await using var harness = new EngineHarness(options: new EngineOptions { Concurrency = 1 });
        var held = harness.Agents.Hold("A");
        var runId = await harness.StartAsync(async api => string.Concat(await Task.WhenAll(api.Agent("A", "the A", "one"), api.Agent("B"), api.Agent("C"))));
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);

        // The first may be at work before the last is asked for.
        RunActivity activity;
        do
            activity = harness.Engine.FindActivity(runId)!;
        while (activity.Queued < 2);

        var agent = Assert.Single(activity.Running);
        Assert.Equal((1, "the A", "one", AgentActivityState.Running), (agent.Number, agent.Label, agent.Phase, agent.State));
        Assert.Equal(2, activity.Queued);
        Assert.Equal("B", harness.Engine.FindAgent(runId, 2)!.Request.Prompt);
        Assert.Equal(AgentActivityState.Queued, harness.Engine.FindAgent(runId, 2)!.Agent.State);
        held.Outcome.SetResult(FakeAgents.Answer("A"));
        await harness.EndOfAsync(runId);
        Assert.Null(harness.Engine.FindActivity(runId));
    }

    [Fact]
    public async Task Find_AnAgentAtWork_ShowsItsStepsAndTheEndOfItsText()
    {
        await using var harness = new EngineHarness();
        var held = harness.Agents.Hold("A");
        var runId = await harness.StartAsync(async api => await api.Agent("A"));
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);

        held.Progress!.Report(new AgentProgress(AgentProgressKind.AttemptStarted, null, 1));
        held.Progress.Report(new AgentProgress(AgentProgressKind.ToolCall, "read_file a.cs", 1));
        held.Progress.Report(new AgentProgress(AgentProgressKind.Waiting, "Waits for the provider's limit.", 1));
        held.Progress.Report(new AgentProgress(AgentProgressKind.Waiting, "Waits for the provider's limit.", 1));
        held.Progress.Report(new AgentProgress(AgentProgressKind.Text, "the end", 1) { Tail = new string('x', 9_000) + "the end" });
        var trace = harness.Engine.FindAgent(runId, 1)!;

        Assert.Equal(["read_file a.cs", "Waits for the provider's limit."], trace.Steps.Select(step => step.Detail));
        Assert.Equal(LiveAgent.KeptText, trace.Text.Length);
        Assert.EndsWith("xthe end", trace.Text, StringComparison.Ordinal);
        Assert.Equal((1, "the end", AgentProgressKind.Text), (trace.Agent.ToolCalls, trace.Agent.Last, trace.Agent.LastKind));
        held.Outcome.SetResult(FakeAgents.Answer("A"));
        await harness.EndOfAsync(runId);
    }

    [Fact]
    public async Task Steps_OfAnAgentThatAnswered_AreInTheJournal()
    {
        await using var harness = new EngineHarness();
        harness.Agents.On("A", (_, progress, _) =>
        {
            progress.Report(new AgentProgress(AgentProgressKind.AttemptStarted, null, 1));
            for (var i = 0; i < LiveAgent.KeptSteps + 1; i++)
                progress.Report(new AgentProgress(AgentProgressKind.ToolCall, $"call {i}", 1));
            return Task.FromResult(FakeAgents.Answer("A"));
        });

        var status = await harness.RunAsync(async api => await api.Agent("A") + await api.Agent("B"));

        var calls = await harness.Journal.ReadCallsAsync(status.Run.Id, Cancellation);
        Assert.Equal((LiveAgent.KeptSteps, "call 1"), (calls[0].Outcome!.Steps!.Count, calls[0].Outcome!.Steps![0].Detail));
        Assert.Null(calls[1].Outcome!.Steps);
    }

    [Fact]
    public async Task Read_AnAgentWithoutASignOfLife_SaysItIsQuiet()
    {
        var time = new ManualTime();
        await using var harness = new EngineHarness(time);
        var held = harness.Agents.Hold("A");
        var runId = await harness.StartAsync(async api => await api.Agent("A"));
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);

        Assert.False(harness.Engine.FindActivity(runId)!.Running[0].IsQuiet);
        time.Advance(TimeSpan.FromSeconds(91));
        Assert.True(harness.Engine.FindActivity(runId)!.Running[0].IsQuiet);
        held.Progress!.Report(new AgentProgress(AgentProgressKind.Text, "alive", 1));

        Assert.False(harness.Engine.FindActivity(runId)!.Running[0].IsQuiet);
        held.Outcome.SetResult(FakeAgents.Answer("A"));
        await harness.EndOfAsync(runId);
    }

    [Fact]
    public async Task Watch_ManyChanges_GivesTheLatestPictureAndEndsWithTheRun()
    {
        var time = new ManualTime();
        var interval = TimeSpan.FromMilliseconds(20);
        await using var harness = new EngineHarness(time);
        var (first, last) = (harness.Agents.Hold("first"), harness.Agents.Hold("last"));
        var runId = await harness.StartAsync(async api =>
        {
            await api.Agent("first");
            await Task.WhenAll(Enumerable.Range(0, 200).Select(i => api.Agent($"A{i}")));
            return await api.Agent("last");
        });
        await first.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);

        var pictures = new List<RunActivity>();
        await foreach (var picture in harness.Engine.WatchActivityAsync(runId, interval, Cancellation))
        {
            pictures.Add(picture);
            if (pictures.Count == 1)
            {
                // All of it within one interval.
                first.Outcome.SetResult(FakeAgents.Answer("first"));
                await last.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);
            }
            else
            {
                last.Outcome.TrySetResult(FakeAgents.Answer("end"));
            }

            _ = PassAsync();
        }

        await harness.EndOfAsync(runId);
        Assert.Equal(["first"], pictures[0].Running.Select(agent => agent.Label));
        Assert.Contains("last", pictures[1].Running.Select(agent => agent.Label));
        // Of four hundred changes; those whose slots are not free yet may show once more.
        Assert.InRange(pictures.Count, 2, 40);
        async Task PassAsync()
        {
            await time.WaitForTimerAsync(interval, Cancellation);
            time.Advance(interval);
        }

        var samples = pictures.SelectMany(picture => picture.Gate).ToList();
        Assert.All(samples, sample => Assert.Equal(16, sample.Width));
        Assert.Equal(samples.Select(sample => sample.At).Distinct().Count(), samples.Count);
    }

    [Fact]
    public async Task Watch_ARunOfNobody_IsEmpty()
    {
        await using var harness = new EngineHarness();

        Assert.Empty(await harness.Engine.WatchActivityAsync("wf_none", TimeSpan.Zero, Cancellation).ToListAsync(Cancellation));
    }

    [Fact]
    public void History_OfALongRun_KeepsItsWholeLengthInBoundedMemory()
    {
        var history = new GateHistory();
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        for (var second = 0; second < 20_000; second++)
        {
            var now = start.AddSeconds(second);
            if (history.IsDue(now))
                history.Add(new GateSample(now, 16, null, 0, 0, 0, 0));
        }

        var kept = history.After(null);
        Assert.InRange(kept.Count, GateHistory.Kept / 2, GateHistory.Kept);
        Assert.Equal(start, kept[0].At);
        Assert.InRange(start.AddSeconds(20_000) - kept[^1].At, TimeSpan.Zero, TimeSpan.FromSeconds(300));
    }

    [Fact]
    public async Task Events_OfCallsThatWait_NameThemOncePerTurn()
    {
        await using var harness = new EngineHarness();

        var status = await harness.RunAsync(async api => string.Concat(await Task.WhenAll(Enumerable.Range(0, 300).Select(i => api.Agent($"A{i}", $"label {i}", "one")))));

        var events = await harness.Journal.ReadEventsAsync(status.Run.Id, 0, 10_000, Cancellation);
        var queued = events.Where(item => item.Kind == "queued").Select(item => JsonDocument.Parse(item.PayloadJson).RootElement.GetProperty("calls")).ToList();
        Assert.Equal([250, 50], queued.Select(calls => calls.GetArrayLength()));
        Assert.Equal("""{"number":1,"label":"label 0","phase":"one"}""", queued[0][0].GetRawText());
        var first = events.First(item => item.Kind == "call").Sequence;
        Assert.All(events.Where(item => item.Kind == "queued"), item => Assert.True(item.Sequence < first));
        Assert.Equal(RunState.Completed, status.Run.State);
    }
}
