using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Testing.Time;

namespace McpWorkflows.Engine.Tests.Runs;

/// <summary>A journal on a server that goes away while a run is being taken up.</summary>
public sealed class JournalAwayTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Resume_JournalGoesAwayUnderTheLease_WaitsAndGoesOn()
    {
        var time = new ManualTime();
        await using var harness = new EngineHarness(time);
        var held = harness.Agents.Hold("B");
        var runId = await harness.StartAsync(async api => $"[{await api.Agent("A")},{await api.Agent("B")}]");
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        await harness.CrashAsync();
        harness.Agents.On("B", FakeAgents.Answer("B"));
        var away = 3;
        harness.Journal.BeforeRead = () =>
        {
            if (away-- > 0)
                throw new JournalAwayException("gone");
        };

        var resuming = harness.ResumeAsync(runId);
        for (var i = 0; i < 3; i++)
        {
            await time.WaitForTimerAsync(TimeSpan.FromSeconds(1), Cancellation);
            Assert.False(resuming.IsCompleted);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        var status = await resuming;
        Assert.Equal((RunState.Completed, """["A","B"]"""), (status.Run.State, status.Run.ResultJson));
        Assert.Equal(["B"], harness.Agents.Prompts);
    }
}
