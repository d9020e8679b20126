using System.Text.Json;
using McpWorkflows.Engine.Activity;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Server.Dashboard;

/// <summary>One call with all that is known of it: from memory while it is queued or at work, else from the journal.</summary>
internal static class AgentView
{
    public static void Live(Utf8JsonWriter json, AgentTrace trace)
    {
        json.WriteStartObject();
        Call(json, trace.Request.CallNumber, trace.Request.Label, trace.Request.Phase, trace.Agent.State.ToString());
        json.WriteString("prompt", trace.Request.Prompt);
        Stated(json, trace.Request.Options, trace.Request.DefaultModel);
        json.WriteNumber("attempts", trace.Agent.Attempt);
        json.Time("queuedAt", trace.QueuedAt);
        json.Time("startedAt", trace.Agent.StartedAt);
        json.Time("lastAt", trace.Agent.LastAt);
        json.WriteBoolean("quiet", trace.Agent.IsQuiet);
        json.WriteString("text", trace.Text);
        Steps(json, trace.Steps);
        json.WriteEndObject();
    }

    public static void Journaled(Utf8JsonWriter json, CallRecord call)
    {
        json.WriteStartObject();
        Call(json, call.Number, call.Label, call.Phase, call.State.ToString());
        json.WriteBoolean("fromJournal", call.FromJournal);
        json.WriteString("prompt", call.Prompt);
        json.Time("startedAt", call.StartedAt);
        json.Time("endedAt", call.EndedAt);
        Stated(json, call.Options, null);
        if (call.Outcome is { } outcome)
            Outcome(json, outcome);
        json.WriteEndObject();
    }

    private static void Call(Utf8JsonWriter json, int number, string label, string? phase, string state)
    {
        json.WriteNumber("number", number);
        json.WriteString("label", label);
        json.Text("phase", phase);
        json.WriteString("state", state.ToLowerInvariant());
    }

    private static void Outcome(Utf8JsonWriter json, AgentOutcome outcome)
    {
        json.WriteString("kind", outcome.Kind.ToString());
        json.WriteNumber("attempts", outcome.Attempts);
        json.Text("model", outcome.Model);
        json.WriteNumber("inputTokens", outcome.Usage.InputTokens);
        json.WriteNumber("outputTokens", outcome.Usage.OutputTokens);
        json.WriteNumber("cachedInputTokens", outcome.Usage.CachedInputTokens);
        json.Number("cost", outcome.Cost);
        json.WriteBoolean("rehearsed", outcome.Rehearsed);
        if (outcome.Resolved is { } resolved)
            json.Value("resolved", resolved);
        if (outcome.AnswerJson is { } answer)
            json.Value("answer", answer);
        if (outcome.Failure is { } failure)
        {
            json.WriteString("cause", failure.Cause);
            json.Text("lastText", failure.LastText);
        }

        if (outcome.Worktree is { } work)
            json.WriteString("worktree", $"Branch {work.Branch}: {work.FilesChanged} files, +{work.Insertions} −{work.Deletions}");
        json.WriteStartArray("notes");
        foreach (var note in outcome.Notes ?? [])
            json.WriteStringValue(note);
        json.WriteEndArray();
        Steps(json, outcome.Steps ?? []);
    }

    /// <summary>What the script says, before anything else has been chosen.</summary>
    private static void Stated(Utf8JsonWriter json, AgentOptions options, string? defaultModel)
    {
        json.WriteStartObject("stated");
        json.Text("model", options.Model);
        json.Text("effort", options.Effort);
        json.Text("isolation", options.Isolation);
        json.Text("agentType", options.AgentType);
        json.Text("tools", options.Tools is { } tools ? string.Join(", ", tools) : null);
        json.Text("disallowedTools", options.DisallowedTools is { } withheld ? string.Join(", ", withheld) : null);
        json.Text("stallMs", options.Stall?.TotalMilliseconds.ToString("0", System.Globalization.CultureInfo.InvariantCulture));
        json.Text("timeoutMs", options.Timeout?.TotalMilliseconds.ToString("0", System.Globalization.CultureInfo.InvariantCulture));
        json.Number("maxTurns", options.MaxTurns);
        json.Number("retries", options.Retries);
        json.WriteEndObject();
        json.Text("runModel", defaultModel);
        if (options.SchemaJson is { } schema)
            json.Value("schema", schema);
    }

    private static void Steps(Utf8JsonWriter json, IReadOnlyList<AgentStep> steps)
    {
        json.WriteStartArray("steps");
        foreach (var step in steps)
        {
            json.WriteStartObject();
            json.Time("at", step.At);
            json.WriteString("kind", step.Kind.ToString());
            json.Text("detail", step.Detail);
            json.WriteNumber("attempt", step.Attempt);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
