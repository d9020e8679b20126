using System.Text.Json;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Server.CommandLine.Live;
using McpWorkflows.Server.Reports;

namespace McpWorkflows.Server.CommandLine;

/// <summary>Words events for a person; collects them and writes once per <see cref="Flush"/>.</summary>
internal sealed class ProgressLines(TextWriter writer)
{
    private const int LabelWidth = 100;
    private const int MaxCause = 400;

    private readonly List<string> pending = [];
    private string cause = "";

    /// <summary>Something else shows the rest: only what the script says is kept.</summary>
    public bool OnlyLog { get; init; }

    /// <summary>Where the run stands when the display begins.</summary>
    public void Begin(RunStatus status)
    {
        foreach (var entered in status.Phases.Where(_ => !OnlyLog))
            Line($"phase {entered.Title}");
        foreach (var text in status.Log)
            Line($"log: {text}");
    }

    public void Add(RunEvent happened)
    {
        if (OnlyLog && happened.Kind != "log")
            return;
        using var document = JsonDocument.Parse(happened.PayloadJson);
        var payload = document.RootElement;
        switch (happened.Kind)
        {
            case "phase":
                Line($"phase {Text(payload, "title")}");
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

    /// <param name="most">The last of them, when there are more.</param>
    public void Flush(int most = int.MaxValue)
    {
        if (pending.Count > most)
            pending.RemoveRange(0, pending.Count - most);
        writer.Write(string.Concat(pending));
        pending.Clear();
    }

    private void Call(JsonElement payload)
    {
        var label = RunReports.Cut(Text(payload, "label").ReplaceLineEndings(" "), LabelWidth);
        switch (Text(payload, "state"))
        {
            case "succeeded":
                Line($"done: {label}");
                break;
            case "failed":
                Failed(label, Text(payload, "cause"));
                break;
        }
    }

    // The same cause again and again would push everything else off the screen.
    private void Failed(string label, string why)
    {
        Line(why == cause ? $"failed: {label}: as before" : $"failed: {label}: {RunReports.CutMiddle(why, MaxCause)}");
        cause = why;
    }

    private void Line(string text) => pending.Add(TerminalText.Lines(text).ReplaceLineEndings("\n  ") + "\n");

    private static string Text(JsonElement payload, string name) =>
        payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
