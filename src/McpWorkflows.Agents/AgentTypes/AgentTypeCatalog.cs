using McpWorkflows.Agents.Prompts;

namespace McpWorkflows.Agents.AgentTypes;

/// <summary>
/// The agent types of a workspace: its own before the user's, <c>.mcpworkflows/agents</c> before <c>.claude/agents</c>, and the
/// built-in ones last. Files are read at each look-up, so that an edit counts at once.
/// </summary>
internal sealed class AgentTypeCatalog(string userHome)
{
    private const int MaxFiles = 1_000;
    private const long MaxSize = 512 * 1024;

    private static readonly string[] Folders = [Path.Combine(".mcpworkflows", "agents"), Path.Combine(".claude", "agents")];

    private static readonly IReadOnlyList<string> ReadOnly = ["read_file", "list_files", "search_text"];

    /// <summary>Exact names go before those that differ in case alone.</summary>
    public AgentTypeDefinition? Find(string workspace, string name)
    {
        AgentTypeDefinition? near = null;
        foreach (var definition in All(workspace))
        {
            if (definition.Name == name)
            {
                return definition;
            }

            near ??= string.Equals(definition.Name, name, StringComparison.OrdinalIgnoreCase) ? definition : null;
        }

        return near;
    }

    public IReadOnlyList<string> Names(string workspace) =>
        [.. All(workspace).Select(definition => definition.Name).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)];

    private IEnumerable<AgentTypeDefinition> All(string workspace)
    {
        // Accounts of services and containers often have no home.
        var home = userHome.Length == 0 ? null : Path.TrimEndingDirectorySeparator(Path.GetFullPath(userHome));
        var places = new List<(string Root, AgentTypeOrigin Origin)>();
        if (Path.TrimEndingDirectorySeparator(Path.GetFullPath(workspace)) != home)
        {
            places.Add((workspace, AgentTypeOrigin.Workspace));
        }

        if (home is not null)
        {
            places.Add((home, AgentTypeOrigin.Home));
        }

        return places
            .SelectMany(place => Folders.SelectMany(folder => Files(Path.Join(place.Root, folder))), (place, file) => Read(file, place.Origin))
            .OfType<AgentTypeDefinition>()
            .Concat(BuiltIn());
    }

    private static IEnumerable<string> Files(string folder)
    {
        try
        {
            var options = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 4 };
            return Directory.Exists(folder) ? Directory.GetFiles(folder, "*.md", options).Order(StringComparer.Ordinal).Take(MaxFiles) : [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A folder that cannot be read defines nothing.
            return [];
        }
    }

    private static AgentTypeDefinition? Read(string file, AgentTypeOrigin origin)
    {
        try
        {
            return new FileInfo(file).Length > MaxSize ? null : AgentTypeReader.Read(Path.GetFileNameWithoutExtension(file), File.ReadAllText(file), origin);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // As above; the others count all the same.
            return null;
        }
    }

    private static IEnumerable<AgentTypeDefinition> BuiltIn() =>
    [
        Make("general-purpose", "Does any task with all tools of the run.", "agent-type-general", null),
        Make("Explore", "Finds its way in the workspace and reports; changes nothing.", "agent-type-explore", ReadOnly),
        Make("Plan", "Reads the workspace and plans a change; changes nothing.", "agent-type-plan", ReadOnly),
    ];

    private static AgentTypeDefinition Make(string name, string description, string prompt, IReadOnlyList<string>? tools) => new()
    {
        Name = name,
        Description = description,
        Tools = tools,
        Instructions = AgentPrompts.BuiltIn(prompt),
        Origin = AgentTypeOrigin.BuiltIn,
    };
}
