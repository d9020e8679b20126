using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Engine.Agents;

/// <summary>One call of <c>agent()</c>, as the host gets it.</summary>
public sealed record AgentRequest
{
    public required string RunId { get; init; }

    /// <summary>Number of the call within its run, from 1, in the order of the calls of <c>agent()</c>.</summary>
    public required int CallNumber { get; init; }

    /// <summary>The call's identity in the journal, the same after a restart; null for calls that have none.</summary>
    public ItemKey? Key { get; init; }

    public required string Prompt { get; init; }

    /// <summary>Name for displays and logs.</summary>
    public required string Label { get; init; }

    public string? Phase { get; init; }

    public required AgentOptions Options { get; init; }

    /// <summary>The run's model, <c>provider/name</c>; <see cref="AgentOptions.Model"/> goes before it. Null: the host's default.</summary>
    public string? DefaultModel { get; init; }

    /// <summary>Absolute path of the folder the agent's tools may read.</summary>
    public required string Workspace { get; init; }

    /// <summary>System instructions that replace the host's own; null for ordinary agents.</summary>
    public string? Instructions { get; init; }

    /// <summary>The call's place among those in flight; null for calls that take none.</summary>
    public IAgentPlace? Place { get; init; }

    /// <summary>Puts a sentence into the run's log, for what concerns more than this call; from any thread, returns at once. Null for calls without a run.</summary>
    public Action<string>? Log { get; init; }

    /// <summary>The run has a ceiling in dollars, so that a model without a known price must not be asked.</summary>
    public bool NeedsCost { get; init; }

    /// <summary>Definition of the call's agent type as the run first used it, in the words of <see cref="IAgentTypes.Find"/>; null without a type.</summary>
    public string? AgentTypeJson { get; init; }

    /// <summary>
    /// What past runs taught about such tasks, a line each: for the agent's instructions, marked as information. Models wrote
    /// them; they grant nothing.
    /// </summary>
    public IReadOnlyList<string> Lessons { get; init; } = [];
}
