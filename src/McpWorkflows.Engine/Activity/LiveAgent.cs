using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Activity;

/// <summary>Takes note of one call's signs of life; from any thread, and never for long.</summary>
internal sealed class LiveAgent(AgentRequest request, TimeProvider time, Action changed) : IProgress<AgentProgress>
{
    /// <value>64</value>
    public const int KeptSteps = 64;

    /// <value>4,096</value>
    public const int KeptText = 4_096;

    private const int MaxDetail = 400;

    private static readonly TimeSpan DefaultStall = TimeSpan.FromSeconds(180);

    private readonly Lock _lock = new();
    private readonly TimeSpan _quietAfter = (request.Options.Stall ?? DefaultStall) / 2;
    private readonly DateTimeOffset _queuedAt = time.GetUtcNow();
    private List<AgentStep>? _steps;
    private string _text = "";
    private DateTimeOffset? _startedAt;
    private DateTimeOffset? _lastAt;
    private string? _last;
    private AgentProgressKind? _lastKind;
    private int _attempt = 1;
    private int _toolCalls;

    public bool IsInFlight
    {
        get
        {
            lock (_lock)
                return _startedAt is not null;
        }
    }

    /// <summary>What happened besides a first attempt that just answered; null for nothing.</summary>
    public IReadOnlyList<AgentStep>? Steps
    {
        get
        {
            lock (_lock)
                return _steps is null ? null : [.. _steps];
        }
    }

    /// <summary>The call passed the gate, or went back to it.</summary>
    public void Move(bool inFlight)
    {
        lock (_lock)
        {
            _startedAt = _lastAt = inFlight ? time.GetUtcNow() : null;
            _lastKind = null;
            _last = null;
            _text = "";
        }

        changed();
    }

    public void Report(AgentProgress value)
    {
        var now = time.GetUtcNow();
        var detail = value.Detail is { } said ? CutText.At(said, MaxDetail) : null;
        lock (_lock)
        {
            var isNews = value.Kind != _lastKind || detail != _last;
            (_lastAt, _lastKind, _attempt) = (now, value.Kind, value.Attempt);
            _last = detail ?? (value.Kind == AgentProgressKind.Text ? _last : null);
            if (value.Kind == AgentProgressKind.Text)
                _text = TailOf(value, _text);
            else if (isNews)
                Keep(new AgentStep(now, value.Kind, detail, value.Attempt));
            if (value.Kind == AgentProgressKind.ToolCall)
                _toolCalls++;
        }

        changed();
    }

    public AgentActivity Read(DateTimeOffset now)
    {
        lock (_lock)
        {
            return new AgentActivity
            {
                Number = request.CallNumber,
                Label = request.Label,
                Phase = request.Phase,
                State = _startedAt is null ? AgentActivityState.Queued
                    : _lastKind == AgentProgressKind.Waiting ? AgentActivityState.Waiting : AgentActivityState.Running,
                StartedAt = _startedAt,
                Attempt = _attempt,
                ToolCalls = _toolCalls,
                Last = _last,
                LastKind = _lastKind,
                LastAt = _lastAt,
                IsQuiet = _lastKind != AgentProgressKind.Waiting && now - _lastAt >= _quietAfter,
            };
        }
    }

    public AgentTrace ReadAll(DateTimeOffset now)
    {
        var agent = Read(now);
        lock (_lock)
            return new AgentTrace { Agent = agent, Request = request, QueuedAt = _queuedAt, Steps = [.. _steps ?? []], Text = _text };
    }

    private void Keep(AgentStep step)
    {
        // Every call has a first attempt.
        if (step is { Kind: AgentProgressKind.AttemptStarted, Attempt: 1, Detail: null } && _steps is null)
            return;

        _steps ??= [];
        if (_steps.Count == KeptSteps)
            _steps.RemoveAt(0);
        _steps.Add(step);
    }

    /// <summary>Hosts that know the round's text tell its end; others tell line by line.</summary>
    private static string TailOf(AgentProgress value, string before)
    {
        var text = value.Tail ?? (before.Length == 0 ? value.Detail : $"{before}\n{value.Detail}") ?? "";
        if (text.Length <= KeptText)
            return text;

        var start = text.Length - KeptText;
        return text[(char.IsLowSurrogate(text[start]) ? start + 1 : start)..];
    }
}
