namespace McpWorkflows.Server.Tools;

/// <summary>The caller can repair this; the message names cause and remedy.</summary>
internal sealed class ToolInputException(string message) : Exception(message);
