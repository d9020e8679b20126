using McpWorkflows.Engine.Activity;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;

namespace McpWorkflows.Server.CommandLine.Live;

/// <summary>Pictures of a run of this process.</summary>
internal sealed class EngineView(WorkflowEngine engine, string runId)
{
    private const int ShownMessages = 20;

    private IReadOnlyList<string>? declared;

    public async Task<RunPicture> ReadAsync(CancellationToken cancellationToken)
    {
        var status = await engine.GetStatusAsync(runId, cancellationToken);
        var activity = engine.FindActivity(runId);
        var run = status.Run;
        declared ??= DeclaredPhases.Of(run);
        var running = activity?.Running ?? [];
        var queued = activity?.Queued ?? status.Queued;
        return new RunPicture
        {
            RunId = run.Id,
            Name = run.Name,
            State = StateOf(run),
            IsOver = run.State != RunState.Running && run.WaitingFor != WaitingFor.Quota,
            Phases = DeclaredPhases.With(declared, [.. status.Phases.Select(phase => new PhasePicture(phase.Title, phase.Agents, phase.Done, phase.Failed, phase.Running))]),
            Agents = [.. running.Select(Of)],
            Queued = queued,
            Done = Math.Max(0, run.Totals.Agents - queued - running.Count),
            FromJournal = run.Totals.FromJournal,
            Failed = run.Totals.Failed,
            InputTokens = run.Totals.InputTokens,
            OutputTokens = run.Totals.OutputTokens,
            Cost = run.Totals.Rehearsed ? 0 : run.Totals.Cost,
            CostIsPartial = run.Totals.UnpricedCalls > 0,
            TokenCeiling = run.Settings.Budget,
            DollarCeiling = run.Settings.BudgetDollars,
            Elapsed = TimeSpan.FromMilliseconds(run.Totals.DurationMs),
            Messages =
            [
                .. status.Log.TakeLast(ShownMessages).Select(line => new Message(line, false)),
                .. status.Failures.TakeLast(ShownMessages).Select(failure => new Message($"{failure.Label}: {failure.Cause}", true)),
            ],
        };
    }

    public static string StateOf(RunRecord run) => run is { State: RunState.Waiting, WaitingFor: { } waits }
        ? $"waiting for {waits.ToText()}{(run.WaitingUntil is { } until ? $" until {until.LocalDateTime:HH:mm}" : "")}"
        : run.State.ToText().Replace('_', ' ');

    private static AgentPicture Of(AgentActivity agent) => new(
        agent.Number,
        agent.Label,
        agent.Phase,
        agent.StartedAt ?? DateTimeOffset.MaxValue,
        agent.Attempt > 1 ? $"attempt {agent.Attempt}{(agent.Last is null ? "" : $": {agent.Last}")}" : agent.Last)
    {
        Speaks = agent is { LastKind: AgentProgressKind.Text, Attempt: 1 },
        Waits = agent.State == AgentActivityState.Waiting,
        IsQuiet = agent.IsQuiet,
    };
}
