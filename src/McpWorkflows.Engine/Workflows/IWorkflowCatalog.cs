namespace McpWorkflows.Engine.Workflows;

/// <summary>Finds the text of workflows by name or path.</summary>
public interface IWorkflowCatalog
{
    /// <summary>Every saved workflow that can be seen from the workspace, nearest first, shadowed ones left out.</summary>
    IReadOnlyList<SavedWorkflow> List(string workspace);

    /// <summary>The saved workflow of that name, or null.</summary>
    SavedWorkflow? Find(string workspace, string name);

    /// <summary>
    /// Reads a workflow file; a relative path starts at the project root (the repository root, else the workspace).
    /// Throws <see cref="WorkflowNotFoundException"/> with cause and remedy.
    /// </summary>
    SavedWorkflow Read(string workspace, string scriptPath);

    /// <summary>
    /// As <see cref="Read"/>, for a path that a script names: scripts are not trusted, so only files of the project
    /// and of the folders of saved workflows are read.
    /// </summary>
    SavedWorkflow ReadForScript(string workspace, string scriptPath);

    /// <summary>Absolute paths of the folders that <see cref="List"/> looks into, for whoever watches them; most do not exist.</summary>
    IReadOnlyList<string> Folders(string workspace) => [];
}

/// <summary>A workflow file.</summary>
/// <param name="Name"><c>meta.name</c>, else the file's name without its ending.</param>
/// <param name="Path">Absolute; of bundled ones the file's name.</param>
/// <param name="Origin"><c>project</c>, <c>user</c>, <c>bundled</c> or <c>file</c>.</param>
public sealed record SavedWorkflow(string Name, string Path, string Script, string Origin)
{
    public string FileName => System.IO.Path.GetFileName(Path);
}

/// <summary>There is no such workflow, or it cannot be read.</summary>
public sealed class WorkflowNotFoundException(string message) : Exception(message);
