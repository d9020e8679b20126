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
            throw new UsageException($"There is no file '{value}'{workbench.Scripts.NearestFile(path)}. {exception.Message}");
        }
    }
}
