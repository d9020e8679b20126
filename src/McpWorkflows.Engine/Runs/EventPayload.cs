using System.Buffers;
using System.Text;
using System.Text.Json;
using McpWorkflows.Engine.Activity;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Runs;

/// <summary>The JSON of events. Not for several threads: the buffer is used again and again.</summary>
internal sealed class EventPayload
{
    private const int LongestSign = 160;

    private readonly ArrayBufferWriter<byte> _buffer = new(256);
    private readonly Utf8JsonWriter _writer;

    public EventPayload() => _writer = new Utf8JsonWriter(_buffer);

    public string Phase(string title)
    {
        Begin();
        _writer.WriteString("title", title);
        return End();
    }

    public string Log(string level, string text)
    {
        Begin();
        _writer.WriteString("level", level);
        _writer.WriteString("text", text);
        return End();
    }

    public string Branch(FailureStatus failure)
    {
        Begin();
        _writer.WriteString("label", failure.Label);
        if (failure.Phase is { } phase)
            _writer.WriteString("phase", phase);
        _writer.WriteString("cause", failure.Cause);
        return End();
    }

    public string Question(QuestionRecord question)
    {
        Begin();
        _writer.WriteNumber("number", question.Number);
        _writer.WriteString("text", question.Text);
        if (question.Deadline is { } deadline)
            _writer.WriteString("deadline", deadline);
        if (question.AnsweredAt is not null)
            _writer.WriteString("answer", question.AnswerJson);
        return End();
    }

    /// <param name="state">
    /// <c>running</c>, <c>fromJournal</c>, <c>succeeded</c>, <c>failed</c>, <c>skipped</c>, <c>cancelled</c>,
    /// <c>postponed</c> by a spent quota, or <c>restarted</c> by a person.
    /// </param>
    public string Call(CallRecord call, string state)
    {
        Begin();
        _writer.WriteNumber("number", call.Number);
        _writer.WriteString("label", call.Label);
        if (call.Phase is { } phase)
            _writer.WriteString("phase", phase);
        _writer.WriteString("state", state);
        if (call.Outcome is { } outcome)
        {
            _writer.WriteNumber("inputTokens", outcome.Usage.InputTokens);
            _writer.WriteNumber("outputTokens", outcome.Usage.OutputTokens);
            if (outcome.Cost is { } cost)
                _writer.WriteNumber("cost", cost);
            if (outcome.Failure is { } failure)
                _writer.WriteString("cause", failure.Cause);
            if (outcome.HasFailed() && outcome.Kind != AgentOutcomeKind.Failed)
                _writer.WriteString("kind", outcome.Kind.ToFailureKind());
        }

        return End();
    }

    /// <summary>Calls that begin to wait for their turn.</summary>
    /// <param name="calls">With the line of the script where each was asked for; 0 where that is not known.</param>
    public string Queued(IReadOnlyList<(CallRecord Call, int Line)> calls)
    {
        Begin();
        _writer.WriteStartArray("calls");
        foreach (var (call, line) in calls)
        {
            _writer.WriteStartObject();
            _writer.WriteNumber("number", call.Number);
            _writer.WriteString("label", call.Label);
            if (call.Phase is { } phase)
                _writer.WriteString("phase", phase);
            if (line > 0)
                _writer.WriteNumber("line", line);
            _writer.WriteEndObject();
        }

        _writer.WriteEndArray();
        return End();
    }

    /// <param name="allowed">What providers let through at once; null where none has set a limit.</param>
    public string Gate(int width, int? allowed)
    {
        Begin();
        _writer.WriteNumber("width", width);
        if (allowed is { } limit)
            _writer.WriteNumber("allowed", limit);
        return End();
    }

    /// <summary>What agents at work did last.</summary>
    public string Doing(IReadOnlyList<AgentActivity> agents)
    {
        Begin();
        _writer.WriteStartArray("agents");
        foreach (var agent in agents)
        {
            _writer.WriteStartObject();
            _writer.WriteNumber("number", agent.Number);
            _writer.WriteString("state", agent.State == AgentActivityState.Waiting ? "waiting" : "running");
            _writer.WriteNumber("attempt", agent.Attempt);
            _writer.WriteNumber("toolCalls", agent.ToolCalls);
            if (agent.Last is { } last)
                _writer.WriteString("last", CutText.At(last, LongestSign));
            if (agent.LastKind is { } kind)
                _writer.WriteString("lastKind", kind.ToString());
            if (agent.IsQuiet)
                _writer.WriteBoolean("quiet", true);
            _writer.WriteEndObject();
        }

        _writer.WriteEndArray();
        return End();
    }

    public string State(RunState state, string? error, RunWait? wait)
    {
        Begin();
        _writer.WriteString("state", state.ToText());
        if (wait is not null)
        {
            _writer.WriteString("waitingFor", wait.For.ToText());
            if (wait.Until is { } until)
                _writer.WriteString("waitingUntil", until);
        }

        if (error is not null)
            _writer.WriteString("error", error);
        return End();
    }

    /// <summary>A session goes on after waiting, as against one that begins.</summary>
    public string GoesOn()
    {
        Begin();
        _writer.WriteString("state", RunState.Running.ToText());
        _writer.WriteBoolean("goesOn", true);
        return End();
    }

    private void Begin()
    {
        _buffer.ResetWrittenCount();
        _writer.Reset();
        _writer.WriteStartObject();
    }

    private string End()
    {
        _writer.WriteEndObject();
        _writer.Flush();
        return Encoding.UTF8.GetString(_buffer.WrittenSpan);
    }
}
