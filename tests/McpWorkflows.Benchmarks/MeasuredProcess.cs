using System.Diagnostics;

namespace McpWorkflows.Benchmarks;

/// <summary>What a process took from its start to its end.</summary>
/// <param name="PeakMemory">Bytes resident; the last reading of the system's own high-water mark before the end.</param>
internal sealed record MeasuredProcess(DateTimeOffset StartedAt, TimeSpan Wall, long PeakMemory, int ExitCode, string Output)
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
        long peak = 0;
        do
        {
            peak = Math.Max(peak, ReadPeak(process));
        }
        while (await Task.WhenAny(exit, Task.Delay(BetweenReadings)) != exit);
        return new MeasuredProcess(startedAt, watch.Elapsed, peak, process.ExitCode, await output + await errors);
    }

    private static long ReadPeak(Process process)
    {
        try
        {
            process.Refresh();
            return process.HasExited ? 0 : Math.Max(process.PeakWorkingSet64, process.WorkingSet64);
        }
        catch (InvalidOperationException)
        {
            // It ended between the two looks; the last reading stands.
            return 0;
        }
    }
}
