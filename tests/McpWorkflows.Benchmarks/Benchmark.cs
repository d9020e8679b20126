using System.Diagnostics;
using System.Globalization;

namespace McpWorkflows.Benchmarks;

/// <summary>Runs the contestants in turn and prints one table.</summary>
internal sealed class Benchmark(BenchmarkOptions options, string folder, TextWriter output)
{
    private int journals;

    public static async Task<int> RunAsync(BenchmarkOptions options, TextWriter output)
    {
        var folder = Directory.CreateTempSubdirectory("mcp-workflows-benchmark-").FullName;
        try
        {
            await new Benchmark(options, folder, output).RunAsync();
            return 0;
        }
        catch (InvalidOperationException failure)
        {
            // A run that did not do the whole job has no figure worth printing.
            await Console.Error.WriteLineAsync(failure.Message);
            return 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task RunAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "many-calls.js"), Workload.Script(options.Calls));
        await output.WriteLineAsync(
            $"{options.Calls} calls, {BenchmarkOptions.Width} in flight, medians of {options.Runs}, {Environment.ProcessorCount} cores");
        await output.WriteLineAsync("| contestant | latency | wall | ideal/wall | first call | processor | peak memory | journal per call |");
        await output.WriteLineAsync("|---|---|---|---|---|---|---|---|");
        foreach (var latency in options.Latencies)
        {
            await using var model = await ModelProcess.StartAsync(latency);
            await ReportAsync("floor: bare HttpClient", latency, () => FloorAsync(model));
            await ReportAsync("mcp-workflows run", latency, () => WorkflowAsync(model));
            await ReportAsync("mcp-workflows serve, with its script processes", latency, () => ServeAsync(model));
        }

        await ReportStagesAsync();
    }

    /// <summary>Where the time goes: each line adds one part of the product to the line before it.</summary>
    private async Task ReportStagesAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "one-call.js"), Workload.Script(1));
        await output.WriteLineAsync("\n| from process start | wall |\n|---|---|");
        await StageAsync("first MCP answer on stdio", () => StdioProbe.RunAsync(Server("serve", "--journal", NewJournal(), "--model", "rehearsal")));
        await StageAsync("validate: parser", () => EndAsync("validate", Path.Combine(folder, "many-calls.js")));
        await StageAsync("run, 1 agent rehearsed: engine, journal", () => EndAsync(
            "run", Path.Combine(folder, "one-call.js"), "--journal", NewJournal(), "--model", "rehearsal", "--json"));
        await StageAsync($"run, {options.Calls} agents rehearsed: all but the wire", () => EndAsync(
            "run", Path.Combine(folder, "many-calls.js"), "--journal", NewJournal(), "--model", "rehearsal", "--json"));
    }

    private async Task StageAsync(string name, Func<Task<TimeSpan>> measureAsync)
    {
        await measureAsync();
        var walls = new List<double>();
        for (var run = 0; run < options.Runs; run++)
        {
            walls.Add((await measureAsync()).TotalMilliseconds);
        }

        await output.WriteLineAsync($"| {name} | {Median(walls):0} ms |");
    }

    private async Task<TimeSpan> EndAsync(params string[] arguments)
    {
        var process = await MeasuredProcess.RunAsync(Server(arguments));
        return process.ExitCode == 0
            ? process.Wall
            : throw new InvalidOperationException($"'{arguments[0]}' ended with exit code {process.ExitCode}.\n{process.Output}");
    }

    private async Task ReportAsync(string name, int latency, Func<Task<Sample>> measureAsync)
    {
        await measureAsync();
        var samples = new List<Sample>();
        for (var run = 0; run < options.Runs; run++)
        {
            samples.Add(await measureAsync());
        }

        var wall = Median(samples.Select(sample => sample.Wall));
        var ideal = Workload.Ideal(options.Calls, latency).TotalMilliseconds;
        var journal = Median(samples.Select(sample => sample.JournalPerCall));
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"| {name} | {latency} ms | {wall:0} ms | {(ideal > 0 ? $"{ideal / wall:0.00}" : "–")} | {Median(samples.Select(sample => sample.FirstCall)):0} ms | {Median(samples.Select(sample => sample.Processor)):0} ms | {Median(samples.Select(sample => sample.PeakMegabytes)):0} MB | {(journal > 0 ? $"{journal:0} bytes" : "–")} |"));
    }

    private Task<Sample> FloorAsync(ModelProcess model)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Benchmark).Assembly.Location, "floor", "--url", model.BaseUrl, "--calls", $"{options.Calls}"]);
        return MeasureAsync(model, () => MeasuredProcess.RunAsync(start), null);
    }

    private Task<Sample> WorkflowAsync(ModelProcess model)
    {
        var journal = NewJournal();
        var start = Server("run", Path.Combine(folder, "many-calls.js"), "--journal", journal, "--model", "openai/test-model", "--workspace", folder, "--json");
        start.Environment["OPENAI_BASE_URL"] = model.BaseUrl;
        start.Environment["OPENAI_API_KEY"] = "test-key";
        return MeasureAsync(model, () => MeasuredProcess.RunAsync(start), journal);
    }

    /// <summary>Two runs: one for the times, one for the memory.</summary>
    private async Task<Sample> ServeAsync(ModelProcess model)
    {
        var timed = await ServeAsync(model, readsMemory: false);
        var weighed = await ServeAsync(model, readsMemory: true);
        return timed with { PeakMegabytes = weighed.PeakMegabytes };
    }

    private Task<Sample> ServeAsync(ModelProcess model, bool readsMemory)
    {
        var journal = NewJournal();
        var start = Server("serve", "--journal", journal, "--model", "openai/test-model", "--workspace", folder);
        start.Environment["OPENAI_BASE_URL"] = model.BaseUrl;
        start.Environment["OPENAI_API_KEY"] = "test-key";
        return MeasureAsync(model, () => ServedRun.MeasureAsync(start, Path.Combine(folder, "many-calls.js"), readsMemory), journal);
    }

    private async Task<Sample> MeasureAsync(ModelProcess model, Func<Task<MeasuredProcess>> runAsync, string? journal)
    {
        await model.ForgetAsync();
        var process = await runAsync();
        var log = await model.ReadLogAsync();
        if (process.ExitCode != 0 || log.Calls != options.Calls || log.HighWater > BenchmarkOptions.Width || log.Refused != 0)
        {
            throw new InvalidOperationException(
                $"Not a valid run: exit code {process.ExitCode}, {log.Calls} calls, {log.HighWater} at once, {log.Refused} refused.\n{process.Output}");
        }

        var size = journal is null ? 0 : new DirectoryInfo(Path.GetDirectoryName(journal)!).EnumerateFiles().Sum(file => file.Length);
        return new Sample(
            process.Wall.TotalMilliseconds, (log.FirstCallAt!.Value - process.StartedAt).TotalMilliseconds, process.Processor.TotalMilliseconds, process.PeakMemory / 1048576.0, (double)size / options.Calls);
    }

    private ProcessStartInfo Server(params string[] arguments) => options.Executable.EndsWith(".dll", StringComparison.Ordinal)
        ? new ProcessStartInfo("dotnet", [options.Executable, .. arguments])
        : new ProcessStartInfo(options.Executable, arguments);

    private string NewJournal() =>
        Path.Combine(Directory.CreateDirectory(Path.Combine(folder, $"{++journals}")).FullName, "journal.db");

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Times in milliseconds from process start.</summary>
    private sealed record Sample(double Wall, double FirstCall, double Processor, double PeakMegabytes, double JournalPerCall);
}
