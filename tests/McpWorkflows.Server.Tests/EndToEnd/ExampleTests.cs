using System.Diagnostics;
using System.Text.Json;
using McpWorkflows.Testing.Models;

namespace McpWorkflows.Server.Tests.EndToEnd;

/// <summary>Every example, as README tells people to run it.</summary>
public sealed class ExampleTests
{
    public static TheoryData<string> Scripts =>
        [.. Directory.EnumerateFiles(Path.Combine(TestBench.Repository, "examples"), "*.js").Select(path => Path.GetFileName(path))];

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Example_InRehearsalWithoutArgs_Completes(string script)
    {
        await using var bench = await TestBench.StartWithoutModelAsync();

        var run = await bench.RunAsync("run", TestBench.Example(script), "--model", "rehearsal", "--json");

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Equal("completed", run.State);
        Assert.True(run.Json.GetProperty("rehearsed").GetBoolean());
        Assert.InRange(run.Census("agents"), 4, 40);
        Assert.Equal(0, bench.Model.Log.Count);
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Example_Validated_IsPortableWithoutWarnings(string script)
    {
        await using var bench = await TestBench.StartWithoutModelAsync();

        var validation = await bench.RunAsync("validate", TestBench.Example(script));

        Assert.True(validation.ExitCode == 0, validation.ToString());
        Assert.DoesNotContain("not portable", validation.Text);
    }

    [Fact]
    public async Task FanOut_OverListInArgs_ReturnsOneAnswerPerEntryInOrder()
    {
        await using var bench = await TestBench.StartAsync(call => ModelReply.Text($"about {call.Prompt.Split("Subject: ")[1]}"));

        var run = await bench.RunAsync("run", TestBench.Example("fan-out.js"), "--args", """["tea", "coffee", "Wässer 水"]""", "--json");

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Equal(
            ["about tea", "about coffee", "about Wässer 水"],
            run.Result.GetProperty("answers").EnumerateArray().Select(row => row.GetProperty("answer").GetString()));
    }

    [Fact]
    public async Task BudgetLoop_WhenTheBudgetIsSpent_StopsAndSaysSo()
    {
        var round = 0;
        await using var bench = await TestBench.StartAsync(call => ModelReply.Answer(call, new { cases = new[] { $"case {Interlocked.Increment(ref round)}" } }).WithUsage(100, 1_000));

        var run = await bench.RunAsync(
            "run", TestBench.Example("budget-loop.js"), "--args", """{ "reserve": 1000 }""", "--budget", "7000", "--json");

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Equal("budget", run.Result.GetProperty("stopped").GetString());
        Assert.Equal(2, run.Result.GetProperty("rounds").GetInt32());
        Assert.Equal(6_000, run.Result.GetProperty("tokens").GetInt32());
    }

    [Fact]
    public async Task Client_DrivingTheServer_PrintsTheResult()
    {
        await using var bench = await TestBench.StartWithoutModelAsync();

        var (output, errors) = await RunProgramAsync(bench, "WorkflowClient", "examples/fan-out.js", """["tea", "coffee"]""");

        Assert.Equal(2, output.GetProperty("answers").GetArrayLength());
        Assert.Contains("tool start_workflow", errors);
    }

    [Fact]
    public async Task InProcess_OnAModelServer_RunsAndReusesWhatHasNotChanged()
    {
        await using var bench = await TestBench.StartAsync(call => ModelReply.Answer(call, call.AnswerSchema is null ? "The Swan" : new { name = "Swan" }));

        var (output, errors) = await RunProgramAsync(bench, "WorkflowInProcess", "openai/test-model", Path.Combine(bench.Workspace, "runs.db"));

        Assert.Equal("The Swan", output.GetProperty("choice").GetString());
        Assert.Contains("Completed: 4 agents", errors);
        Assert.Contains("Completed: 3 agents from the journal, 1 asked", errors);
        Assert.Equal(5, bench.Model.Log.Count);
    }

    [Fact]
    public async Task InProcess_WithoutArguments_IsARehearsal()
    {
        await using var bench = await TestBench.StartWithoutModelAsync();

        var (output, errors) = await RunProgramAsync(bench, "WorkflowInProcess");

        Assert.Equal(3, output.GetProperty("proposals").GetArrayLength());
        Assert.Contains("phase:", errors);
        Assert.Equal(0, bench.Model.Log.Count);
    }

    /// <summary>Runs an example that is a program, from the repository's root; fails unless it ends well.</summary>
    private static async Task<(JsonElement Output, string Errors)> RunProgramAsync(TestBench bench, string name, params string[] arguments)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(here.Parent!.Parent!.FullName, name, here.Name, $"{name}.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            WorkingDirectory = TestBench.Repository,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (variable, value) in bench.Environment)
        {
            start.Environment[variable] = value;
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(process.ExitCode == 0, output + await errors);
        return (JsonElement.Parse(output), await errors);
    }
}
