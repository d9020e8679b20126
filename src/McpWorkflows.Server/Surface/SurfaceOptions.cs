using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Server.Surface;

/// <summary>Which part of the server a client gets to see.</summary>
internal sealed record SurfaceOptions
{
    /// <summary>All tools, in the order in which clients list them.</summary>
    public static readonly IReadOnlyList<string> AllTools = ["start_workflow", "get_status", "resume", "cancel_workflow", "list_workflows", "save_workflow"];

    private static readonly string[] Reading = ["get_status", "list_workflows"];

    /// <summary>Status, lists and results only; goes before everything else.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Null for all.</summary>
    public IReadOnlyList<string>? Tools { get; init; }

    /// <summary>Whether long calls become tasks for clients that ask for them.</summary>
    /// <value>true</value>
    public bool Tasks { get; init; } = true;

    public IReadOnlyList<string> Offered => [.. AllTools.Where(name => (Tools is null || Tools.Contains(name)) && (!ReadOnly || Reading.Contains(name)))];

    /// <summary>Reads <c>a,b</c>. Throws <see cref="UsageException"/> for a tool that does not exist.</summary>
    public static IReadOnlyList<string>? ParseTools(string? list)
    {
        if (string.IsNullOrWhiteSpace(list))
            return null;
        var names = list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (names.FirstOrDefault(name => !AllTools.Contains(name)) is { } unknown)
        {
            var nearest = NearestName.Find(unknown, AllTools) is { } near ? $" Did you mean '{near}'?" : "";
            throw new UsageException($"--tools: there is no tool '{unknown}'.{nearest} There are: {string.Join(", ", AllTools)}.");
        }

        return names;
    }
}
