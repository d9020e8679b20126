using McpWorkflows.Agents.Tests.Harness;
using McpWorkflows.Agents.Tools;
using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Agents.Tests.Tools;

public sealed class ToolGrantTests
{
    private static readonly GrantedTools Everything = new() { WriteFile = true, EditFile = true, RunCommand = true };

    public static TheoryData<string[]?, string[]?, bool, string> Selections => new()
    {
        { null, null, false, "list_files,read_file,search_text" },
        { null, null, true, "edit_file,list_files,read_file,run_command,search_text,write_file" },
        { [], null, true, "" },
        { ["read_*"], null, true, "read_file" },
        { ["*"], ["*_file"], true, "list_files,run_command,search_text" },
        { ["Read", "Edit", "Bash(git:*)"], null, true, "edit_file,read_file,run_command" },
        { ["Read", "Edit", "Bash"], null, false, "read_file" },
        { null, ["Bash", "Write", "Edit"], true, "list_files,read_file,search_text" },
    };

    [Theory]
    [MemberData(nameof(Selections))]
    public void Selection_ByPatternsAndGrants_GivesTheTools(string[]? tools, string[]? disallowed, bool granted, string expected)
    {
        var selection = ToolSelection.From(tools, disallowed, granted ? Everything : GrantedTools.None);

        Assert.Equal(expected, string.Join(',', selection.Names.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task Tool_AskedForButNotGranted_IsToldToTheModelAndRecorded()
    {
        var client = new ScriptedChatClient(ScriptedChatClient.Call("write_file", """{"path":"x","content":"y"}"""), ScriptedChatClient.Text("could not"));
        using var bench = new HostBench(client);

        var outcome = await bench.RunAsync(new AgentOptions { Tools = ["read_file", "Write"] });

        Assert.Contains("Not available in this run: write_file (not granted)", client.Requests[0].Messages[1].Text, StringComparison.Ordinal);
        Assert.StartsWith("Error: write_file is not granted in this run.", client.Requests[1].LastText, StringComparison.Ordinal);
        Assert.Equal(["Tools not available: write_file (not granted)"], outcome.Notes!);
        Assert.False(File.Exists(bench.Folder.At("x")));
    }

    [Fact]
    public async Task Tool_Granted_WritesAndTheRecordSaysWhatConfinedCommands()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The command is one of a Unix shell.");
        var client = new ScriptedChatClient(
            ScriptedChatClient.Call("write_file", """{"path":"x","content":"y"}"""), ScriptedChatClient.Call("run_command", """{"command":"cat x"}"""), ScriptedChatClient.Text("done"));
        using var bench = new HostBench(client, Everything);

        var outcome = await bench.RunAsync();

        Assert.Equal("[exit code 0]\ny", client.Requests[2].LastText);
        Assert.Equal(["Commands ran without a sandbox, with the rights of the server."], outcome.Notes!);
    }

    [Fact]
    public void Parse_UnknownWord_IsNamedWithWhatIsKnown()
    {
        var granted = GrantedTools.Parse(["write", "run_comand"], out var problem);

        Assert.True(granted is { WriteFile: true, EditFile: true, RunCommand: false });
        Assert.StartsWith("'run_comand' cannot be allowed", problem, StringComparison.Ordinal);
    }
}
