using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using McpWorkflows.Agents.Tools;

namespace McpWorkflows.Agents.McpTools;

/// <summary>
/// The configured MCP servers. One is started when an agent first selects a tool of it, is shared by all agents, and is
/// started again when it has died.
/// </summary>
internal sealed class McpServers(AgentHostOptions options) : IAsyncDisposable
{
    private const string Prefix = "mcp__";
    private const int MaxName = 64;
    private const int MarkLength = 8;

    /// <summary>Of servers whose names differ only in what tools' names cannot hold, the first counts.</summary>
    private readonly Dictionary<string, McpServer> _servers = options.McpServers
        .Where(server => !OwnServer.Is(server.Key, server.Value))
        .DistinctBy(server => Clean(server.Key))
        .ToDictionary(server => Clean(server.Key), server => new McpServer(Clean(server.Key), server.Value, options));

    private readonly HashSet<string> _own = [.. options.McpServers.Where(server => OwnServer.Is(server.Key, server.Value)).Select(server => Clean(server.Key))];

    public static bool IsPattern(string pattern) => pattern.StartsWith(Prefix, StringComparison.Ordinal) || pattern == "*";

    /// <summary>The tools that the patterns select; servers that none of them can mean are not started.</summary>
    /// <param name="problems">Gets a sentence for each pattern or server that gives nothing.</param>
    public async Task<IReadOnlyList<AgentTool>> SelectAsync(IReadOnlyList<string> patterns, List<string> problems, CancellationToken cancellationToken)
    {
        var wanted = patterns.Where(IsPattern).Select(pattern => pattern.Split('(')[0].Trim()).Distinct().ToArray();
        var starting = _servers.Values.Where(server => wanted.Any(pattern => CanMean(pattern, server.Name)))
            .Select(async server => (Server: server, Found: await server.ListAsync(cancellationToken).ConfigureAwait(false))).ToArray();
        var tools = new List<AgentTool>();
        foreach (var (server, (found, problem)) in await Task.WhenAll(starting).ConfigureAwait(false))
        {
            if (problem is not null)
            {
                problems.Add($"the tools of the MCP server '{server.Name}' ({problem})");
            }

            // Endpoints refuse tools of the same name.
            tools.AddRange(found.Where(tool => wanted.Any(pattern => Matches(pattern, tool.Name))).DistinctBy(tool => tool.Name));
        }

        foreach (var pattern in wanted.Where(pattern => pattern != "*" && !_servers.Keys.Any(name => CanMean(pattern, name))))
        {
            problems.Add(_own.Any(name => CanMean(pattern, name))
                ? $"{pattern} (the tools of this very server; workflows do not start workflows)"
                : $"{pattern} (no such MCP server is configured; known: {(_servers.Count == 0 ? "none" : string.Join(", ", _servers.Keys))})");
        }

        return tools;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers.Values)
        {
            await server.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Models take letters, digits, dashes and underscores.</summary>
    internal static string Clean(string name) => Regex.Replace(name, "[^A-Za-z0-9_-]", "_");

    /// <summary><c>mcp__server__tool</c>, in what models take: long names end in a mark that tells them apart.</summary>
    internal static string NameOf(string server, string tool)
    {
        var name = $"{Prefix}{server}__{Clean(tool)}";
        return name.Length <= MaxName ? name : $"{name[..(MaxName - MarkLength - 1)]}_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..MarkLength]}";
    }

    internal static bool Matches(string pattern, string tool)
    {
        // mcp__server alone means all of its tools.
        var glob = pattern.StartsWith(Prefix, StringComparison.Ordinal) && !pattern[Prefix.Length..].Contains("__", StringComparison.Ordinal) && !pattern.Contains('*', StringComparison.Ordinal)
            ? $"{pattern}__*"
            : pattern;
        return Regex.IsMatch(tool, $"^{Regex.Escape(glob).Replace("\\*", ".*", StringComparison.Ordinal)}$", RegexOptions.NonBacktracking);
    }

    private static bool CanMean(string pattern, string server)
    {
        var tools = $"{Prefix}{server}__";
        var fixedPart = pattern.Split('*')[0];
        return pattern == $"{Prefix}{server}" || fixedPart.StartsWith(tools, StringComparison.Ordinal)
            || (pattern.Contains('*', StringComparison.Ordinal) && tools.StartsWith(fixedPart, StringComparison.Ordinal));
    }
}
