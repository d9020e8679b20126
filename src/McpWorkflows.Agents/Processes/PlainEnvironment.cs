namespace McpWorkflows.Agents.Processes;

/// <summary>The environment of programs that agents start: what programs need to work, and no keys.</summary>
internal static class PlainEnvironment
{
    private static readonly HashSet<string> Harmless = new(OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal)
    {
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TERM", "TZ", "TMPDIR", "TMP", "TEMP",
        "DOTNET_ROOT", "DOTNET_CLI_TELEMETRY_OPTOUT", "DOTNET_NOLOGO", "NUGET_PACKAGES", "JAVA_HOME", "GOPATH", "GOROOT", "GOCACHE", "CARGO_HOME",
        "RUSTUP_HOME", "NVM_DIR", "PYENV_ROOT", "VIRTUAL_ENV", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "SSL_CERT_FILE", "SSL_CERT_DIR",
        "SystemRoot", "SystemDrive", "ComSpec", "PATHEXT", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "ProgramFiles", "ProgramFiles(x86)", "ProgramData",
    };

    /// <param name="named">Further variables to be passed on where they are set.</param>
    public static Dictionary<string, string> Create(IEnumerable<string>? named = null)
    {
        var wanted = named?.ToHashSet(Harmless.Comparer) ?? [];
        var variables = new Dictionary<string, string>(Harmless.Comparer);
        foreach (System.Collections.DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
        {
            if (variable is { Key: string name, Value: string value }
                && (Harmless.Contains(name) || name.StartsWith("LC_", StringComparison.Ordinal) || wanted.Contains(name)))
            {
                variables[name] = value;
            }
        }

        return variables;
    }
}
