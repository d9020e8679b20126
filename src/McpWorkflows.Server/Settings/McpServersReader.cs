using McpWorkflows.Agents.McpTools;

namespace McpWorkflows.Server.Settings;

/// <summary>Reads the section <c>mcpServers</c>, in the form that MCP clients' files have.</summary>
internal static class McpServersReader
{
    public static Dictionary<string, McpServerDefinition> Read(SettingsSection? section)
    {
        var servers = new Dictionary<string, McpServerDefinition>(StringComparer.Ordinal);
        foreach (var (name, value) in section?.All ?? [])
        {
            if (Server(section!, name, value) is { } server)
                servers[name] = server;
        }

        return servers;
    }

    private static McpServerDefinition? Server(SettingsSection servers, string name, SettingsValue value)
    {
        var section = servers.Section(name, value);
        // Clients' files say so too, in words of their own; the address or the command says it already.
        section.Text("type");
        var disabled = section.Flag("disabled");
        var server = new McpServerDefinition
        {
            Command = section.Text("command"),
            Args = section.Texts("args"),
            Env = section.Map("env"),
            Url = section.Address("url"),
            Headers = section.Map("headers"),
        };
        section.Close();
        if (server.Command is null == server.Url is null)
            throw servers.Error(name, value, "must have either \"command\" or \"url\"");
        return disabled == true ? null : server;
    }
}
