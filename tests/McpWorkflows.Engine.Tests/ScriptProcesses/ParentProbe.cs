using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.Tests.Scripting;

namespace McpWorkflows.Engine.Tests.ScriptProcesses;

/// <summary>A server that burns in one script process, waits in another run, and is then killed by the test.</summary>
internal static class ParentProbe
{
    public const string Verb = "parent-probe";

    public static async Task<int> RunAsync()
    {
        var processes = TestProcesses.Start();
        var runtime = processes.Create();
        await runtime.TurnAsync(Start("await agent('x');"), CancellationToken.None);
        _ = processes.Create().TurnAsync(Start("while (true);"), CancellationToken.None).AsTask();
        Console.WriteLine(processes.Processes[0].ProcessId);
        await Task.Delay(Timeout.InfiniteTimeSpan);
        return 0;
    }

    private static StartScript Start(string body) => new()
    {
        Script = ScriptDriver.Body(body),
        FileName = "test.js",
        Seed = 1,
        Time = ScriptDriver.StartTime,
        Limits = new ScriptLimits(),
    };
}
