using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.Scripts;
using McpWorkflows.Engine.Workflows;

namespace McpWorkflows.Server.Composition;

/// <summary>Finds and checks the script a caller means.</summary>
internal sealed class ScriptSources(IWorkflowCatalog catalog, string workspace)
{
    /// <summary>Throws <see cref="WorkflowNotFoundException"/> or <see cref="ScriptRefusedException"/>.</summary>
    /// <param name="source"><c>script</c>, <c>scriptPath</c> or <c>name</c>.</param>
    public WorkflowScript Load(string source, string value) => source switch
    {
        "script" => WorkflowScript.Parse(value, "workflow.js"),
        "scriptPath" => Parse(Read(value)),
        "name" => Parse(Find(value)),
        _ => throw new ArgumentOutOfRangeException(nameof(source), source, null),
    };

    /// <summary>A saved workflow by name, with the nearest name when there is none.</summary>
    public SavedWorkflow Find(string name)
    {
        if (catalog.Find(workspace, name) is { } saved)
            return saved;
        var known = catalog.List(workspace).Select(workflow => workflow.Name).ToList();
        var nearest = NearestName.Find(name, known) is { } near ? $" Did you mean '{near}'?" : "";
        var list = known.Count == 0
            ? "None are saved: put scripts in .mcpworkflows/workflows or .claude/workflows."
            : $"Saved are: {string.Join(", ", known.Take(20))}.";
        throw new WorkflowNotFoundException($"There is no saved workflow '{name}'.{nearest} {list}");
    }

    /// <summary>A clause that names the file of the same folder that was meant; empty when none is near.</summary>
    public string NearestFile(string path)
    {
        var full = Path.GetFullPath(path, workspace);
        var folder = Path.GetDirectoryName(full);
        if (folder is null || !Directory.Exists(folder))
            return "";
        var names = Directory.EnumerateFiles(folder, "*.js").Take(500).Select(file => Path.GetFileName(file)!);
        var written = Path.GetFileName(full);
        return NearestName.Find(Path.HasExtension(written) ? written : $"{written}.js", names) is { } nearest ? $" (did you mean '{nearest}'?)" : "";
    }

    private SavedWorkflow Read(string path)
    {
        try
        {
            return catalog.Read(workspace, path);
        }
        catch (WorkflowNotFoundException) when (!File.Exists(Path.GetFullPath(path, workspace)) && NearestFile(path) is { Length: > 0 } near)
        {
            throw new WorkflowNotFoundException($"There is no file '{path}'{near}. A relative path starts at the project root.");
        }
    }

    private static WorkflowScript Parse(SavedWorkflow workflow) => WorkflowScript.Parse(workflow.Script, workflow.FileName);
}
