namespace McpWorkflows.Server.Composition;

/// <summary>There is no model to run agents with; the message says how to configure one.</summary>
internal sealed class ModelNotConfiguredException(string message) : Exception(message);
