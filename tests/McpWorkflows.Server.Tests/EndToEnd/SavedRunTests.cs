using McpWorkflows.Testing.Models;

namespace McpWorkflows.Server.Tests.EndToEnd;

public sealed class SavedRunTests
{
    [Fact]
    public async Task Run_WithSave_KeepsTheScriptWhichThenRunsByName()
    {
        await using var bench = await TestBench.StartAsync(call => ModelReply.Text(call.Prompt));
        var script = bench.Write("one", "return await agent(args ?? 'x')");

        var run = await bench.RunAsync("run", script, "--save", "again", "--json");
        var taken = await bench.RunAsync("run", script, "--save", "again");
        var second = await bench.RunAsync("run", "again", "--args", "\"y\"", "--json");
        var list = await bench.RunAsync("workflows", "--json");

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Contains("Saved as .mcpworkflows/workflows/again.js", run.Errors, StringComparison.Ordinal);
        Assert.Contains("name: 'again'", await File.ReadAllTextAsync(Path.Combine(bench.Workspace, ".mcpworkflows/workflows/again.js"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal((2, true), (taken.ExitCode, taken.Errors.Contains("--force", StringComparison.Ordinal)));
        Assert.Equal("y", second.Result.GetString());
        Assert.Equal(2, bench.Model.Log.Count);
        Assert.Equal("again", list.Json.GetProperty("workflows")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task Save_OfAFailedRunForTheUser_GoesToTheHome()
    {
        await using var bench = await TestBench.StartWithoutModelAsync();
        Directory.CreateDirectory(bench.Environment["HOME"]);
        var script = bench.Write("fails", "throw new Error('no')");

        var run = await bench.RunAsync("run", script, "--save", "kept", "--json");
        var saved = await bench.RunAsync("save", run.RunId, "kept", "--user", "--json");

        Assert.Contains($"mcp-workflows save {run.RunId} kept", run.Errors, StringComparison.Ordinal);
        Assert.True(saved.ExitCode == 0, saved.ToString());
        Assert.Equal("kept", saved.Json.GetProperty("name").GetString());
        Assert.True(File.Exists(Path.Combine(bench.Environment["HOME"], ".mcpworkflows/workflows/kept.js")));
        Assert.False(Directory.Exists(Path.Combine(bench.Workspace, ".mcpworkflows")));
    }

    [Theory]
    [InlineData("../up")]
    [InlineData("a b")]
    public async Task Run_SaveUnderAnUnsafeName_IsRefusedBeforeAnythingRuns(string name)
    {
        await using var bench = await TestBench.StartWithoutModelAsync();

        var run = await bench.RunAsync("run", bench.Write("one", "return await agent('x')"), "--save", name);

        Assert.Equal((2, 0), (run.ExitCode, bench.Model.Log.Count));
        Assert.Contains("cannot be a workflow's name", run.Errors, StringComparison.Ordinal);
    }
}
