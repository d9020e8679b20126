using System.Text.Json;
using McpWorkflows.Server.CommandLine;
using McpWorkflows.Server.Tests.EndToEnd;
using McpWorkflows.Testing.Models;

namespace McpWorkflows.Server.Tests.CommandLine;

/// <summary><c>prune</c>, <c>export</c> and <c>import</c> with the real executable.</summary>
public sealed class HistoryCommandTests
{
    private const string Script = "return await parallel(Array.from({ length: 40 }, (_, i) => () => agent(`Task ${i} \\ud800`)))";

    [Fact]
    public async Task Import_OnAnotherMachine_ResumesWithoutACall()
    {
        await using var here = await TestBench.StartAsync(_ => ModelReply.Text("done"));
        var run = await here.RunAsync("run", here.Write("fan-out", Script), "--json");
        Assert.True(run.ExitCode == 0, run.ToString());
        var file = Path.Combine(here.Workspace, "run.jsonl");
        Assert.Equal(0, (await here.RunAsync("export", run.RunId, "--out", file)).ExitCode);
        await using var there = await TestBench.StartWithoutModelAsync();

        var imported = await there.RunAsync("import", file, "--json");
        Assert.True(imported.ExitCode == 0, imported.ToString());
        var resumed = await there.RunAsync("resume", run.RunId, "--json");

        Assert.True(resumed.ExitCode == 0, resumed.ToString());
        Assert.Equal(0, there.Model.Log.Count);
        Assert.Equal(40, resumed.Census("fromJournal"));
        Assert.Equal(run.Result.GetRawText(), resumed.Result.GetRawText());

        var again = await there.RunAsync("import", file);
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("--as-new", again.Errors, StringComparison.Ordinal);
        Assert.Equal(0, (await there.RunAsync("import", file, "--as-new")).ExitCode);
    }

    [Fact]
    public async Task Import_RunThatWasKilled_GoesOnWhereItWas()
    {
        // Nobody answers from there on: the kill meets a run that is at work, however late it comes.
        await using var here = await TestBench.StartAsync(call => call.Number > 25 ? ModelReply.Hang() : ModelReply.Text("done"));
        using (var process = here.Start("run", here.Write("fan-out", Script), "--json"))
        {
            await here.Model.Log.WaitForCallsAsync(25, TestBench.Patience);
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var runId = (await here.RunAsync("runs", "--json")).Json.GetProperty("runs")[0].GetProperty("runId").GetString()!;
        var exported = await here.RunAsync("export", runId);
        await using var there = await TestBench.StartAsync(_ => ModelReply.Text("done"));
        var file = Path.Combine(there.Workspace, "run.jsonl");
        await File.WriteAllTextAsync(file, exported.Out, TestContext.Current.CancellationToken);

        var imported = await there.RunAsync("import", file, "--json");
        Assert.Equal("interrupted", imported.Json.GetProperty("state").GetString());
        var resumed = await there.RunAsync("resume", runId, "--json");

        Assert.True(resumed.ExitCode == 0, resumed.ToString());
        Assert.Equal(40, resumed.Census("fromJournal") + there.Model.Log.Count);
        Assert.InRange(there.Model.Log.Count, 1, 39);
    }

    [Fact]
    public async Task Import_FileOfTheFirstReleaseThatExported_ResumesWithoutACall()
    {
        await using var bench = await TestBench.StartWithoutModelAsync();
        var file = Path.Combine(AppContext.BaseDirectory, "Approved", "run-v1.jsonl");

        var imported = await bench.RunAsync("import", file, "--json");
        Assert.True(imported.ExitCode == 0, imported.ToString());
        var resumed = await bench.RunAsync("resume", imported.RunId, "--json");

        Assert.True(resumed.ExitCode == 0, resumed.ToString());
        Assert.Equal(0, bench.Model.Log.Count);
        Assert.Equal(5, resumed.Census("fromJournal"));
        Assert.Equal(4, resumed.Result.GetProperty("z").GetInt32());
    }

    [Fact]
    public async Task Prune_Parent_LeavesTheChildResumable()
    {
        await using var bench = await TestBench.StartAsync(_ => ModelReply.Text("done"));
        var script = bench.Write("fan-out", Script);
        var parent = await bench.RunAsync("run", script, "--json");
        var child = await bench.RunAsync("resume", parent.RunId, "--json");
        Assert.True(child.ExitCode == 0, child.ToString());

        var dry = await bench.RunAsync("prune", "--keep", "1", "--dry-run", "--json");
        Assert.Equal([parent.RunId], dry.Json.GetProperty("runs").Deserialize<string[]>()!);
        var pruned = await bench.RunAsync("prune", "--keep", "1");
        Assert.StartsWith("1 run deleted.", pruned.Errors, StringComparison.Ordinal);
        Assert.Equal(2, (await bench.RunAsync("status", parent.RunId)).ExitCode);

        var grandchild = await bench.RunAsync("resume", child.RunId, "--json");
        Assert.True(grandchild.ExitCode == 0, grandchild.ToString());
        Assert.Equal(40, grandchild.Census("fromJournal"));
    }

    [Theory]
    [InlineData("prune")]
    [InlineData("prune", "--older-than", "soon")]
    [InlineData("prune", "--older-than", "-1d")]
    [InlineData("prune", "--keep", "-1")]
    [InlineData("export", "wf_none")]
    [InlineData("import", "no-such-file")]
    public async Task History_WrongUse_IsSaid(params string[] arguments)
    {
        await using var bench = await TestBench.StartWithoutModelAsync();

        var result = await bench.RunAsync(arguments);

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("error: ", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("30d", 43_200)]
    [InlineData("1.5h", 90)]
    [InlineData("90m", 90)]
    public void Age_WithUnit_IsRead(string text, double minutes) => Assert.Equal(TimeSpan.FromMinutes(minutes), PruneCommand.Age(text));
}
