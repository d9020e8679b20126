using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Engine.Activity;

/// <summary>Something an agent did on the way to its answer: a tool call, a retry, a wait. Text is no step.</summary>
/// <param name="Detail">As in <see cref="AgentProgress.Detail"/>, at most 400 characters.</param>
/// <param name="Attempt">From 1.</param>
public sealed record AgentStep(DateTimeOffset At, AgentProgressKind Kind, string? Detail, int Attempt);
