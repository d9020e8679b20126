using System.Buffers;
using System.Text;
using System.Text.Json;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.Workflows;

namespace McpWorkflows.Engine.Runs;

/// <summary>Child workflows and agent types as the run first used them.</summary>
internal sealed class WorkflowSnapshots(IReadOnlyDictionary<string, string> stored)
{
    private readonly Dictionary<string, string> _texts = new(stored);

    public ChildScript? Find(WorkflowRequested request) =>
        _texts.TryGetValue(KeyOf(request), out var json) ? Parse(json) : null;

    /// <summary>The entry to be written; what was there first stays.</summary>
    public SnapshotTaken Keep(WorkflowRequested request, SavedWorkflow workflow)
    {
        var entry = new SnapshotTaken(KeyOf(request), ToJson(workflow));
        _texts.TryAdd(entry.Key, entry.Text);
        return entry;
    }

    /// <summary>Another text of the run, by its key.</summary>
    public string? FindText(string key) => _texts.GetValueOrDefault(key);

    /// <summary>As for workflows: what was there first stays.</summary>
    public SnapshotTaken KeepText(string key, string text)
    {
        _texts.TryAdd(key, text);
        return new SnapshotTaken(key, text);
    }

    private static string KeyOf(WorkflowRequested request) =>
        request.Name is { } name ? $"workflow:{name}" : $"workflow-file:{request.ScriptPath}";

    private static string ToJson(SavedWorkflow workflow)
    {
        var buffer = new ArrayBufferWriter<byte>(workflow.Script.Length + 128);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("name", workflow.Name);
            writer.WriteString("fileName", workflow.FileName);
            writer.WriteString("script", workflow.Script);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static ChildScript Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        return new ChildScript(
            root.GetProperty("name").GetString()!,
            root.GetProperty("fileName").GetString()!,
            root.GetProperty("script").GetString()!);
    }
}
