using System.Text;
using System.Text.Json;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Server.Reports;

namespace McpWorkflows.Server.CommandLine;

/// <summary>Words events for a person; collects them and writes once per <see cref="Flush"/>.</summary>
internal sealed class ProgressLines(TextWriter writer, bool live)
{
    // Back to the line's beginning and clear it.
    private const string Renew = "\r\u001b[K";
    private const int LabelWidth = 100;
    private const int MaxCause = 400;

    private readonly StringBuilder pending = new();
    private string phase = "";
    private string cause = "";
    private int running;
    private int done;
    private int failed;

    /// <summary>Where the run stands when the display begins.</summary>
    public void Begin(RunStatus status)
    {
        foreach (var entered in status.Phases)
            Line($"phase {phase = entered.Title}");
        foreach (var text in status.Log)
            Line($"log: {text}");
        running = status.Active.Count;
        done = Math.Max(0, status.Run.Totals.Agents - running - status.Queued);
    }

    public void Add(RunEvent happened)
    {
        using var document = JsonDocument.Parse(happened.PayloadJson);
        var payload = document.RootElement;
        switch (happened.Kind)
        {
            case "phase":
                phase = Text(payload, "title");
                Line($"phase {phase}");
                break;
            case "log":
                Line($"log: {Text(payload, "text")}");
                break;
            case "call":
                Call(payload);
                break;
            case "question" when payload.TryGetProperty("answer", out _):
                Line($"answered: question {payload.GetProperty("number").GetInt32()}");
                break;
            case "question":
                Line($"question {payload.GetProperty("number").GetInt32()}: {Text(payload, "text")}");
                break;
        }
    }

    public void Flush()
    {
        if (live)
            pending.Append(Renew).Append(Summary());
        writer.Write(pending.ToString());
        pending.Clear();
    }

    /// <summary>Takes the renewing line away.</summary>
    public void End()
    {
        if (live)
            pending.Append(Renew);
        writer.Write(pending.ToString());
        pending.Clear();
    }

    private void Call(JsonElement payload)
    {
        var label = RunReports.Cut(Text(payload, "label").ReplaceLineEndings(" "), LabelWidth);
        switch (Text(payload, "state"))
        {
            case "running":
                running++;
                break;
            case "fromJournal":
                done++;
                break;
            case "succeeded":
                running--;
                done++;
                if (!live)
                    Line($"done: {label}");
                break;
            case "failed":
                running--;
                done++;
                failed++;
                Failed(label, Text(payload, "cause"));
                break;
            default:
                running--;
                break;
        }
    }

    // The same cause again and again would push everything else off the screen.
    private void Failed(string label, string why)
    {
        Line(why == cause ? $"failed: {label}: as before" : $"failed: {label}: {RunReports.CutMiddle(why, MaxCause)}");
        cause = why;
    }

    private void Line(string text)
    {
        if (live)
            pending.Append(Renew);
        pending.Append(text.ReplaceLineEndings("\n  ")).Append('\n');
    }

    private string Summary() =>
        $"{(phase.Length == 0 ? "" : $"{RunReports.Cut(phase, 40)}: ")}{done} done, {Math.Max(0, running)} running{(failed == 0 ? "" : $", {failed} failed")}";

    private static string Text(JsonElement payload, string name) =>
        payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
