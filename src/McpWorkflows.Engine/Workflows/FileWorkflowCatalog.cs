namespace McpWorkflows.Engine.Workflows;

/// <summary>
/// Workflows in <c>.mcpworkflows/workflows</c> and <c>.claude/workflows</c>, from the workspace up to the repository
/// root, then in the user's home; the nearest wins.
/// </summary>
public sealed class FileWorkflowCatalog(string userHome) : IWorkflowCatalog
{
    public IReadOnlyList<SavedWorkflow> List(string workspace) => throw new NotImplementedException(userHome);

    public SavedWorkflow? Find(string workspace, string name) => throw new NotImplementedException();

    public SavedWorkflow Read(string workspace, string scriptPath) => throw new NotImplementedException();
}
