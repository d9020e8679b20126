using System.Text;
using McpWorkflows.Engine.Scripts;

namespace McpWorkflows.Engine.Workflows;

/// <summary>
/// Keeps scripts as saved workflows: in <c>.mcpworkflows/workflows</c> of the workspace or of the user's home. Never
/// overwrites unless told to, and never leaves half a file.
/// </summary>
public sealed class WorkflowShelf(IWorkflowCatalog catalog, string userHome)
{
    private static readonly string Place = Path.Combine(".mcpworkflows", "workflows");

    /// <summary>
    /// Throws what <see cref="Save"/> would throw, and writes nothing: for whoever wants to know before a run is paid for.
    /// </summary>
    public void Check(SaveWorkflow request) => _ = Prepare(request);

    /// <summary>
    /// Writes <c>NAME.js</c>. The script's <c>meta.name</c> becomes the name, where that can be done without changing
    /// anything else; otherwise the workflow goes by the name in its meta, and by the file's. Throws
    /// <see cref="WorkflowNotSavedException"/> with cause and remedy, and <see cref="ScriptRefusedException"/>.
    /// </summary>
    public KeptWorkflow Save(SaveWorkflow request)
    {
        var (path, script) = Prepare(request);
        var replaced = File.Exists(path);
        var text = MetaEdit.Apply(script, request.Name, request.Description);
        Write(path, text, request.Overwrite);
        var name = WorkflowFile.NameOf(path, text);
        var found = catalog.Find(request.Workspace, name);
        return new KeptWorkflow
        {
            Workflow = new SavedWorkflow(name, path, text, request.ForUser ? "user" : "project"),
            Replaced = replaced,
            HiddenBy = found is not null && found.Path != path ? found : null,
        };
    }

    private (string Path, WorkflowScript Script) Prepare(SaveWorkflow request)
    {
        if (WorkflowName.Problem(request.Name) is { } problem)
            throw new WorkflowNotSavedException(problem);
        if (request.ForUser && !Path.IsPathRooted(userHome))
            throw new WorkflowNotSavedException("There is no home folder to save in: HOME names none that exists. Save for the project instead.");
        var folder = Path.Combine(request.ForUser ? userHome : Path.GetFullPath(request.Workspace), Place);
        if (!request.ForUser && LeadsAway(folder, Path.GetFullPath(request.Workspace)))
            throw new WorkflowNotSavedException("The folder .mcpworkflows/workflows of this project is a link to a place outside of it, so nothing is saved there. Save for the user instead.");

        var path = Path.Combine(folder, request.Name + ".js");
        var holder = Holder(folder, path, request.Name);
        if (holder is not null && (holder != path || !request.Overwrite))
        {
            throw new WorkflowNotSavedException(holder == path
                ? $"There is a saved workflow '{request.Name}' already. Choose another name, or overwrite it (--force, or overwrite: true)."
                : $"The file {Path.GetFileName(holder)} beside it holds a workflow of the name '{request.Name}' already. Choose another name, or remove that file.");
        }

        return (path, WorkflowScript.Parse(request.Script, request.Name + ".js"));
    }

    /// <summary>The file that goes by the name in that folder.</summary>
    private static string? Holder(string folder, string path, string name)
    {
        if (Path.Exists(path))
            return path;
        if (!Directory.Exists(folder))
            return null;
        return Directory.EnumerateFiles(folder).Where(WorkflowFile.IsWorkflow)
            .FirstOrDefault(file => Path.GetFileNameWithoutExtension(file) == name || WorkflowFile.NameOf(file, WorkflowFile.TryRead(file, out _)) == name);
    }

    /// <summary>A repository may bring links of its own; what is written for the project stays in it.</summary>
    private static bool LeadsAway(string folder, string workspace)
    {
        for (var at = folder; at.Length > workspace.Length; at = Path.GetDirectoryName(at)!)
        {
            if (new DirectoryInfo(at).LinkTarget is not null)
                return true;
        }

        return false;
    }

    private static void Write(string path, string text, bool overwrite)
    {
        var unfinished = $"{path}.{Path.GetRandomFileName()}.part";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(unfinished, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            File.Move(unfinished, path, overwrite);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(unfinished))
                File.Delete(unfinished);
            throw new WorkflowNotSavedException(
                $"{Path.GetFileName(path)} could not be written: {(failure is UnauthorizedAccessException ? "the folder may not be written" : "the disk refused it, or the file has just been made by somebody else")}. Nothing was saved.");
        }
    }
}

/// <summary>What to keep, and where.</summary>
public sealed record SaveWorkflow
{
    public required string Script { get; init; }

    public required string Name { get; init; }

    /// <summary>In place of the script's own description.</summary>
    public string? Description { get; init; }

    /// <summary>Absolute path; the script is saved in it unless it is for the user.</summary>
    public required string Workspace { get; init; }

    /// <summary>For all projects of the user.</summary>
    public bool ForUser { get; init; }

    public bool Overwrite { get; init; }
}

/// <summary>A workflow that was saved.</summary>
public sealed record KeptWorkflow
{
    /// <summary>With the text and the name as they stand in the file.</summary>
    public required SavedWorkflow Workflow { get; init; }

    public required bool Replaced { get; init; }

    /// <summary>The nearer workflow of the same name, which is started in its place; null when there is none.</summary>
    public SavedWorkflow? HiddenBy { get; init; }
}

/// <summary>Nothing was saved; the message says why and what to do.</summary>
public sealed class WorkflowNotSavedException(string message) : Exception(message);
