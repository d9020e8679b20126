namespace McpWorkflows.Journal;

/// <summary>Where the journal is, unless somebody says otherwise.</summary>
public static class JournalPath
{
    /// <summary>Environment variable that names the journal's file, or the address of its database.</summary>
    public const string Variable = "MCPWORKFLOWS_JOURNAL";

    /// <summary>
    /// The absolute path of the journal, or the address of a PostgreSQL database as it is: <paramref name="explicitPath"/>, else what <see cref="Variable"/> says, else
    /// <c>mcpworkflows/journal.db</c> in the user's data folder (<c>XDG_DATA_HOME</c> or <c>~/.local/share</c>; on
    /// macOS <c>~/Library/Application Support</c>, on Windows <c>%LOCALAPPDATA%</c>).
    /// </summary>
    public static string Resolve(string? explicitPath = null) => Resolve(explicitPath, Environment.GetEnvironmentVariable, UserDataFolder);

    /// <summary>The journal is a PostgreSQL database, <c>postgres://…</c> or <c>postgresql://…</c>, and no file.</summary>
    public static bool IsServer(string? path) =>
        path is not null && (path.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase) || path.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase));

    /// <summary>What people are shown of it: the path; of an address no user, no password and no settings.</summary>
    public static string Describe(string path)
    {
        if (!IsServer(path))
        {
            return path;
        }

        var whole = path[(path.IndexOf("://", StringComparison.Ordinal) + 3)..];
        var place = whole[..(whole.IndexOf('?', StringComparison.Ordinal) is >= 0 and var query ? query : whole.Length)];
        var at = place.LastIndexOf('@');

        // Else the question mark may be one of the password.
        return at >= 0 || !whole.Contains('@', StringComparison.Ordinal) ? "postgres://" + place[(at + 1)..] : "postgres://…";
    }

    internal static string Resolve(string? explicitPath, Func<string, string?> variable, Func<Func<string, string?>, string> dataFolder)
    {
        var chosen = explicitPath is { Length: > 0 } ? explicitPath : variable(Variable);
        return IsServer(chosen) ? chosen! : Path.GetFullPath(chosen is { Length: > 0 } ? chosen : Path.Combine(dataFolder(variable), "mcpworkflows", "journal.db"));
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
