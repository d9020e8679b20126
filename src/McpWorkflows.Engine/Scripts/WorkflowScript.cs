using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Scripts;

/// <summary>A workflow file, parsed and checked but not run.</summary>
public sealed class WorkflowScript
{
    private WorkflowScript(string text, string fileName, WorkflowMeta meta, IReadOnlyList<ScriptError> warnings)
    {
        Text = text;
        FileName = fileName;
        Meta = meta;
        Warnings = warnings;
    }

    public string Text { get; }

    public string FileName { get; }

    public WorkflowMeta Meta { get; }

    /// <summary>What runs here but deserves a word: not portable to Claude Code, phases that meta does not name, ….</summary>
    public IReadOnlyList<ScriptError> Warnings { get; }

    /// <summary>Checks a script. Throws <see cref="ScriptRefusedException"/> with every error found.</summary>
    public static WorkflowScript Parse(string text, string fileName) => throw new NotImplementedException();
}

/// <summary>The script's own description.</summary>
public sealed record WorkflowMeta
{
    public required string Name { get; init; }

    public required string Description { get; init; }

    public string? Title { get; init; }

    public string? WhenToUse { get; init; }

    public IReadOnlyList<WorkflowPhase> Phases { get; init; } = [];
}

/// <summary>A phase that meta announces.</summary>
public sealed record WorkflowPhase(string Title, string? Detail = null, string? Model = null);

/// <summary>The script cannot run; each error says where, why and what to do.</summary>
public sealed class ScriptRefusedException(IReadOnlyList<ScriptError> errors)
    : Exception(string.Join(Environment.NewLine, errors))
{
    public IReadOnlyList<ScriptError> Errors { get; } = errors;
}
