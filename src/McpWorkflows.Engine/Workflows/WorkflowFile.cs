using McpWorkflows.Engine.Scripts;

namespace McpWorkflows.Engine.Workflows;

/// <summary>Reads single workflow files.</summary>
internal static class WorkflowFile
{
    /// <summary>A script of the largest size allowed, were every character of the widest kind.</summary>
    private const long MaxBytes = 4L * 524_288;

    /// <summary>Files that a folder of saved workflows may hold.</summary>
    public static bool IsWorkflow(string path) => Path.GetExtension(path) is ".js" or ".mjs";

    /// <summary>The text, or null with the reason.</summary>
    public static string? TryRead(string path, out string? fault)
    {
        fault = null;
        try
        {
            var file = new FileInfo(path);
            if (Directory.Exists(path))
            {
                fault = "it is a folder";
            }
            else if (!file.Exists)
            {
                fault = "there is no such file";
            }
            else if (file.Length > MaxBytes)
            {
                fault = $"it has {file.Length:N0} bytes, more than any script may have";
            }
            else
            {
                return File.ReadAllText(path);
            }
        }
        catch (UnauthorizedAccessException)
        {
            fault = "it may not be read";
        }
        catch (IOException failure)
        {
            fault = failure is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : "reading it failed";
        }

        return null;
    }

    /// <summary>The name a file goes by: <c>meta.name</c>, or the stem of a file that cannot be parsed.</summary>
    public static string NameOf(string path, string? text)
    {
        if (text is not null)
        {
            try
            {
                return WorkflowScript.Parse(text, Path.GetFileName(path)).Meta.Name;
            }
            catch (ScriptRefusedException)
            {
                // Listed under its stem; starting it says what is wrong.
            }
        }

        return Path.GetFileNameWithoutExtension(path);
    }
}
