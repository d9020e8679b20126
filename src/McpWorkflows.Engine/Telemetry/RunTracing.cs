using System.Diagnostics;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Engine.Scripting;
using TraceSpan = System.Diagnostics.Activity;

namespace McpWorkflows.Engine.Telemetry;

/// <summary>
/// The spans of one session of a run: the run, its phases, the agents in them. A phase lasts from its first agent to the
/// end of its last; what the journal answers has no span. Safe for use from any thread.
/// </summary>
internal sealed class RunTracing
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, PhaseSpan> _phases = [];
    private readonly TraceSpan _run;
    private readonly bool _withContent;

    private RunTracing(TraceSpan run, bool withContent)
    {
        _run = run;
        _withContent = withContent;
    }

    /// <summary>Null when nobody listens. What asked for the run, in whatever trace, is linked to.</summary>
    public static RunTracing? Begin(RunSession session, ActivityContext askedBy, bool withContent)
    {
        if (!WorkflowTelemetry.Source.HasListeners())
            return null;

        var record = session.Run;
        ActivityLink[] links = askedBy == default ? [] : [new ActivityLink(askedBy)];
        if (RunTraceId.Start(record.Id, $"{GenAI.InvokeWorkflow} {record.Name}", links) is not { } run)
            return null;

        run.SetTag(GenAI.Operation, GenAI.InvokeWorkflow);
        run.SetTag(GenAI.WorkflowName, record.Name);
        run.SetTag(GenAI.RunId, record.Id);
        run.SetTag(GenAI.ParentRunId, record.ParentId);
        run.SetTag(GenAI.RunResumed, session.IsResumed);
        run.SetTag(GenAI.RequestModel, record.Settings.Model);
        return new RunTracing(run, withContent);
    }

    /// <summary>An agent begins its work; the span becomes the current one of the caller's flow.</summary>
    public TraceSpan? StartAgent(AgentRequest request, TimeSpan queued)
    {
        var parent = request.Phase is { } phase ? PhaseOf(phase) : _run.Context;
        // A label that the script did not give is made of the prompt, which is not to be told.
        var named = _withContent || request.Label != HostFunctions.DefaultLabel(request.Prompt) ? request.Label : request.Options.AgentType ?? $"#{request.CallNumber}";
        var agent = WorkflowTelemetry.Source.StartActivity($"{GenAI.InvokeAgent} {named}", ActivityKind.Internal, parent);
        if (agent is not { IsAllDataRequested: true })
            return agent;

        agent.SetTag(GenAI.Operation, GenAI.InvokeAgent);
        agent.SetTag(GenAI.AgentName, named);
        agent.SetTag(GenAI.AgentNumber, request.CallNumber);
        agent.SetTag(GenAI.AgentType, request.Options.AgentType);
        agent.SetTag(GenAI.RunId, request.RunId);
        agent.SetTag(GenAI.Phase, request.Phase);
        agent.SetTag(GenAI.QueueSeconds, queued.TotalSeconds);
        agent.SetTag(GenAI.OutputType, request.Options.SchemaJson is null ? "text" : "json");
        if (_withContent)
            agent.SetTag(GenAI.InputMessages, MessageJson.Of("user", request.Prompt));
        return agent;
    }

    /// <param name="outcome">Null for a call that was cancelled.</param>
    public void EndAgent(TraceSpan? agent, string? phase, AgentOutcome? outcome)
    {
        if (agent is not null)
            Describe(agent, outcome);
        agent?.Stop();
        if (phase is not null)
            Touch(phase);
    }

    public void End(RunRecord record)
    {
        lock (_lock)
        {
            foreach (var phase in _phases.Values)
                phase.End();
        }

        var totals = record.Totals;
        _run.SetTag(GenAI.RunState, record.State.ToText());
        _run.SetTag(GenAI.RunAgents, totals.Agents);
        _run.SetTag(GenAI.RunFromJournal, totals.FromJournal);
        _run.SetTag(GenAI.RunFailed, totals.Failed);
        _run.SetTag(GenAI.RunSkipped, totals.Skipped);
        _run.SetTag(GenAI.InputTokens, totals.InputTokens);
        _run.SetTag(GenAI.OutputTokens, totals.OutputTokens);
        _run.SetTag(GenAI.Cost, (double?)totals.Cost);
        if (record.State is RunState.Failed or RunState.CompletedWithFailures or RunState.Interrupted)
            Fail(_run, record.State.ToText(), record.Error);
        _run.Stop();
    }

    private void Describe(TraceSpan agent, AgentOutcome? outcome)
    {
        agent.SetTag(GenAI.AgentOutcome, RunInstruments.Outcome(outcome));
        if (outcome is null)
            return;

        var slash = outcome.Model?.IndexOf('/') ?? -1;
        agent.SetTag(GenAI.Provider, slash > 0 ? GenAI.ProviderName(outcome.Model![..slash]) : outcome.Model);
        agent.SetTag(GenAI.RequestModel, outcome.Model?[(slash + 1)..]);
        agent.SetTag(GenAI.InputTokens, outcome.Usage.InputTokens);
        agent.SetTag(GenAI.OutputTokens, outcome.Usage.OutputTokens);
        agent.SetTag(GenAI.CachedTokens, outcome.Usage.CachedInputTokens);
        agent.SetTag(GenAI.Cost, (double?)outcome.Cost);
        agent.SetTag(GenAI.AgentAttempts, outcome.Attempts);
        if (outcome.HasFailed())
            Fail(agent, RunInstruments.Outcome(outcome), outcome.Failure?.Cause);
        else if (_withContent && outcome.AnswerJson is { } answer)
            agent.SetTag(GenAI.OutputMessages, MessageJson.Of("assistant", answer));
    }

    /// <summary>Of a cause only its first line: what follows may quote the model.</summary>
    private static void Fail(TraceSpan span, string type, string? cause)
    {
        span.SetTag(GenAI.ErrorType, type);
        span.SetStatus(ActivityStatusCode.Error, cause is null ? null : FirstLine(cause));
    }

    private static string FirstLine(string text)
    {
        var end = text.AsSpan().IndexOfAny('\r', '\n');
        return end < 0 ? text : text[..end];
    }

    private ActivityContext PhaseOf(string title)
    {
        lock (_lock)
        {
            if (!_phases.TryGetValue(title, out var phase))
                _phases.Add(title, phase = new PhaseSpan(Stopwatch.GetTimestamp(), StartPhase(title)));
            return phase.Span?.Context ?? _run.Context;
        }
    }

    private TraceSpan? StartPhase(string title)
    {
        var before = TraceSpan.Current;
        var span = WorkflowTelemetry.Source.StartActivity($"phase {title}", ActivityKind.Internal, _run.Context);
        span?.SetTag(GenAI.Phase, title);
        span?.SetTag(GenAI.RunId, _run.GetTagItem(GenAI.RunId));
        TraceSpan.Current = before;
        return span;
    }

    private void Touch(string title)
    {
        lock (_lock)
            _phases.GetValueOrDefault(title)?.Touch();
    }

    /// <param name="begun">By the system's own clock, as spans have it; not after the span began, or the phase would end before its last agent.</param>
    private sealed class PhaseSpan(long begun, TraceSpan? span)
    {
        private TimeSpan _lasted;

        public TraceSpan? Span => span;

        public void Touch() => _lasted = Stopwatch.GetElapsedTime(begun);

        public void End()
        {
            span?.SetEndTime(span.StartTimeUtc + _lasted);
            span?.Stop();
        }
    }
}
