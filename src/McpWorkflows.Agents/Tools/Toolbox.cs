using System.Collections.Concurrent;
using McpWorkflows.Agents.McpTools;

namespace McpWorkflows.Agents.Tools;

/// <summary>Gives each call its tools. One per host; ends the MCP servers that it started.</summary>
internal sealed class Toolbox(AgentHostOptions options) : IAsyncDisposable
{
    private const int MaxWorkspaces = 64;

    private readonly ConcurrentDictionary<string, Workspace> _workspaces = new(StringComparer.Ordinal);
    private readonly CommandSandbox _sandbox = new(options);
    private readonly McpServers _servers = new(options);

    public async Task<Toolset> OpenAsync(
        IReadOnlyList<string>? wanted, IReadOnlyList<string>? disallowed, string folder, CancellationToken cancellationToken)
    {
        var selection = ToolSelection.From(wanted, disallowed, options.Granted);
        var missing = selection.Unknown.Select(name => $"{name} (no such tool here)").ToList();
        IReadOnlyList<AgentTool> others = wanted?.Any(McpServers.IsPattern) == true
            ? await _servers.SelectAsync(wanted, missing, cancellationToken).ConfigureAwait(false)
            : [];
        var refused = new Dictionary<string, string>();
        Toolset? set = null;
        var tools = BuiltIn(Of(folder), confined => set!.Note(Confinement(confined))).Where(tool => selection.Names.Contains(tool.Name))
            .Concat(others.Where(tool => disallowed?.Any(pattern => McpServers.Matches(pattern, tool.Name)) != true));
        List<AgentTool> given = [.. tools.Where(tool => !IsRefused(folder, tool.Name, refused))];
        if (wanted is not null)
        {
            missing.AddRange(refused.Select(tool => $"{tool.Key} ({tool.Value})"));
        }

        set = new Toolset(given, selection.NotGranted, missing);
        if (wanted is null && refused.Count > 0)
        {
            set.Note($"Tools withheld: {string.Join(", ", refused.Keys)} ({refused.Values.First()})");
        }

        return set;
    }

    private bool IsRefused(string folder, string tool, Dictionary<string, string> refused)
    {
        if (options.RefuseTool?.Invoke(folder, tool) is not { } why)
        {
            return false;
        }

        refused[tool] = why;
        return true;
    }

    public ValueTask DisposeAsync() => _servers.DisposeAsync();

    private AgentTool[] BuiltIn(Workspace workspace, Action<string?> confined) =>
    [
        new ListFilesTool(workspace),
        new SearchTextTool(workspace, options.Time, options.MaxSearchTime),
        new ReadFileTool(workspace, options.ReadPageCharacters),
        new WriteFileTool(workspace),
        new EditFileTool(workspace),
        new RunCommandTool(workspace, _sandbox, options, confined),
    ];

    private string Confinement(string? program) => program is null
        ? "Commands ran without a sandbox, with the rights of the server."
        : $"Commands ran in the sandbox {program}, {(options.Granted.Network ? "with" : "without")} network.";

    private Workspace Of(string folder)
    {
        if (_workspaces.Count >= MaxWorkspaces)
        {
            _workspaces.Clear();
        }

        return _workspaces.GetOrAdd(folder, static path => new Workspace(path));
    }
}
