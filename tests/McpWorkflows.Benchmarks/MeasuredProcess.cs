using System.Diagnostics;

namespace McpWorkflows.Benchmarks;

/// <summary>What a process took from its start to its end.</summary>
/// <param name="PeakMemory">Bytes resident; the last reading of the system's own high-water mark before the end.</param>
/// <param name="Processor">Of all cores, user and system; read at the same time.</param>
internal sealed record MeasuredProcess(
    DateTimeOffset StartedAt, TimeSpan Wall, long PeakMemory, TimeSpan Processor, int ExitCode, string Output)
{
    private static readonly TimeSpan BetweenReadings = TimeSpan.FromMilliseconds(25);

    public static async Task<MeasuredProcess> RunAsync(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        var startedAt = DateTimeOffset.UtcNow;
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        var exit = process.WaitForExitAsync();
        var reading = (Peak: 0L, Processor: TimeSpan.Zero);
        do
        {
            reading = Read(process, reading);
        }
        while (await Task.WhenAny(exit, Task.Delay(BetweenReadings)) != exit);
        return new MeasuredProcess(startedAt, watch.Elapsed, reading.Peak, reading.Processor, process.ExitCode, await output + await errors);
    }

    private static (long Peak, TimeSpan Processor) Read(Process process, (long Peak, TimeSpan Processor) before)
    {
        try
        {
            process.Refresh();
            return process.HasExited
                ? before
                : (Math.Max(before.Peak, Math.Max(process.PeakWorkingSet64, process.WorkingSet64)), process.TotalProcessorTime);
        }
        catch (InvalidOperationException)
        {
            // It ended between the two looks; the last reading stands.
            return before;
        }
    }
}
