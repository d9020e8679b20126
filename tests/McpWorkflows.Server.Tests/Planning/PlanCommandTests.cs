using McpWorkflows.Server.Tests.EndToEnd;
using McpWorkflows.Testing.Models;

namespace McpWorkflows.Server.Tests.Planning;

/// <summary>Plans and policies at the command line, over a journal on disk.</summary>
public class PlanCommandTests
{
    private const string Script = """
        export const meta = { name: 'fan', description: 'Fans out' }
        return await parallel([...Array(AGENTS).keys()].map(i => () => agent(`look ${i}`, { label: `look ${i}` })))

        """;

    [Fact]
    public async Task Run_GoalWithALargePlan_WaitsOnDiskUntilItIsApproved()
    {
        await using var bench = await TestBench.StartAsync(call => Plans(call) ? Answered(25) : ModelReply.Text("seen"));

        var planned = await bench.RunAsync("run", "--goal", "Look at things", "--json");

        Assert.Equal((4, "planned"), (planned.ExitCode, planned.State));
        Assert.Contains(planned.RunId, planned.Errors);
        Assert.Contains("--approve", planned.Errors);
        var plan = planned.Json.GetProperty("plan");
        Assert.Equal(25, plan.GetProperty("agents").GetProperty("high").GetInt32());
        Assert.Single(bench.Model.Log.Calls);
        Assert.Contains("// Goal:\n//   Look at things", await File.ReadAllTextAsync(
            Path.Combine(bench.Workspace, plan.GetProperty("file").GetString()!), TestContext.Current.CancellationToken));
        Assert.Equal(4, (await bench.RunAsync("status", planned.RunId)).ExitCode);

        var run = await bench.RunAsync("resume", planned.RunId, "--approve", "--json");

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Equal(25, run.Census("agents"));
    }

    [Fact]
    public async Task Run_AnAlteredPlanFile_RunsAgain()
    {
        await using var bench = await TestBench.StartAsync(call => Plans(call) ? Answered(2) : ModelReply.Text("seen"));
        var planned = await bench.RunAsync("run", "--goal", "Look at things", "--plan-only", "--json");
        Assert.True(planned.ExitCode == 4, planned.ToString());

        var run = await bench.RunAsync("run", planned.Json.GetProperty("plan").GetProperty("file").GetString()!, "--json");

        Assert.Equal((0, 2), (run.ExitCode, run.Census("agents")));
    }

    [Fact]
    public async Task Run_Slice_RunsThreeAndTellsWhatTheWholeTakes()
    {
        await using var bench = await TestBench.StartAsync(_ => ModelReply.Text("seen"));
        var file = bench.Write("fan", "return await parallel([...Array(9).keys()].map(i => () => agent(`look ${i}`)))\n");

        var slice = await bench.RunAsync("run", file, "--slice", "--json");

        Assert.Equal((4, 3), (slice.ExitCode, slice.Census("agents")));
        Assert.Equal(9, slice.Json.GetProperty("slice").GetProperty("wholeAgents").GetInt32());
        Assert.Contains("the whole takes about 9 agents", slice.Errors);
        var run = await bench.RunAsync("resume", slice.RunId, "--approve", "--json");
        Assert.Equal((0, 3), (run.ExitCode, run.Census("fromJournal")));
    }

    [Fact]
    public async Task Run_AgainstAPolicy_NamesRuleAndFile()
    {
        await using var bench = await TestBench.StartAsync(_ => ModelReply.Text("seen"));
        var policy = Path.Combine(bench.Workspace, "policy.json");
        await File.WriteAllTextAsync(
            policy, """{ "policy": { "workflows": "named", "models": ["anthropic/*"] } }""", TestContext.Current.CancellationToken);
        var file = bench.Write("fan", "return await agent('look', { label: 'look' })\n");
        bench.Save("nightly", "return await agent('look', { label: 'look' })\n");
        bench.Policy = policy;

        var script = await bench.RunAsync("run", file);
        var named = await bench.RunAsync("run", "nightly", "--json");

        Assert.Equal(2, script.ExitCode);
        Assert.Contains($"policy.workflows in {policy}", script.Errors);
        Assert.Empty(bench.Model.Log.Calls);
        Assert.Contains($"policy.models in {policy} allows anthropic/*", named.Text);
    }

    private static bool Plans(ModelCall call) => call.Prompt.Contains("<job>", StringComparison.Ordinal);

    private static ModelReply Answered(int agents) => ModelReply.Text($"```js\n{Script.Replace("AGENTS", $"{agents}", StringComparison.Ordinal)}```");
}
