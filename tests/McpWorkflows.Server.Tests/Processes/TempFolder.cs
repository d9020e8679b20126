using McpWorkflows.Testing.Models;

namespace McpWorkflows.Server.Tests.Processes;

/// <summary>A workspace of its own with a journal of its own.</summary>
internal sealed class TempFolder : IDisposable
{
    private readonly Dictionary<string, string> environment = [];

    public TempFolder()
    {
        Path = Directory.CreateTempSubdirectory("mcp-workflows-tests-").FullName;
        environment["MCPWORKFLOWS_JOURNAL"] = System.IO.Path.Combine(Path, "state", "journal.db");
        environment["HOME"] = System.IO.Path.Combine(Path, "home");
    }

    public string Path { get; }

    public IReadOnlyDictionary<string, string> Environment => environment;

    public string Write(string name, string text)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    public TempFolder With(ModelServer model)
    {
        environment["OPENAI_BASE_URL"] = model.BaseUrl;
        environment["OPENAI_API_KEY"] = "test-key";
        return this;
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // A process that was killed may hold a file for a moment; the system clears its temporary folder.
        }
    }
}
