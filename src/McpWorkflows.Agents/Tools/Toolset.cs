namespace McpWorkflows.Agents.Tools;

/// <summary>The tools of one call, and what could not be had.</summary>
internal sealed class Toolset(IReadOnlyList<AgentTool> tools, IReadOnlyList<string> notGranted, IReadOnlyList<string> missing)
{
    private readonly Lock _gate = new();
    private readonly List<string> _notes = [];

    public IReadOnlyList<AgentTool> Tools => tools;

    /// <summary>What the model is told of tools that it was to have; null when it has them all.</summary>
    public string? Withheld => notGranted.Count + missing.Count == 0
        ? null
        : string.Join("; ", [.. notGranted.Select(tool => $"{tool} (not granted)"), .. missing]);

    /// <summary>For the call's record.</summary>
    public IReadOnlyList<string>? Notes
    {
        get
        {
            lock (_gate)
            {
                return Withheld is null && _notes.Count == 0 ? null : [.. Withheld is { } withheld ? new[] { $"Tools not available: {withheld}" } : [], .. _notes];
            }
        }
    }

    /// <summary>What a call of a tool that the agent does not have is answered with.</summary>
    public string Refusal(string name, string? answerTool)
    {
        var known = ToolSelection.Known(name);
        if (known is not null && notGranted.Contains(known))
        {
            return $"Error: {known} is not granted in this run. Whoever runs the server can grant it in the setting 'allow'; until then do without, and say in your answer what you would have done.";
        }

        return $"Error: there is no tool '{name}'. The tools are: {string.Join(", ", tools.Select(tool => tool.Name).Append(answerTool).OfType<string>())}.";
    }

    public void Note(string note)
    {
        lock (_gate)
        {
            if (!_notes.Contains(note))
            {
                _notes.Add(note);
            }
        }
    }
}
