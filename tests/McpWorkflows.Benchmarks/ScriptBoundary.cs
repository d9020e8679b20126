using System.Diagnostics;
using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.ScriptProcesses;

namespace McpWorkflows.Benchmarks;

/// <summary><c>scripts</c>: what it costs that scripts run in processes of their own, without models and journal.</summary>
internal sealed class ScriptBoundary(BenchmarkOptions options, TextWriter output)
{
    private const string Calls = "for (;;) await agent('Task: name one thing', { label: 'task' });";

    public static async Task<int> RunAsync(BenchmarkOptions options, TextWriter output)
    {
        await new ScriptBoundary(options, output).RunAsync();
        return 0;
    }

    private async Task RunAsync()
    {
        await output.WriteLineAsync($"{Environment.ProcessorCount} cores, {options.Calls} calls a run\n| script process | |\n|---|---|");
        var start = Stopwatch.StartNew();
        await using var processes = Start(1);
        processes.Warm();
        var first = await OpenAsync(processes, Calls);
        await LineAsync("start to the first turn", $"{start.ElapsedMilliseconds} ms");
        await LineAsync("a call, in this process", $"{await CallAsync(new JintScriptRuntimeFactory(), 1):0} µs");
        await LineAsync("a call, through the boundary", $"{await CallAsync(processes, 1):0} µs");
        await LineAsync("a call, 16 runs at once, in this process", $"{await CallAsync(new JintScriptRuntimeFactory(), 16):0} µs");
        await LineAsync("a call, 16 runs at once, through the boundary", $"{await CallAsync(processes, 16):0} µs");
        await LineAsync("the process, one run", $"{Resident(processes) / 1048576.0:0} MB resident");
        await first.DisposeAsync();
        await ReplayAsync();
        foreach (var runs in new[] { 100, 1_000 })
        {
            await IdleAsync(runs);
        }
    }

    private async Task<double> CallAsync(IScriptRuntimeFactory factory, int runs)
    {
        var scripts = await Task.WhenAll(Enumerable.Range(0, runs).Select(_ => OpenAsync(factory, Calls)));
        await Task.WhenAll(scripts.Select(script => DeliverAsync(script, 1, options.Calls / 2)));
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(scripts.Select(script => DeliverAsync(script, options.Calls / 2 + 1, options.Calls)));
        var calls = runs * (options.Calls - options.Calls / 2);
        var each = watch.Elapsed.TotalMicroseconds / calls;
        foreach (var script in scripts)
        {
            await script.DisposeAsync();
        }

        return each;
    }

    private async Task ReplayAsync()
    {
        await using var processes = Start(1);
        await using var script = await OpenAsync(processes, Calls);
        await DeliverAsync(script, 1, options.Calls);
        using (var process = Process.GetProcessById(processes.Processes[0].ProcessId))
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        var watch = Stopwatch.StartNew();
        await DeliverAsync(script, options.Calls + 1, options.Calls + 1);
        await LineAsync($"replay of {options.Calls} calls after its process was killed, start of another included", $"{watch.ElapsedMilliseconds} ms");
    }

    private async Task IdleAsync(int runs)
    {
        await using var processes = Start(1);
        var scripts = new List<IScriptRuntime> { await OpenAsync(processes, Calls) };
        await DeliverAsync(scripts[0], 1, 100);
        var before = Resident(processes);
        var here = GC.GetTotalMemory(forceFullCollection: true);
        for (var run = 0; run < runs; run++)
        {
            scripts.Add(await OpenAsync(processes, Calls));
        }

        await LineAsync(
            $"{runs} waiting runs, each",
            $"{(Resident(processes) - before) / 1024.0 / runs:0} KB in the script process, {(GC.GetTotalMemory(forceFullCollection: true) - here) / 1024.0 / runs:0} KB here");
        foreach (var script in scripts)
        {
            await script.DisposeAsync();
        }
    }

    private static long Resident(ScriptProcessRuntimeFactory processes)
    {
        using var process = Process.GetProcessById(processes.Processes[0].ProcessId);
        return process.WorkingSet64;
    }

    private static async Task<IScriptRuntime> OpenAsync(IScriptRuntimeFactory factory, string body)
    {
        var script = factory.Create();
        await script.TurnAsync(
            new StartScript
            {
                Script = "export const meta = { name: 'calls', description: 'Calls without end' };\n" + body,
                FileName = "calls.js",
                Seed = 1,
                Time = DateTimeOffset.UnixEpoch,
                Limits = new ScriptLimits { MaxAgents = int.MaxValue },
            },
            CancellationToken.None);
        return script;
    }

    private static async Task DeliverAsync(IScriptRuntime script, int from, int to)
    {
        for (var id = from; id <= to; id++)
        {
            await script.TurnAsync(
                new Deliver
                {
                    RequestId = id,
                    Settlement = new Resolved("\"Done: a short answer, as agents give them.\""),
                    Time = DateTimeOffset.UnixEpoch,
                    SpentTokens = 0,
                    Identity = "",
                },
                CancellationToken.None);
        }
    }

    private ScriptProcessRuntimeFactory Start(int count) => new(
        new ScriptProcessOptions
        {
            Command = options.Executable.EndsWith(".dll", StringComparison.Ordinal)
                ? ["dotnet", options.Executable, ScriptProcess.Verb]
                : [options.Executable, ScriptProcess.Verb],
            MaxProcesses = count,
        },
        TimeProvider.System);

    private Task LineAsync(string what, string figure) => output.WriteLineAsync($"| {what} | {figure} |");
}
