namespace McpWorkflows.Agents.Tests.Harness;

/// <summary>A folder that is gone with the test.</summary>
internal sealed class TempFolder : IDisposable
{
    private readonly string _outer = Directory.CreateTempSubdirectory("mcpworkflows-agents-").FullName;

    public TempFolder()
    {
        Path = System.IO.Path.Combine(_outer, "workspace");
        Directory.CreateDirectory(Path);
    }

    /// <summary>The workspace; what stands beside it is outside.</summary>
    public string Path { get; }

    /// <summary>Writes a file below the workspace, or beside it by <c>../name</c>.</summary>
    public string Write(string name, string text)
    {
        var path = At(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    public string At(string name) => System.IO.Path.GetFullPath(name, Path);

    public void Dispose() => Directory.Delete(_outer, recursive: true);
}
