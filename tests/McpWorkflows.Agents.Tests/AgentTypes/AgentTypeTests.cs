using McpWorkflows.Agents.AgentTypes;
using McpWorkflows.Agents.Tests.Harness;
using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Agents.Tests.AgentTypes;

public sealed class AgentTypeTests
{
    [Fact]
    public void Read_ClaudesFile_TakesWhatItSays()
    {
        var type = AgentTypeReader.Read("file", """
            ---
            name: code-reviewer
            description: "Reviews: code, \"hard\""
            tools: Read, Grep, Bash(git diff:*, git log:*)
            disallowedTools:
              - Write
              - 'Edit'
            model: inherit
            effort: high
            color: purple
            ---
            You review.

            ---
            Carefully.
            """.ReplaceLineEndings("\r\n"), AgentTypeOrigin.Home);

        Assert.Equal("code-reviewer", type.Name);
        Assert.Equal("Reviews: code, \"hard\"", type.Description);
        Assert.Equal(["Read", "Grep", "Bash(git diff:*, git log:*)"], type.Tools!);
        Assert.Equal(["Write", "Edit"], type.DisallowedTools!);
        Assert.Null(type.Model);
        Assert.Equal("high", type.Effort);
        Assert.Equal("You review.\n\n---\nCarefully.", type.Instructions);
        Assert.Equivalent(type, AgentTypeDefinition.FromJson(type.ToJson()), strict: true);
    }

    [Theory]
    [InlineData("command: claude -p --output-format json", "claude|-p|--output-format|json")]
    [InlineData("command: [codex, exec, --json, \"{prompt}\"]", "codex|exec|--json|{prompt}")]
    [InlineData("command:\n  - my agent\n  - --deep", "my agent|--deep")]
    [InlineData("command: 'run.sh \"two words\" x\\ y'", "run.sh|two words|x y")]
    public void Read_Command_ComesApart(string line, string expected)
    {
        var type = AgentTypeReader.Read("x", $"---\n{line}\nenv: KEY_A, KEY_B\ntimeoutSeconds: 90\n---\nDo.", AgentTypeOrigin.Home);

        Assert.Equal(expected, string.Join('|', type.Command!.Line));
        Assert.Equal(["KEY_A", "KEY_B"], type.Command.Env);
        Assert.Equal(90, type.Command.TimeoutSeconds);
    }

    [Fact]
    public void Find_SameNameInSeveralPlaces_TakesTheNearest()
    {
        using var folder = new TempFolder();
        var home = folder.At("../home");
        var catalog = new AgentTypeCatalog(home);
        string? Found(string name) => catalog.Find(folder.Path, name)?.Instructions;

        folder.Write("../home/.claude/agents/a.md", "home claude");
        Assert.Equal("home claude", Found("a"));
        folder.Write("../home/.mcpworkflows/agents/a.md", "home own");
        Assert.Equal("home own", Found("a"));
        folder.Write(".claude/agents/deep/any.md", "---\nname: a\n---\nproject claude");
        Assert.Equal("project claude", Found("a"));
        folder.Write(".mcpworkflows/agents/a.md", "project own");
        Assert.Equal("project own", Found("a"));
        Assert.Equal("project own", Found("A"));
        Assert.Null(Found("b"));
        Assert.Equal(["a", "Explore", "general-purpose", "Plan"], catalog.Names(folder.Path));
    }

    [Fact]
    public async Task AgentType_GivesPromptToolsAndModel_AndASchemaWorksWithIt()
    {
        var client = new ScriptedChatClient(ScriptedChatClient.Call("StructuredOutput", """{"n":1}"""));
        using var bench = new HostBench(client);
        bench.Folder.Write(".claude/agents/r.md", "---\nname: r\ntools: Read\nmodel: openai/special\neffort: low\n---\nYou are R.");

        var outcome = await bench.RunAsync(new AgentOptions { AgentType = "r", SchemaJson = """{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"]}""" });

        Assert.Equal("""{"n":1}""", outcome.AnswerJson);
        Assert.Equal("openai/special", outcome.Model);
        var asked = client.Requests[0];
        Assert.StartsWith("You are R.\n\nYou were started by a workflow script.", asked.Messages[0].Text, StringComparison.Ordinal);
        Assert.Equal(["read_file", "StructuredOutput"], asked.ToolNames);
        Assert.NotNull(asked.Options.Reasoning);
    }

    [Fact]
    public async Task AgentType_BuiltIn_RunsAndTheCallsOptionsGoFirst()
    {
        var client = new ScriptedChatClient(ScriptedChatClient.Text("ok"));
        using var bench = new HostBench(client, new() { WriteFile = true });

        await bench.RunAsync(new AgentOptions { AgentType = "Explore" });
        await bench.RunAsync(new AgentOptions { AgentType = "general-purpose", Model = "openai/mine", Tools = ["read_file"] });
        await bench.RunAsync(new AgentOptions { AgentType = "general-purpose" });

        Assert.Equal(["list_files", "search_text", "read_file"], client.Requests[0].ToolNames);
        Assert.Equal(["read_file"], client.Requests[1].ToolNames);
        Assert.Equal("mine", client.Requests[1].Options.ModelId);
        Assert.Contains("write_file", client.Requests[2].ToolNames);
    }

    [Fact]
    public void Find_WithoutAHome_TakesTheWorkspacesAndTheBuiltIn()
    {
        using var folder = new TempFolder();
        folder.Write(".claude/agents/mine.md", "---\nname: mine\n---\nBe brief.");
        var catalog = new AgentTypeCatalog("");

        Assert.Equal("Be brief.", catalog.Find(folder.Path, "mine")?.Instructions);
        Assert.NotNull(catalog.Find(folder.Path, "Explore"));
    }

    [Fact]
    public async Task AgentType_Unknown_IsRefusedWithTheKnownOnes()
    {
        using var bench = new HostBench();
        bench.Folder.Write(".mcpworkflows/agents/mine.md", "x");

        var outcome = await bench.RunAsync(new AgentOptions { AgentType = "other" });

        Assert.Equal(AgentOutcomeKind.Refused, outcome.Kind);
        Assert.Equal("agent type 'other' not found. Known: Explore, general-purpose, mine, Plan.", outcome.Failure!.Cause);
    }
}
