using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Workflows;

/// <summary>
/// Workflows in <c>.mcpworkflows/workflows</c> and <c>.claude/workflows</c>, from the workspace up to the repository
/// root, then in the user's home, then those that come with the product; the nearest wins.
/// </summary>
/// <param name="bundled">Those that come with the product.</param>
public sealed class FileWorkflowCatalog(string userHome, IReadOnlyList<SavedWorkflow>? bundled = null) : IWorkflowCatalog
{
    private const int MaxFilesPerFolder = 500;

    private const int MaxShownNames = 20;

    private static readonly string[] Places =
        [Path.Combine(".mcpworkflows", "workflows"), Path.Combine(".claude", "workflows")];

    public IReadOnlyList<SavedWorkflow> List(string workspace)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        return [.. All(workspace).Where(workflow => names.Add(workflow.Name))];
    }

    public SavedWorkflow? Find(string workspace, string name)
    {
        // A name given in meta goes before the name of a file, however near that file is.
        var all = All(workspace).ToList();
        return all.Find(workflow => workflow.Name == name)
            ?? all.Find(workflow => Path.GetFileNameWithoutExtension(workflow.Path) == name || workflow.FileName == name);
    }

    public SavedWorkflow Read(string workspace, string scriptPath)
    {
        if (string.IsNullOrWhiteSpace(scriptPath) || scriptPath.Contains('\0', StringComparison.Ordinal))
        {
            throw new WorkflowNotFoundException("The path of the workflow is empty. Give the path of a .js file.");
        }

        if (!WorkflowFile.IsWorkflow(scriptPath))
        {
            // Errors show lines of what is read, so that only files that may be workflows are.
            throw new WorkflowNotFoundException($"The file '{scriptPath}' is no workflow: workflows end in .js or .mjs.");
        }

        var path = Path.GetFullPath(scriptPath, ProjectFolder.RootOf(workspace));
        var text = WorkflowFile.TryRead(path, out var fault)
            ?? throw new WorkflowNotFoundException(
                $"The workflow file '{scriptPath}' cannot be used: {fault}. A relative path starts at the project root. {Hint(workspace, Path.GetFileNameWithoutExtension(scriptPath))}");
        return new SavedWorkflow(WorkflowFile.NameOf(path, text), path, text, "file");
    }

    public SavedWorkflow ReadForScript(string workspace, string scriptPath)
    {
        var root = ProjectFolder.RootOf(workspace);
        var path = Path.GetFullPath(scriptPath.Replace('\0', ' '), root);
        if (!IsWithin(root, path) && !SearchPath(workspace).Any(place => IsWithin(place.Folder, path)))
        {
            throw new WorkflowNotFoundException(
                $"The workflow file '{scriptPath}' lies outside of the project. A script may start files of its project and saved workflows: copy the file there.");
        }

        return Read(workspace, scriptPath);
    }

    public IReadOnlyList<string> Folders(string workspace) => [.. SearchPath(workspace).Select(place => place.Folder).Distinct()];

    private static bool IsWithin(string folder, string path)
    {
        var relative = Path.GetRelativePath(folder, path);
        return !Path.IsPathRooted(relative) && relative.Split(Path.DirectorySeparatorChar)[0] != "..";
    }

    /// <summary>What to try instead of a name that is not there: the nearest name, or the names there are.</summary>
    internal string Hint(string workspace, string name)
    {
        var names = List(workspace).Select(workflow => workflow.Name).ToList();
        if (names.Count == 0)
        {
            return "No workflow is saved; save one as .mcpworkflows/workflows/NAME.js.";
        }

        return NearestName.Find(name, names) is { } near
            ? $"Did you mean '{near}'?"
            : $"Saved workflows: {string.Join(", ", names.Take(MaxShownNames))}{(names.Count > MaxShownNames ? ", …" : "")}.";
    }

    private IEnumerable<SavedWorkflow> All(string workspace)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (folder, origin) in SearchPath(workspace))
        {
            foreach (var path in FilesOf(folder).Where(seen.Add))
            {
                var text = WorkflowFile.TryRead(path, out _);
                yield return new SavedWorkflow(WorkflowFile.NameOf(path, text), path, text ?? "", origin);
            }
        }

        foreach (var workflow in bundled ?? [])
        {
            yield return workflow;
        }
    }

    /// <summary>Nearest first.</summary>
    private IEnumerable<(string Folder, string Origin)> SearchPath(string workspace)
    {
        var root = ProjectFolder.RootOf(workspace);
        for (var at = Path.TrimEndingDirectorySeparator(Path.GetFullPath(workspace)); at is not null; at = Path.GetDirectoryName(at))
        {
            foreach (var folder in Places)
            {
                yield return (Path.Combine(at, folder), "project");
            }

            if (at == root)
            {
                break;
            }
        }

        foreach (var folder in Places)
        {
            yield return (Path.Combine(userHome, folder), "user");
        }
    }

    private static IEnumerable<string> FilesOf(string folder)
    {
        try
        {
            return Directory.EnumerateFiles(folder)
                .Where(WorkflowFile.IsWorkflow)
                .Order(StringComparer.Ordinal)
                .Take(MaxFilesPerFolder)
                .ToList();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Most folders on the way do not exist.
            return [];
        }
    }
}
