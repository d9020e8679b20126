namespace McpWorkflows.Engine.Journal;

/// <summary>A journal that lives as long as the process: for rehearsals and tests.</summary>
public sealed class MemoryJournal
{
}
