using McpWorkflows.Testing.Models;

namespace McpWorkflows.Server.Tests.EndToEnd;

/// <summary>From a rehearsal to the real thing.</summary>
public sealed class RehearsedRunTests
{
    private const string Script = """
        return await parallel([1, 2].map(i => () => agent(`Task ${i}`, { label: `task ${i}` })))
        """;

    // The journal answered the calls of the real run with what the rehearsal had made up.
    [Fact]
    public async Task Resume_RehearsedRunOnARealModel_AsksTheModel()
    {
        await using var bench = await TestBench.StartAsync(_ => ModelReply.Text("real"));
        var rehearsed = await bench.RunAsync("run", bench.Write("two", Script), "--model", "rehearsal", "--json");

        var real = await bench.RunAsync("resume", rehearsed.RunId, "--model", "openai/test-model", "--json");

        Assert.True(real.ExitCode == 0, real.ToString());
        Assert.Equal(["real", "real"], real.Result.EnumerateArray().Select(answer => answer.GetString()));
        Assert.False(real.Json.GetProperty("rehearsed").GetBoolean());
        Assert.Equal(2, bench.Model.Log.Count);
    }

    [Fact]
    public async Task Resume_FailedRunRehearsedThenReal_KeepsNothingMadeUp()
    {
        await using var bench = await TestBench.StartAsync(call => call.Prompt.Contains("Task 1", StringComparison.Ordinal) ? ModelReply.Text("real") : ModelReply.Unauthorized());
        var failed = await bench.RunAsync("run", bench.Write("two", Script), "--json");
        Assert.True(failed.ExitCode == 3, failed.ToString());
        var rehearsed = await bench.RunAsync("resume", failed.RunId, "--model", "rehearsal", "--json");
        bench.Model.Log.Clear();
        bench.Model.Handler = (_, _) => Task.FromResult(ModelReply.Text("real"));

        var real = await bench.RunAsync("resume", rehearsed.RunId, "--model", "openai/test-model", "--json");

        Assert.True(real.ExitCode == 0, real.ToString());
        Assert.Equal(["real", "real"], real.Result.EnumerateArray().Select(answer => answer.GetString()));
        Assert.False(real.Json.GetProperty("rehearsed").GetBoolean());
        Assert.Equal(1, bench.Model.Log.Count);
    }
}
