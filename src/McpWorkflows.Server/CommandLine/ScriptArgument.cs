using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.Scripts;
using McpWorkflows.Engine.Workflows;
using McpWorkflows.Server.Composition;

namespace McpWorkflows.Server.CommandLine;

/// <summary><c>FILE|NAME</c>: a file where there is one, else a saved workflow.</summary>
internal static class ScriptArgument
{
    public static WorkflowScript Load(Workbench workbench, string value)
    {
        var path = Path.GetFullPath(value);
        if (File.Exists(path))
            return workbench.Scripts.Load("scriptPath", path);
        if (Directory.Exists(path))
            throw new UsageException($"'{value}' is a folder. Name a script file in it, or the name of a saved workflow.");
        try
        {
            return workbench.Scripts.Load("name", value);
        }
        catch (WorkflowNotFoundException exception)
        {
            throw new UsageException($"There is no file '{value}'{NearestFile(path)}. {exception.Message}");
        }
    }

    private static string NearestFile(string path)
    {
        var folder = Path.GetDirectoryName(path);
        if (folder is null || !Directory.Exists(folder))
            return "";
        var names = Directory.EnumerateFiles(folder, "*.js").Take(500).Select(file => Path.GetFileName(file)!);
        var written = Path.GetFileName(path);
        return NearestName.Find(Path.HasExtension(written) ? written : $"{written}.js", names) is { } nearest ? $" (did you mean '{nearest}'?)" : "";
    }
}
