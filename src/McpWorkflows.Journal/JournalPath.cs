namespace McpWorkflows.Journal;

/// <summary>Where the journal is, unless somebody says otherwise.</summary>
public static class JournalPath
{
    /// <summary>Environment variable that names the journal's file.</summary>
    public const string Variable = "MCPWORKFLOWS_JOURNAL";

    /// <summary>
    /// The absolute path of the journal: <paramref name="explicitPath"/>, else what <see cref="Variable"/> says, else
    /// <c>mcpworkflows/journal.db</c> in the user's data folder (<c>XDG_DATA_HOME</c> or <c>~/.local/share</c>; on
    /// macOS <c>~/Library/Application Support</c>, on Windows <c>%LOCALAPPDATA%</c>).
    /// </summary>
    public static string Resolve(string? explicitPath = null) => Resolve(explicitPath, Environment.GetEnvironmentVariable, UserDataFolder);

    internal static string Resolve(string? explicitPath, Func<string, string?> variable, Func<Func<string, string?>, string> dataFolder)
    {
        var chosen = explicitPath is { Length: > 0 } ? explicitPath : variable(Variable);
        return Path.GetFullPath(chosen is { Length: > 0 } ? chosen : Path.Combine(dataFolder(variable), "mcpworkflows", "journal.db"));
    }

    internal static string UserDataFolder(Func<string, string?> variable)
    {
        if (OperatingSystem.IsWindows())
        {
            return Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        }

        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (OperatingSystem.IsMacOS())
        {
            return Path.Combine(home, "Library", "Application Support");
        }

        // The specification has relative values ignored.
        return variable("XDG_DATA_HOME") is { } data && Path.IsPathRooted(data) ? data : Path.Combine(home, ".local", "share");
    }
}
