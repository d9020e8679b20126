using System.Text.Json;
using McpWorkflows.Engine.Activity;
using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Server.Dashboard;

/// <summary>Runs as the page reads them. Times are milliseconds since 1970.</summary>
internal static class RunViews
{
    /// <summary>One of the list.</summary>
    public static void Line(Utf8JsonWriter json, RunRecord run)
    {
        json.WriteStartObject();
        Common(json, run);
        json.WriteEndObject();
    }

    /// <param name="isHere">The run is in this process, which can tell what its agents do.</param>
    public static void Head(Utf8JsonWriter json, RunRecord run, IReadOnlyList<QuestionRecord> questions, bool isHere, DateTimeOffset now)
    {
        json.WriteStartObject();
        Common(json, run);
        json.Text("goal", run.Goal);
        json.Text("error", run.Error);
        json.WriteBoolean("hasResult", run.ResultJson is not null);
        json.Time("waitingUntil", run.WaitingUntil);
        json.Text("model", run.Settings.Model);
        json.Number("budget", run.Settings.Budget);
        json.Number("budgetDollars", run.Settings.BudgetDollars);
        json.WriteNumber("maxAgents", run.Settings.MaxAgents);
        json.WriteBoolean("here", isHere);
        json.Time("now", now);
        json.WriteStartArray("questions");
        foreach (var question in questions.Where(question => question.AnsweredAt is null))
        {
            json.WriteStartObject();
            json.WriteNumber("number", question.Number);
            json.WriteString("text", question.Text);
            if (question.SchemaJson is not null)
                json.Value("schema", question.SchemaJson);
            if (question.DefaultJson is not null)
                json.Value("default", question.DefaultJson);
            json.Time("deadline", question.Deadline);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void Events(Utf8JsonWriter json, IEnumerable<RunEvent> events)
    {
        json.WriteStartArray();
        foreach (var happened in events)
        {
            json.WriteStartObject();
            json.WriteNumber("seq", happened.Sequence);
            json.Time("at", happened.Time);
            json.WriteString("kind", happened.Kind);
            json.Value("data", happened.PayloadJson);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void Activity(Utf8JsonWriter json, RunActivity activity)
    {
        json.WriteStartObject();
        json.Time("at", activity.At);
        json.WriteNumber("queued", activity.Queued);
        Totals(json, activity.Totals);
        json.WriteStartArray("running");
        foreach (var agent in activity.Running)
            Agent(json, agent);
        json.WriteEndArray();
        json.WriteStartArray("gate");
        foreach (var sample in activity.Gate)
        {
            json.WriteStartObject();
            json.Time("at", sample.At);
            json.WriteNumber("width", sample.Width);
            json.Number("allowed", sample.Allowed);
            json.WriteNumber("inUse", sample.InUse);
            json.WriteNumber("running", sample.Running);
            json.WriteNumber("queued", sample.Queued);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Common(Utf8JsonWriter json, RunRecord run)
    {
        json.WriteString("id", run.Id);
        json.Text("parent", run.ParentId);
        json.WriteString("name", run.Name);
        json.WriteString("state", run.State.ToText());
        json.Time("createdAt", run.CreatedAt);
        json.Time("endedAt", run.EndedAt);
        json.Text("waitingFor", run.WaitingFor?.ToText());
        Totals(json, run.Totals);
    }

    private static void Totals(Utf8JsonWriter json, RunTotals totals)
    {
        json.WriteStartObject("totals");
        json.WriteNumber("agents", totals.Agents);
        json.WriteNumber("fromJournal", totals.FromJournal);
        json.WriteNumber("failed", totals.Failed);
        json.WriteNumber("skipped", totals.Skipped);
        json.WriteNumber("inputTokens", totals.InputTokens);
        json.WriteNumber("outputTokens", totals.OutputTokens);
        json.Number("cost", totals.Cost);
        json.WriteNumber("unpriced", totals.UnpricedCalls);
        json.WriteNumber("durationMs", totals.DurationMs);
        json.WriteBoolean("rehearsed", totals.Rehearsed);
        json.WriteEndObject();
    }

    private static void Agent(Utf8JsonWriter json, AgentActivity agent)
    {
        json.WriteStartObject();
        json.WriteNumber("number", agent.Number);
        json.WriteString("state", agent.State.ToString().ToLowerInvariant());
        json.WriteNumber("attempt", agent.Attempt);
        json.WriteNumber("toolCalls", agent.ToolCalls);
        json.Text("last", agent.Last);
        json.Text("lastKind", agent.LastKind?.ToString());
        json.Time("lastAt", agent.LastAt);
        json.WriteBoolean("quiet", agent.IsQuiet);
        json.WriteEndObject();
    }
}
