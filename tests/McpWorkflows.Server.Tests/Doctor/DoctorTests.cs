using System.Text.Json;
using McpWorkflows.Server.Doctor;
using McpWorkflows.Server.Tests.Processes;
using McpWorkflows.Testing.Models;

namespace McpWorkflows.Server.Tests.Doctor;

public class DoctorTests
{
    [Fact]
    public async Task Machine_InOrder_ExitsWith0()
    {
        await using var model = await ModelServer.StartAsync(_ => ModelReply.Text("ok"));
        using var folder = new TempFolder().With(model);

        var result = await ServerProcess.RunAsync(folder, "doctor", "--json", "--model", "openai/test-model");

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        using var report = JsonDocument.Parse(result.Output);
        Assert.True(report.RootElement.GetProperty("healthy").GetBoolean());
        Assert.Contains("answers (200)", result.Output);
        Assert.DoesNotContain("test-key", result.Output);
    }

    [Fact]
    public async Task Machine_NothingListensAndAWorkflowIsBroken_EachFaultHasARemedy()
    {
        using var folder = new TempFolder();
        folder.Write(".mcpworkflows/workflows/broken.js", "const a = ;");
        var environment = new Dictionary<string, string>(folder.Environment)
        {
            ["OPENAI_BASE_URL"] = "http://127.0.0.1:9/v1",
            ["MCPWORKFLOWS_JOURNAL"] = "/proc/nowhere/journal.db",
        };

        var result = await ServerProcess.RunAsync(folder.Path, environment, "doctor", "--json", "--model", "openai/test-model");

        Assert.Equal(1, result.ExitCode);
        var faults = JsonDocument.Parse(result.Output).RootElement.GetProperty("findings").EnumerateArray()
            .Where(finding => finding.GetProperty("status").GetString() == "fault")
            .ToDictionary(finding => finding.GetProperty("check").GetString()!, finding => finding.GetProperty("remedy").GetString()!);
        Assert.Contains("OPENAI_BASE_URL", faults["endpoint openai"]);
        Assert.Contains("validate", faults["workflows"]);
        Assert.Contains("--journal", faults["journal"]);
    }

    [Fact]
    public async Task Endpoint_WithoutAModelList_CountsAndItsKeyIsNotPrinted()
    {
        using var folder = new TempFolder();
        var environment = new Dictionary<string, string>(folder.Environment);
        await using var refusing = await ModelServer.StartAsync(_ => ModelReply.Text("ok"));
        environment["OPENAI_BASE_URL"] = refusing.BaseUrl.Replace("/v1", "/nothing");
        environment["OPENAI_API_KEY"] = "sk-secret";

        var result = await ServerProcess.RunAsync(folder.Path, environment, "doctor", "--model", "openai/test-model");

        // An endpoint without a list of models is one all the same; its key is nowhere printed.
        Assert.Contains("answers (404)", result.Output);
        Assert.DoesNotContain("sk-secret", result.Output + result.Error);
    }

    [Theory]
    [InlineData("home/.cursor/mcp.json", """{ "mcpServers": { "workflows": { "command": "/nowhere/mcp-workflows", "args": ["serve"] } } }""", "Cursor", "fault")]
    [InlineData("home/.cursor/mcp.json", """{ "mcpServers": { "workflows": { "command": "/bin/sh", "args": ["mcp-workflows"] } } }""", "Cursor", "ok")]
    [InlineData("home/.cursor/mcp.json", """{ "mcpServers": { """, "Cursor", "fault")]
    [InlineData("home/.gemini/settings.json", """{ "theme": "dark" }""", "Gemini CLI", "note")]
    [InlineData(".vscode/mcp.json", """{ /* mine */ "servers": { "mcp-workflows": { "command": "/bin/sh", }, }, }""", "VS Code", "ok")]
    [InlineData("home/.codex/config.toml", "[mcp_servers.workflows]\ncommand = \"/nowhere/mcp-workflows\"\nargs = [\"serve\"]\n", "Codex", "fault")]
    [InlineData("home/.codex/config.toml", "model = \"x\"\n", "Codex", "note")]
    [InlineData("home/.codex/config.toml", "[mcp_servers.workflows]\ncommand = \"/bin/sh\"\nargs = [\"mcp-workflows\"]\n[mcp_servers.workflows.env]\nA = \"mcp-workflows\"\n", "Codex", "ok")]
    [InlineData(".codex/config.toml", "[mcp_servers.mcp-workflows]\ncommand =\n", "Codex", "fault")]
    [InlineData("home/.config/Claude/claude_desktop_config.json", """{ "mcpServers": { "w": { "command": "/bin/sh", "args": ["mcp-workflows", "serve", "--workspace", "/path/of/your/project"] } } }""", "Claude Desktop", "fault")]
    [InlineData("home/.config/Claude/claude_desktop_config.json", """{ /* mine */ "mcpServers": { "w": { "command": "/bin/sh", "args": ["mcp-workflows"] } } }""", "Claude Desktop", "fault")]
    [InlineData("home/.config/Claude/claude_desktop_config.json", """{ "mcpServers": { "w": { "command": "/bin/sh", "args": ["mcp-workflows"], "env": { "OPENAI_API_KEY": "sk-..." } } } }""", "Claude Desktop", "note")]
    [InlineData(".mcp.json", """{ "mcpServers": { "workflows": { "command": "/nowhere/mcp-workflows" } } }""", "Claude Code", "fault")]
    [InlineData("home/.claude.json", """{ "projects": { "WORKSPACE": { "mcpServers": { "workflows": { "type": "stdio", "command": "/nowhere/mcp-workflows" } } } } }""", "Claude Code", "fault")]
    [InlineData("home/.claude.json", """{ "projects": { "/elsewhere": { "mcpServers": { "workflows": { "command": "/nowhere/mcp-workflows" } } } } }""", "Claude Code", "note")]
    [InlineData("home/.copilot/mcp-config.json", """{ "mcpServers": { "workflows": { "type": "local", "command": "/bin/sh", "args": ["mcp-workflows"], "tools": ["*"] } } }""", "Copilot CLI", "ok")]
    [InlineData(".github/mcp.json", """{ "mcpServers": [] }""", "Copilot CLI", "note")]
    [InlineData("home/.gemini/settings.json", """{ "mcpServers": { "mcp-workflows": { "httpUrl": "http://127.0.0.1:7420/mcp" } } }""", "Gemini CLI", "ok")]
    [InlineData("opencode.jsonc", """{ "mcp": { /* the second version */ "servers": { "w": { "type": "local", "command": ["/nowhere/mcp-workflows", "serve"] } } } }""", "opencode", "fault")]
    [InlineData("opencode.json", "{\n  \"mcp\": {\n    \"a\": }\n}", "opencode", "fault")]
    [InlineData("home/.config/opencode/opencode.json", """{ "mcp": { "w": { "type": "local", "command": ["/bin/sh", "mcp-workflows"] } } }""", "opencode", "ok")]
    public void Client_Configuration_IsJudged(string file, string text, string client, string expected)
    {
        using var folder = new TempFolder();
        folder.Write(file, text.Replace("WORKSPACE", folder.Path, StringComparison.Ordinal));

        var findings = ClientChecks.Run(Path.Combine(folder.Path, "home"), folder.Path, "/opt/mcp-workflows").ToList();

        var finding = Assert.Single(findings);
        Assert.Equal((client, expected), (finding.Check, finding.Status));
        if (expected != "ok")
            Assert.False(string.IsNullOrEmpty(finding.Remedy));
    }

    [Fact]
    public void Block_OfEachClient_IsWhatItsOwnCheckFinds()
    {
        using var folder = new TempFolder();
        var home = Path.Combine(folder.Path, "home");
        var executable = folder.Write("mcp-workflows", "");
        foreach (var client in ClientConfiguration.All(home, folder.Path))
        {
            var block = client.Block(executable).Replace("sk-...", "sk-1", StringComparison.Ordinal).Replace("/path/of/your/project", folder.Path, StringComparison.Ordinal);
            folder.Write(Path.GetRelativePath(folder.Path, client.Files[0]), block);
        }

        var findings = ClientChecks.Run(home, folder.Path, executable).ToList();

        Assert.Equal(8, findings.Count);
        Assert.All(findings, finding => Assert.Equal("ok", finding.Status));
    }
}
