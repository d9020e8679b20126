using McpWorkflows.Engine.Extensions;

namespace McpWorkflows.Engine.Scripting;

/// <summary>What the engine tells a script; plain data, fit to be serialized.</summary>
public abstract record ScriptInput;

/// <summary>The first turn.</summary>
public sealed record StartScript : ScriptInput
{
    /// <summary>The workflow file's text, already validated.</summary>
    public required string Script { get; init; }

    /// <summary>Name in error positions: the file's name.</summary>
    public required string FileName { get; init; }

    /// <summary>JSON text; null leaves <c>args</c> undefined.</summary>
    public string? ArgsJson { get; init; }

    /// <summary>Seed of <c>Math.random</c>.</summary>
    public required long Seed { get; init; }

    /// <summary>What the clock shows until the first delivery.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Ceiling in output tokens; null for none.</summary>
    public long? BudgetTotal { get; init; }

    /// <summary>Ceiling in millionths of a US dollar; scripts do not see it, but <c>agent()</c> rejects when it is reached.</summary>
    public long? BudgetMicroDollars { get; init; }

    public required ScriptLimits Limits { get; init; }

    /// <summary><c>parallel</c> and <c>pipeline</c> take only so many of their items; those of extensions all. Null for all.</summary>
    public int? Slice { get; init; }

    /// <summary>Every extension that the script or a child of it may call; others read as <c>undefined</c>.</summary>
    public IReadOnlyList<ScriptExtension> Extensions { get; init; } = [];
}

/// <summary>Bounds on what a script may take.</summary>
public sealed record ScriptLimits
{
    /// <value>1,000</value>
    public int MaxAgents { get; init; } = 1_000;

    /// <value>4,096</value>
    public int MaxItems { get; init; } = 4_096;

    /// <summary>Running JavaScript between two awaits.</summary>
    /// <value>30 s</value>
    public TimeSpan Slice { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Live memory.</summary>
    /// <value>256 MB</value>
    public long MemoryBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>Nested JavaScript calls.</summary>
    /// <value>6,000</value>
    public int CallDepth { get; init; } = 6_000;

    /// <summary>Which rules of a policy lowered the ceilings, for the messages; null where none did.</summary>
    public LimitRules? Rules { get; init; }
}

/// <summary>The rules of a policy, each with its file, that lowered a ceiling; null for those that did not.</summary>
public sealed record LimitRules(string? Agents, string? Tokens, string? Dollars);

/// <summary>Settles one thing the script waits for: an agent call, a timer, a child workflow or a question.</summary>
public sealed record Deliver : ScriptInput
{
    /// <summary>The number the script's side gave the request.</summary>
    public required int RequestId { get; init; }

    public required Settlement Settlement { get; init; }

    /// <summary>The clock after this delivery; never before the last one's.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Output tokens delivered so far, this delivery included: <c>budget.spent()</c>.</summary>
    public required long SpentTokens { get; init; }

    /// <summary>Millionths of a US dollar that what was delivered so far cost, as far as its price is known.</summary>
    public long SpentMicroDollars { get; init; }

    /// <summary>
    /// Hex of the identity of what is delivered. <c>Math.random</c> restarts from the run's seed and this, so that
    /// a draw inserted by an edit changes nothing past the next delivery.
    /// </summary>
    public required string Identity { get; init; }

    /// <summary>For a call that failed: what <c>failures()</c> lists from now on.</summary>
    public CallFailure? Failure { get; init; }
}

/// <summary>What <c>failures()</c> tells of one failure.</summary>
/// <param name="Kind">
/// <c>failed</c>, <c>schema</c>, <c>stalled</c> or <c>refused</c> for agents, <c>branch</c> for a thunk or stage that threw.
/// </param>
/// <param name="Label">The call's label; for a branch its place, for example <c>parallel[3]</c>.</param>
/// <param name="Attempts">Attempts made; 0 for branches and calls that were refused.</param>
/// <param name="LastText">The beginning of the model's last raw text, if it said anything.</param>
public sealed record CallFailure(string Kind, string Label, string? Phase, string Cause, int Attempts, string? LastText);

/// <summary>What a promise settles to.</summary>
public abstract record Settlement;

/// <summary>Resolves with a JSON value (<c>null</c> included) or, for a fired timer, with nothing.</summary>
/// <param name="Json">JSON text; null resolves with <c>undefined</c>.</param>
public sealed record Resolved(string? Json) : Settlement;

/// <summary>Rejects with a real <c>Error</c>.</summary>
/// <param name="Name">The error's <c>name</c>: <c>Error</c>, <c>TypeError</c>, <c>WorkflowAgentCapError</c>, …</param>
public sealed record Rejected(string Name, string Message) : Settlement;

/// <summary>The text of a workflow that <c>workflow()</c> asked for; the script's side runs it inline.</summary>
public sealed record ChildScript(string Name, string FileName, string Script) : Settlement;
