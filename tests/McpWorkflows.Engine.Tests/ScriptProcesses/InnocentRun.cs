using System.Diagnostics;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Engine.Tests.Runs;

namespace McpWorkflows.Engine.Tests.ScriptProcesses;

/// <summary>
/// A run that asks one agent after the other and does nothing else, and a thread that does nothing but sleep: what the
/// former waits beyond the latter, somebody else has cost it.
/// </summary>
internal sealed class InnocentRun : IAsyncDisposable
{
    public const string Prompt = "tick";

    /// <summary>Fewer turns have no 99th percentile to speak of.</summary>
    private const int LeastTurns = 120;

    /// <summary>Where even a thread that does nothing is kept waiting so long, a slice of the innocent may take its whole second by itself.</summary>
    private const double TornAwayMs = 200;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(10);

    private readonly List<double> _delays = [];
    private readonly List<double> _overslept = [];
    private readonly WorkflowEngine _engine;
    private readonly Thread _sleeper;
    private string _runId = "";
    private long _answered;
    private volatile bool _stop;

    private InnocentRun(WorkflowEngine engine)
    {
        _engine = engine;
        _sleeper = new Thread(Sleep) { IsBackground = true };
    }

    public static async Task<InnocentRun> StartAsync(WorkflowEngine engine, FakeAgents agents)
    {
        var run = new InnocentRun(engine);
        agents.On(Prompt, run.AnswerAsync);
        run._runId = await engine.StartAsync(
            new StartRun
            {
                Script = EngineHarness.Script + $"let n = 0; while (await agent('{Prompt}') !== 'stop') n++; return 'undisturbed';",
                Workspace = "/w",
            },
            TestContext.Current.CancellationToken);
        run._sleeper.Start();
        return run;
    }

    /// <summary>Ends it, and holds it to its end. Returns the 99th percentiles of its turns and of the machine's own delays, in ms.</summary>
    public async Task<(double Turn, double Machine, int Turns)> EndAsync()
    {
        _stop = true;
        var status = await _engine.WaitAsync(_runId, TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        _sleeper.Join();
        if (status.Run.Error?.Contains("The script ran for", StringComparison.Ordinal) == true && _overslept.Max() > TornAwayMs)
            return (double.PositiveInfinity, _overslept.Max(), _delays.Count);
        Assert.True(status.Run.State == RunState.Completed, $"The innocent run: {status.Run.State} {status.Run.Error}");
        Assert.Equal("\"undisturbed\"", status.Run.ResultJson);
        return (Percentile(_delays), Percentile(_overslept), _delays.Count);
    }

    public async ValueTask DisposeAsync()
    {
        _stop = true;
        await _engine.CancelAsync(_runId, CancellationToken.None);
    }

    private async Task<AgentOutcome> AnswerAsync(AgentRequest request, CancellationToken cancellationToken)
    {
        if (_answered != 0)
            _delays.Add(Stopwatch.GetElapsedTime(_answered).TotalMilliseconds);
        await Task.Delay(Pace, cancellationToken);
        _answered = Stopwatch.GetTimestamp();
        return FakeAgents.Answer(_stop && _delays.Count >= LeastTurns ? "stop" : "on", 0);
    }

    private void Sleep()
    {
        while (!_stop)
        {
            var start = Stopwatch.GetTimestamp();
            Thread.Sleep(Pace);
            _overslept.Add((Stopwatch.GetElapsedTime(start) - Pace).TotalMilliseconds);
        }
    }

    private static double Percentile(List<double> values) => values.Count == 0 ? 0 : values.Order().ElementAt((int)(values.Count * 0.99));
}
