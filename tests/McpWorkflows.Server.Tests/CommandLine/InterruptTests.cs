using System.Diagnostics;
using System.Text.Json;
using McpWorkflows.Server.Tests.Processes;
using McpWorkflows.Testing.Models;

namespace McpWorkflows.Server.Tests.CommandLine;

public class InterruptTests
{
    private const string TwoAgents = "export const meta = { name: 'two', description: 'Two agents' }\nconst first = await agent('first')\nreturn [first, await agent('second')]\n";

    [Fact]
    public async Task Run_InterruptedOnce_KeepsWhatIsDoneAndTellsHowToResume()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no way to send Ctrl-C to one process alone.");
        await using var model = await ModelServer.StartAsync(call => call.Prompt.Contains("second", StringComparison.Ordinal) ? ModelReply.Hang() : ModelReply.Text("one"));
        using var folder = new TempFolder().With(model);
        folder.Write("two.js", TwoAgents);
        using var process = ServerProcess.Start(folder.Path, folder.Environment, "run", "two.js", "--model", "openai/test-model", "--json");
        await model.Log.WaitForCallsAsync(2, ServerProcess.Timeout);

        await InterruptAsync(process);
        var result = await ServerProcess.EndAsync(process);

        Assert.Equal(5, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Contains("mcp-workflows resume wf_", result.Error);
        model.Handler = (_, _) => Task.FromResult(ModelReply.Text("two"));
        model.Log.Clear();
        var runs = JsonDocument.Parse((await ServerProcess.RunAsync(folder, "runs", "--json")).Output).RootElement.GetProperty("runs");
        Assert.Equal("interrupted", runs[0].GetProperty("state").GetString());
        var resumed = await ServerProcess.RunAsync(folder, "resume", runs[0].GetProperty("runId").GetString()!, "--json");
        Assert.True(resumed.ExitCode == 0, resumed.Error);
        Assert.Equal(["one", "two"], JsonDocument.Parse(resumed.Output).RootElement.GetProperty("result").EnumerateArray().Select(item => item.GetString()));
        Assert.Equal(1, model.Log.Count);
    }

    [Fact]
    public async Task RunGoal_PlannerOnAModelServer_WritesAndRunsTheScript()
    {
        await using var model = await ModelServer.StartAsync(call => ModelReply.Text(
            call.Prompt.Contains("<job>", StringComparison.Ordinal)
                ? "```js\nexport const meta = { name: 'planned', description: 'By the planner' }\nreturn await agent('do it', { label: 'doer' })\n```"
                : "done"));
        using var folder = new TempFolder().With(model);

        var result = await ServerProcess.RunAsync(folder, "run", "--goal", "Do it", "--model", "openai/test-model");

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Equal("done", result.Output.Trim());
        Assert.Contains("planned: planned", result.Error);
    }

    [Fact]
    public async Task Cancel_FromAnotherProcess_EndsTheRun()
    {
        await using var model = await ModelServer.StartAsync(_ => ModelReply.Hang());
        using var folder = new TempFolder().With(model);
        folder.Write("two.js", TwoAgents);
        using var process = ServerProcess.Start(folder.Path, folder.Environment, "run", "two.js", "--model", "openai/test-model", "--json");
        await model.Log.WaitForCallsAsync(1, ServerProcess.Timeout);
        var runs = JsonDocument.Parse((await ServerProcess.RunAsync(folder, "runs", "--json")).Output).RootElement.GetProperty("runs");

        var cancel = await ServerProcess.RunAsync(folder, "cancel", runs[0].GetProperty("runId").GetString()!);
        var result = await ServerProcess.EndAsync(process);

        Assert.Equal(0, cancel.ExitCode);
        Assert.Equal(5, result.ExitCode);
        Assert.Equal("cancelled", JsonDocument.Parse(result.Output).RootElement.GetProperty("state").GetString());
    }

    private static async Task InterruptAsync(Process process)
    {
        using var kill = Process.Start("kill", ["-INT", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }
}
