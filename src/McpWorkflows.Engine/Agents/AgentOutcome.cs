using McpWorkflows.Engine.Activity;

namespace McpWorkflows.Engine.Agents;

/// <summary>How a call ended. What the script sees follows from <see cref="Kind"/> alone.</summary>
public sealed record AgentOutcome
{
    public required AgentOutcomeKind Kind { get; init; }

    /// <summary>
    /// JSON text of the answer: a string without a schema, the validated object with one. Key order is the
    /// model's. Set if and only if the call succeeded.
    /// </summary>
    public string? AnswerJson { get; init; }

    /// <summary>Set unless the call succeeded.</summary>
    public AgentFailure? Failure { get; init; }

    /// <summary>Tokens of all attempts, failed ones too.</summary>
    public AgentUsage Usage { get; init; } = AgentUsage.None;

    /// <summary>What the tokens cost in US dollars; null where the price is not known.</summary>
    public decimal? Cost { get; init; }

    /// <summary>
    /// The options that the call ran with, and where each came from, as JSON: <c>{ "model": { "value": "openai/x",
    /// "from": "call" }, … }</c>. Values are from the call, the agentType, the run, the configuration or the default;
    /// those of the default are left out. Null where the call was refused before that.
    /// </summary>
    public string? Resolved { get; init; }

    /// <summary>Attempts made, the last one included; 0 where none was.</summary>
    public int Attempts { get; init; }

    /// <summary>The model that answered, <c>provider/name</c>.</summary>
    public string? Model { get; init; }

    /// <summary>The answer was made up by the rehearsal model.</summary>
    public bool Rehearsed { get; init; }

    /// <summary>What an isolated agent changed; null when it changed nothing or was not isolated.</summary>
    public AgentWorktree? Worktree { get; init; }

    /// <summary>What the agent did on the way: tool calls, retries, waits; the last ones, null for none.</summary>
    public IReadOnlyList<AgentStep>? Steps { get; init; }

    /// <summary>What is worth knowing of the call besides: tools that were asked for but not given, what confined its commands. Null when nothing is.</summary>
    public IReadOnlyList<string>? Notes { get; init; }

    /// <summary>
    /// For <see cref="AgentOutcomeKind.QuotaExhausted"/>: when the provider takes requests again; null where it does
    /// not say.
    /// </summary>
    public DateTimeOffset? RetryAt { get; init; }
}

/// <summary>The ends a call can have.</summary>
public enum AgentOutcomeKind
{
    /// <summary>The script sees the answer.</summary>
    Succeeded,

    /// <summary>Terminal failure after retries: the script sees <c>null</c>.</summary>
    Failed,

    /// <summary>Skipped or stopped by a person: the script sees <c>null</c>.</summary>
    Skipped,

    /// <summary>The answer never met the schema: the call rejects with the validation errors.</summary>
    SchemaUnsatisfied,

    /// <summary>Every attempt stalled: the call rejects.</summary>
    Stalled,

    /// <summary>The call was refused before any request (unknown agent type, unknown model): the call rejects.</summary>
    Refused,

    /// <summary>
    /// The model's quota is spent, so that the call has no outcome yet: it is neither journaled nor told to the script,
    /// and the run asks again at <see cref="AgentOutcome.RetryAt"/>. <see cref="AgentOutcome.Model"/> names the model,
    /// <see cref="AgentOutcome.Failure"/> the provider's words.
    /// </summary>
    QuotaExhausted,
}

/// <summary>A failure as plain data, fit to be stored.</summary>
/// <param name="Cause">
/// One sentence for people and scripts, without stack trace or keys. Scripts match it by pattern: overload says
/// <c>rate limit</c> or <c>overloaded</c>, a spent quota <c>quota</c> and <c>limit</c>, an unknown agent type <c>not found</c>.
/// </param>
/// <param name="LastText">The last raw text of the model, if it said anything.</param>
public sealed record AgentFailure(string Cause, string? LastText = null);

/// <summary>Tokens as the endpoint reports them.</summary>
public sealed record AgentUsage(long InputTokens, long OutputTokens, long CachedInputTokens = 0)
{
    public static AgentUsage None { get; } = new(0, 0);

    public static AgentUsage operator +(AgentUsage left, AgentUsage right) => new(
        left.InputTokens + right.InputTokens,
        left.OutputTokens + right.OutputTokens,
        left.CachedInputTokens + right.CachedInputTokens);
}
