using McpWorkflows.Agents;

namespace McpWorkflows.Server.Settings;

/// <summary>Reads the section <c>mcpServers</c>, in the form that MCP clients' files have.</summary>
internal static class McpServersReader
{
    public static McpServerSettings[] Read(SettingsSection? section) =>
        [.. (section?.All ?? []).Select(member => Server(section!, member.Name, member.Value)).OfType<McpServerSettings>()];

    private static McpServerSettings? Server(SettingsSection servers, string name, SettingsValue value)
    {
        var section = servers.Section(name, value);
        // Clients' files say so too, in words of their own; the address or the command says it already.
        section.Text("type");
        var disabled = section.Flag("disabled");
        var server = new McpServerSettings
        {
            Name = name,
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
