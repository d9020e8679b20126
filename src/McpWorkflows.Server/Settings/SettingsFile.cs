using System.Text.Json;

namespace McpWorkflows.Server.Settings;

/// <summary>A settings file: its content, and how its faults are reported.</summary>
/// <param name="shownAs">The path as people know it: from the home folder, or within the workspace.</param>
/// <param name="isProject">It came with a folder of files that others may have written.</param>
internal sealed class SettingsFile(string path, string shownAs, bool isProject)
{
    private const long MaxLength = 1024 * 1024;

    public List<string> Warnings { get; } = [];

    public bool IsProject => isProject;

    /// <summary>The root; null when there is no file.</summary>
    /// <exception cref="SettingsException">The file is not JSON, or cannot be read.</exception>
    public SettingsSection? Read()
    {
        try
        {
            if (!File.Exists(path))
                return null;
            if (new FileInfo(path).Length > MaxLength)
                throw new SettingsException($"{shownAs} is larger than a settings file can be.");
            return new SettingsSection(this, "", SettingsValue.Parse(File.ReadAllBytes(path)));
        }
        catch (JsonException exception)
        {
            var cause = exception.Message.Split(" LineNumber:")[0].TrimEnd('.');
            throw new SettingsException($"{shownAs}:{exception.LineNumber + 1}: this is not JSON: {cause}. Comments and trailing commas are fine; quotes around names are needed.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"{shownAs} cannot be read: {(exception is UnauthorizedAccessException ? "access is denied" : "the file system failed")}.");
        }
    }

    public SettingsException Error(int line, string key, string rule) =>
        new($"{shownAs}:{line}: {(key.Length == 0 ? "the file" : key)} {rule}{(rule.EndsWith('?') ? "" : ".")}");

    public void Warn(int line, string key, string text) => Warnings.Add($"{shownAs}:{line}: {key} {text}{(text[^1] is '?' or '.' ? "" : ".")}");
}
