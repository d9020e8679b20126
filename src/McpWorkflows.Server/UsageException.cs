namespace McpWorkflows.Server;

/// <summary>The command was used wrongly: exit code 2. The message names cause and remedy.</summary>
internal sealed class UsageException(string message) : Exception(message);
