using McpWorkflows.Testing.Models;

namespace McpWorkflows.Server.Tests.EndToEnd;

/// <summary>
/// An endpoint that breaks in the middle of a run: half of the agents have answered, the others fail. The report says
/// why and what to do, and a resume asks for those alone.
/// </summary>
public sealed class FaultyEndpointTests
{
    private const string Script = """
        const answers = await parallel([0, 1, 2, 3, 4, 5].map(i => () =>
          agent(`Task ${i}`, { label: `task ${i}`, retries: 1 })))
        return { answers }
        """;

    /// <summary>Those that are to stall do so soon; the others may take their time, which they need on a busy machine.</summary>
    private static readonly string Impatient = Script.Replace("retries: 1", "retries: 1, stallMs: i > 2 ? 700 : undefined", StringComparison.Ordinal);

    /// <summary>The fault, and what the report must name: the cause, and the remedy.</summary>
    public static TheoryData<string, string, string> Faults => new()
    {
        { "401", "does not accept the API key", "Check OPENAI_API_KEY" },
        { "429", "rate limit", "Wait, then resume" },
        { "500", "failed \\(500", "resume" },
        { "overloaded", "overloaded", "Wait, then resume" },
        { "hang", "stalled: no sign of life for 0.7 s", "stallMs" },
        { "hang midway", "stalled: no sign of life for 0.7 s", "stallMs" },
        { "cut", "broke off", "resume" },
        { "garbage", "cannot be read", "Check that OPENAI_BASE_URL" },
        { "broken json", "cannot be read", "Check that OPENAI_BASE_URL" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Run_WhenTheEndpointFailsMidway_NamesCauseAndResumeAsksTheFailedOnly(string fault, string cause, string remedy)
    {
        await using var bench = await TestBench.StartAsync(call => IsLate(call) ? Break(fault) : Answer(call));
        var stalls = fault.StartsWith("hang", StringComparison.Ordinal);
        var script = bench.Write("faulty", stalls ? Impatient : Script);

        var run = await bench.RunAsync("run", script, "--json");

        Assert.True(run.ExitCode == 3, run.ToString());
        Assert.Equal("completed_with_failures", run.State);
        Assert.Equal(3, run.Census("failed"));
        Assert.Equal(["Task 0 done", "Task 1 done", "Task 2 done", null, null, null], Answers(run));
        Assert.All(run.Json.GetProperty("failures").EnumerateArray(), failure => Assert.Matches($"{cause}.*{remedy}", failure.GetProperty("cause").GetString()));
        AssertFitToShow(run);

        bench.Model.Log.Clear();
        bench.Model.Handler = (call, _) => Task.FromResult(Answer(call));
        string[] resume = ["resume", run.RunId, "--json"];
        var resumed = await bench.RunAsync(stalls ? [.. resume, "--script", bench.Write("faulty", Script)] : resume);

        Assert.True(resumed.ExitCode == 0, resumed.ToString());
        Assert.Equal(["Task 3", "Task 4", "Task 5"], bench.Model.Log.OpeningsByPrompt().Keys.Select(TaskOf).Order());
        Assert.Equal(Enumerable.Range(0, 6).Select(index => $"Task {index} done"), Answers(resumed));
        Assert.Equal(3, resumed.Census("fromJournal"));
    }

    [Fact]
    public async Task Run_WhenTheEndpointIsDown_NamesItsAddressAndRemedy()
    {
        await using var bench = await TestBench.StartAsync(Answer);
        var script = bench.Write("down", Script);
        bench.BaseUrl = "http://127.0.0.1:9/v1";

        var run = await bench.RunAsync("run", script, "--json");

        Assert.True(run.ExitCode == 3, run.ToString());
        Assert.Equal(6, run.Census("failed"));
        Assert.Contains("127.0.0.1:9", run.Text);
        Assert.Contains("OPENAI_BASE_URL", run.Text);
        AssertFitToShow(run);

        bench.BaseUrl = bench.Model.BaseUrl;
        var resumed = await bench.RunAsync("resume", run.RunId, "--json");

        Assert.True(resumed.ExitCode == 0, resumed.ToString());
        Assert.Equal(6, bench.Model.Log.Count);
    }

    [Fact]
    public async Task Run_WhenTheEndpointRecoversAfterRateLimits_LosesNoAgent()
    {
        var refused = 0;
        await using var bench = await TestBench.StartAsync(call =>
            Interlocked.Increment(ref refused) <= 8 ? ModelReply.RateLimited(TimeSpan.FromMilliseconds(50)) : Answer(call));
        var script = bench.Write("limited", """
            return await parallel(Array.from({ length: 12 }, (_, i) => () => agent(`Task ${i}`)))
            """);

        var run = await bench.RunAsync("run", script, "--json");

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Equal(0, run.Census("failed"));
    }

    [Fact]
    public async Task Run_WhenTheQuotaIsSpentForAWhile_WaitsAndGoesOnByItself()
    {
        DateTimeOffset? reset = null;
        await using var bench = await TestBench.StartAsync(call => IsLate(call) && DateTimeOffset.UtcNow < (reset ??= DateTimeOffset.UtcNow.AddSeconds(2))
            ? ModelReply.Error(429, "You exceeded your current quota, please try again in 2s.", "insufficient_quota", "insufficient_quota")
            : Answer(call));
        var script = bench.Write("quota", Script);

        var run = await bench.RunAsync("run", script, "--json");

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Equal(Enumerable.Range(0, 6).Select(index => $"Task {index} done"), Answers(run));
        Assert.Equal(0, run.Census("failed"));
        // Three answers at once, three refusals, and the three again.
        Assert.InRange(bench.Model.Log.Count, 6, 9);
    }

    [Fact]
    public async Task Run_WithACeilingInDollars_StopsNewAgentsThereAndSaysWhatItCost()
    {
        await using var bench = await TestBench.StartAsync(call => Answer(call).WithUsage(1_000, 100));
        Settings(bench, """{ "prices": { "openai/test-model": { "input": 1, "output": 10 } } }""");
        var script = bench.Write("dollars", """
            const answers = []
            let error
            try { for (let i = 0; i < 9; i++) answers.push(await agent(`Task ${i}`)) } catch (e) { error = `${e.name}: ${e.message}` }
            return { answers, error }
            """);

        var run = await bench.RunAsync("run", script, "--budget-usd", "0.005", "--json");

        Assert.True(run.ExitCode == 0, run.ToString());
        // Each costs 0.002: the third takes it over the ceiling and is the last.
        Assert.Equal(3, bench.Model.Log.Count);
        Assert.Equal(0.006m, run.Json.GetProperty("usage").GetProperty("cost").GetDecimal());
        Assert.StartsWith("WorkflowBudgetExceededError: The run's budget of $0.005 is spent ($0.006 used)", run.Result.GetProperty("error").GetString());
    }

    [Fact]
    public async Task Run_WithACeilingInDollarsOnAModelOfNoKnownPrice_AsksNothingAndSaysWhatToDo()
    {
        await using var bench = await TestBench.StartWithoutModelAsync();
        var script = bench.Write("priceless", "return await agent('Task 0')");

        var run = await bench.RunAsync("run", script, "--budget-usd", "1", "--json");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("the price of openai/test-model is not known", run.Text);
        Assert.Equal(0, bench.Model.Log.Count);
    }

    private static void Settings(TestBench bench, string json)
    {
        var folder = Directory.CreateDirectory(Path.Combine(bench.Environment["HOME"], ".mcpworkflows")).FullName;
        File.WriteAllText(Path.Combine(folder, "settings.json"), json);
    }

    private static bool IsLate(ModelCall call) => TaskOf(call.Prompt) is "Task 3" or "Task 4" or "Task 5";

    /// <summary>The host may dress a prompt; the task in it stays.</summary>
    private static string TaskOf(string prompt) => prompt[prompt.IndexOf("Task ", StringComparison.Ordinal)..][..6];

    private static ModelReply Answer(ModelCall call) => ModelReply.Text($"{TaskOf(call.Prompt)} done");

    private static ModelReply Break(string fault) => fault switch
    {
        "401" => ModelReply.Unauthorized(),
        "429" => ModelReply.RateLimited(TimeSpan.FromMilliseconds(20)),
        "500" => ModelReply.ServerError(),
        "overloaded" => ModelReply.Overloaded(),
        "hang" => ModelReply.Hang(),
        "hang midway" => ModelReply.Text("I was about to say something").InChunksOf(4).HangMidway(),
        "cut" => ModelReply.Text("I was about to say something").InChunksOf(4).CutMidway(),
        "garbage" => ModelReply.Garbage(),
        "broken json" => ModelReply.BrokenJson(),
        _ => throw new ArgumentOutOfRangeException(nameof(fault)),
    };

    private static IEnumerable<string?> Answers(CliResult run) =>
        run.Result.GetProperty("answers").EnumerateArray().Select(answer => answer.GetString());

    private static void AssertFitToShow(CliResult run)
    {
        Assert.DoesNotContain("   at ", run.Text);
        Assert.DoesNotContain("test-key", run.Text);
    }
}
