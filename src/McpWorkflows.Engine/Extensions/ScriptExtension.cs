namespace McpWorkflows.Engine.Extensions;

/// <summary>A function that the dialect has beyond Claude Code's, written in the dialect itself.</summary>
/// <param name="Name">What scripts call.</param>
/// <param name="Source">Source that declares a function of that name over the dialect's globals.</param>
public sealed record ScriptExtension(string Name, string Source);
