namespace McpWorkflows.Server.Settings;

/// <summary>A settings file cannot be used; the message names file, line and key.</summary>
internal sealed class SettingsException(string message) : Exception(message);
