using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Agents.CommandAgents;

/// <summary>What a program printed, understood.</summary>
/// <param name="Text">The answer; null when the output holds none.</param>
/// <param name="Error">What the program itself calls an error.</param>
/// <param name="Cost">US dollars, where it says so.</param>
internal sealed record CommandAnswer(string? Text, string? Error, AgentUsage Usage, decimal? Cost);
