namespace McpWorkflows.Agents.Tools;

/// <summary>What the person who runs the host allows agents beyond reading the workspace. Nothing unless said so.</summary>
public sealed record GrantedTools
{
    private const string Words = "write_file, edit_file (or write for both), run_command, network, command_agents";

    public static GrantedTools None { get; } = new();

    /// <summary><c>write_file</c>: create files and replace them whole.</summary>
    public bool WriteFile { get; init; }

    /// <summary><c>edit_file</c>: replace exact pieces of files.</summary>
    public bool EditFile { get; init; }

    /// <summary><c>run_command</c>: shell commands in the workspace.</summary>
    public bool RunCommand { get; init; }

    /// <summary>Commands in a sandbox may use the network.</summary>
    public bool Network { get; init; }

    /// <summary>Agent types that a workspace brings along may start programs; those of the user's home may always.</summary>
    public bool CommandAgents { get; init; }

    /// <summary>Reads the words of the setting <c>allow</c>; <paramref name="problem"/> names the first unknown one, and what is known.</summary>
    public static GrantedTools Parse(IEnumerable<string> words, out string? problem)
    {
        problem = null;
        var granted = None;
        foreach (var word in words)
        {
            granted = word.Trim() switch
            {
                "write" => granted with { WriteFile = true, EditFile = true },
                "write_file" => granted with { WriteFile = true },
                "edit_file" => granted with { EditFile = true },
                "run_command" => granted with { RunCommand = true },
                "network" => granted with { Network = true },
                "command_agents" => granted with { CommandAgents = true },
                _ => granted,
            };
            if (word.Trim() is not ("write" or "write_file" or "edit_file" or "run_command" or "network" or "command_agents"))
            {
                problem ??= $"'{word}' cannot be allowed: there is no such thing. Known: {Words}.";
            }
        }

        return granted;
    }

    internal bool Has(string tool) => tool switch
    {
        "write_file" => WriteFile,
        "edit_file" => EditFile,
        "run_command" => RunCommand,
        _ => true,
    };
}
