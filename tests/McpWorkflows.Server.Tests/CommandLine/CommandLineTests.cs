using System.Text.Json;
using McpWorkflows.Server.Tests.Processes;

namespace McpWorkflows.Server.Tests.CommandLine;

public class CommandLineTests
{
    private const string OneAgent = "export const meta = { name: 'one', description: 'One agent', phases: [{ title: 'Ask' }] }\nphase('Ask')\nreturn await agent('hello', { label: 'greeter' })\n";
    private const string Broken = "export const meta = { name: 'x', description: 'y' }\nconst a = ;\n";

    [Fact]
    public async Task Version_Printed_IsTheReleaseAlone()
    {
        using var folder = new TempFolder();

        var result = await ServerProcess.RunAsync(folder, "--version");

        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"^\d+\.\d+\.\d+\r?\n$", result.Output);
    }

    [Theory]
    [InlineData("rnu", "run")]
    [InlineData("statsu", "status")]
    public async Task Command_Typo_SuggestsTheNearest(string written, string meant)
    {
        using var folder = new TempFolder();

        var result = await ServerProcess.RunAsync(folder, written);

        Assert.Equal(2, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Contains($"Did you mean '{meant}'?", result.Error);
        Assert.Single(result.Error.Split('\n'), line => line.StartsWith("error:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_WithoutModel_SaysHowToConfigureOneAndNamesRehearsal()
    {
        using var folder = new TempFolder();
        folder.Write("one.js", OneAgent);

        var result = await ServerProcess.RunAsync(folder, "run", "one.js");

        Assert.Equal(2, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Contains("OPENAI_API_KEY", result.Error);
        Assert.Contains("--model rehearsal", result.Error);
    }

    [Fact]
    public async Task Run_Rehearsal_PrintsResultOnStdoutAndMarksItOnStderr()
    {
        using var folder = new TempFolder();
        folder.Write("one.js", OneAgent);

        var result = await ServerProcess.RunAsync(folder, "run", "one.js", "--model", "rehearsal");

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.NotEmpty(result.Output);
        Assert.DoesNotContain("\"", result.Output);
        Assert.Contains("REHEARSED", result.Error);
        Assert.Contains("phase Ask", result.Error);
    }

    [Fact]
    public async Task RunJson_Rehearsal_HasTheContractsShape()
    {
        using var folder = new TempFolder();
        folder.Write("one.js", OneAgent);

        var result = await ServerProcess.RunAsync(folder, "run", "one.js", "--model", "rehearsal", "--json");

        var json = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal("completed", json.GetProperty("state").GetString());
        Assert.True(json.GetProperty("rehearsed").GetBoolean());
        Assert.Equal(JsonValueKind.String, json.GetProperty("result").ValueKind);
        Assert.Equal(1, json.GetProperty("census").GetProperty("agents").GetInt32());
        Assert.Equal(0, json.GetProperty("census").GetProperty("fromJournal").GetInt32());
        Assert.Equal(0, json.GetProperty("census").GetProperty("failed").GetInt32());
        Assert.Equal(0, json.GetProperty("census").GetProperty("skipped").GetInt32());
        Assert.Equal(JsonValueKind.Number, json.GetProperty("usage").GetProperty("inputTokens").ValueKind);
        Assert.Equal(JsonValueKind.Number, json.GetProperty("usage").GetProperty("outputTokens").ValueKind);
        Assert.Equal(JsonValueKind.Number, json.GetProperty("durationMs").ValueKind);
        Assert.Empty(json.GetProperty("failures").EnumerateArray());
    }

    [Fact]
    public async Task StatusAndRuns_OfAnotherProcess_AgreeWithTheRun()
    {
        using var folder = new TempFolder();
        folder.Write("one.js", OneAgent);
        var run = JsonDocument.Parse((await ServerProcess.RunAsync(folder, "run", "one.js", "--model", "rehearsal", "--json")).Output).RootElement;
        var runId = run.GetProperty("runId").GetString()!;

        var status = await ServerProcess.RunAsync(folder, "status", runId, "--json");
        var runs = await ServerProcess.RunAsync(folder, "runs", "--json");

        Assert.Equal(0, status.ExitCode);
        Assert.Equal(run.GetProperty("result").GetString(), JsonDocument.Parse(status.Output).RootElement.GetProperty("result").GetString());
        var listed = Assert.Single(JsonDocument.Parse(runs.Output).RootElement.GetProperty("runs").EnumerateArray());
        Assert.Equal(runId, listed.GetProperty("runId").GetString());
        Assert.Equal("one", listed.GetProperty("name").GetString());
        Assert.Equal("completed", listed.GetProperty("state").GetString());
        Assert.True(listed.GetProperty("startedAt").TryGetDateTimeOffset(out _));
    }

    [Theory]
    [InlineData("{\"a\": 1,}", "--args:1:")]
    [InlineData("{a: 1}", "--args:1:2")]
    [InlineData("", "--args is empty")]
    [InlineData("@missing.json", "missing.json")]
    public async Task Run_BrokenArgs_NamesThePosition(string args, string place)
    {
        using var folder = new TempFolder();
        folder.Write("one.js", OneAgent);

        var result = await ServerProcess.RunAsync(folder, "run", "one.js", "--model", "rehearsal", "--args", args);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(place, result.Error);
    }

    [Fact]
    public async Task Run_ArgsFromFile_ReachTheScript()
    {
        using var folder = new TempFolder();
        folder.Write("echo.js", "export const meta = { name: 'echo', description: 'Echo' }\nreturn args.list\n");
        folder.Write("args.json", """{"list":[1,2,3]}""");

        var result = await ServerProcess.RunAsync(folder, "run", "echo.js", "--model", "rehearsal", "--args", "@args.json", "--json");

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Equal(3, JsonDocument.Parse(result.Output).RootElement.GetProperty("result").GetArrayLength());
    }

    [Theory]
    [InlineData("reveiw.js")]
    [InlineData("reveiw")]
    public async Task Run_FileTypo_SuggestsTheNearestFile(string written)
    {
        using var folder = new TempFolder();
        folder.Write("review.js", OneAgent);

        var result = await ServerProcess.RunAsync(folder, "run", written, "--model", "rehearsal");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("did you mean 'review.js'?", result.Error);
    }

    [Fact]
    public async Task Run_SavedName_IsFound()
    {
        using var folder = new TempFolder();
        folder.Write(".mcpworkflows/workflows/one.js", OneAgent);

        Assert.Equal(0, (await ServerProcess.RunAsync(folder, "run", "one", "--model", "rehearsal")).ExitCode);
    }

    [Fact]
    public async Task Run_ScriptThrows_ExitsWithOneAndNamesThePlace()
    {
        using var folder = new TempFolder();
        folder.Write("bad.js", "export const meta = { name: 'bad', description: 'Bad' }\nconst nothing = null\nreturn nothing.x\n");

        var result = await ServerProcess.RunAsync(folder, "run", "bad.js", "--model", "rehearsal");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("bad.js:3:", result.Error);
        Assert.DoesNotContain("   at ", result.Error);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("resume")]
    [InlineData("cancel")]
    public async Task Command_UnknownRun_HintsAtTheList(string command)
    {
        using var folder = new TempFolder();

        var result = await ServerProcess.RunAsync(folder, command, "wf_nowhere");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("wf_nowhere", result.Error);
        Assert.Contains("mcp-workflows runs", result.Error);
    }

    [Fact]
    public async Task Validate_GoodAndBad_PrintsPlaceAndSourceLine()
    {
        using var folder = new TempFolder();
        folder.Write("flows/good.js", OneAgent);
        folder.Write("flows/bad.js", Broken);

        var result = await ServerProcess.RunAsync(folder, "validate", "flows");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"flows{Path.DirectorySeparatorChar}bad.js:2:11: ", result.Output);
        Assert.Contains("const a = ;", result.Output);
        Assert.DoesNotContain("good.js", result.Output);
    }

    [Fact]
    public async Task Validate_NotPortable_IsANoteThatNoRunRepeats()
    {
        using var folder = new TempFolder();
        folder.Write("clock.js", "export const meta = { name: 'clock', description: 'Clock' }\nawait verify('x')\nreturn Date.now() > 0\n");

        var result = await ServerProcess.RunAsync(folder, "validate", "clock.js");
        var run = await ServerProcess.RunAsync(folder, "run", "clock.js", "--model", "rehearsal");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("clock.js:2:7: note: verify()", result.Output);
        Assert.Contains("clock.js:3:8: note: Date.now()", result.Output);
        Assert.Equal(0, run.ExitCode);
        Assert.DoesNotContain("portable", run.Output + run.Error);
    }

    [Fact]
    public async Task Rehearse_Script_TellsWhatARealRunWouldAsk()
    {
        using var folder = new TempFolder();
        folder.Write("two.js", "export const meta = { name: 'two', description: 'Two', phases: [{ title: 'Ask' }] }\nphase('Ask')\nawait agent('hello', { label: 'greeter' })\nreturn await agent('structure', { label: 'shaped', schema: { type: 'object', properties: { ok: { type: 'boolean' } } } })\n");

        var result = await ServerProcess.RunAsync(folder, "rehearse", "two.js", "--json");

        Assert.True(result.ExitCode == 0, result.Error);
        var json = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal(2, json.GetProperty("agents").GetInt32());
        var phase = Assert.Single(json.GetProperty("phases").EnumerateArray());
        Assert.Equal("Ask", phase.GetProperty("title").GetString());
        Assert.Equal(1, phase.GetProperty("withSchema").GetInt32());
        Assert.False(File.Exists(Path.Combine(folder.Path, "state", "journal.db")));
    }

    [Fact]
    public async Task Workflows_Saved_AreListed()
    {
        using var folder = new TempFolder();
        folder.Write(".claude/workflows/one.js", OneAgent);

        var result = await ServerProcess.RunAsync(folder, "workflows", "--json");

        var items = JsonDocument.Parse(result.Output).RootElement.GetProperty("workflows").EnumerateArray().ToList();
        Assert.Equal(["one", "code-review", "deep-research", "migrate", "plan"], items.Select(item => item.GetProperty("name").GetString()));
        Assert.Equal([".claude/workflows/one.js", "(bundled)"], items.Select(item => item.GetProperty("path").GetString()).Distinct());
    }

    [Fact]
    public async Task Resume_CompletedRun_MakesANewOneFromTheJournal()
    {
        using var folder = new TempFolder();
        folder.Write("one.js", OneAgent);
        var run = JsonDocument.Parse((await ServerProcess.RunAsync(folder, "run", "one.js", "--model", "rehearsal", "--json")).Output).RootElement;

        var result = await ServerProcess.RunAsync(folder, "resume", run.GetProperty("runId").GetString()!, "--json");

        Assert.True(result.ExitCode == 0, result.Error);
        var resumed = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal(run.GetProperty("runId").GetString(), resumed.GetProperty("parent").GetString());
        Assert.Equal(1, resumed.GetProperty("census").GetProperty("fromJournal").GetInt32());
    }
}
