using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace McpWorkflows.Server.Doctor;

/// <summary>How one MCP client is told of servers.</summary>
/// <param name="Name">As people call it.</param>
/// <param name="Files">Where its configuration may lie; the first is the one to add to.</param>
/// <param name="Section">The member that lists servers; of a TOML file the table's prefix.</param>
internal sealed record ClientConfiguration(string Name, IReadOnlyList<string> Files, string Section)
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The folder that the client works in.</summary>
    public string Workspace { get; private init; } = "";

    /// <summary>The client reads JSON with comments and trailing commas.</summary>
    public bool TakesComments { get; private init; }

    /// <summary>The clients that are known.</summary>
    public static IReadOnlyList<ClientConfiguration> All(string home, string workspace)
    {
        var configuration = OperatingSystem.IsWindows()
            ? Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData)
            : OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Application Support") : Path.Combine(home, ".config");
        return
        [
            new("Claude Desktop", [Path.Combine(configuration, "Claude", "claude_desktop_config.json")], "mcpServers"),
            new("Claude Code", [Path.Combine(workspace, ".mcp.json"), Path.Combine(home, ".claude.json")], "mcpServers") { Workspace = workspace },
            new("VS Code", [Path.Combine(workspace, ".vscode", "mcp.json"), Path.Combine(configuration, "Code", "User", "mcp.json")], "servers") { TakesComments = true },
            new("Cursor", [Path.Combine(home, ".cursor", "mcp.json"), Path.Combine(workspace, ".cursor", "mcp.json")], "mcpServers"),
            new("Codex", [Path.Combine(home, ".codex", "config.toml"), Path.Combine(workspace, ".codex", "config.toml")], "mcp_servers"),
            new("Copilot CLI", [Path.Combine(home, ".copilot", "mcp-config.json"), Path.Combine(workspace, ".github", "mcp.json")], "mcpServers"),
            new("Gemini CLI", [Path.Combine(home, ".gemini", "settings.json"), Path.Combine(workspace, ".gemini", "settings.json")], "mcpServers") { TakesComments = true },
            new("opencode", [.. OpenCode(Path.Combine(home, ".config", "opencode")), .. OpenCode(workspace), .. OpenCode(Path.Combine(workspace, ".opencode"))], "mcp") { TakesComments = true },
        ];
    }

    private static string[] OpenCode(string folder) => [Path.Combine(folder, "opencode.json"), Path.Combine(folder, "opencode.jsonc")];

    /// <summary>What to paste into <see cref="Files"/>, with this executable's path.</summary>
    public string Block(string executable)
    {
        if (Name == "Codex")
            return $"[mcp_servers.workflows]\ncommand = {JsonSerializer.Serialize(executable, Readable)}\nargs = [\"serve\"]\nenv = {{ OPENAI_API_KEY = \"sk-...\", MCPWORKFLOWS_MODEL = \"openai/gpt-5-mini\" }}";
        var environment = new JsonObject { ["OPENAI_API_KEY"] = "sk-...", ["MCPWORKFLOWS_MODEL"] = "openai/gpt-5-mini" };
        var server = Name switch
        {
            "opencode" => new JsonObject { ["type"] = "local", ["command"] = new JsonArray(executable, "serve"), ["environment"] = environment },
            "VS Code" => new JsonObject { ["type"] = "stdio", ["command"] = executable, ["args"] = new JsonArray("serve"), ["env"] = environment },
            "Copilot CLI" => new JsonObject { ["type"] = "local", ["command"] = executable, ["args"] = new JsonArray("serve"), ["env"] = environment, ["tools"] = new JsonArray("*") },
            "Claude Desktop" => new JsonObject { ["command"] = executable, ["args"] = new JsonArray("serve", "--workspace", "/path/of/your/project"), ["env"] = environment },
            _ => new JsonObject { ["command"] = executable, ["args"] = new JsonArray("serve"), ["env"] = environment },
        };
        return new JsonObject { [Section] = new JsonObject { ["workflows"] = server } }.ToJsonString(Readable);
    }
}
