using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace McpWorkflows.Benchmarks;

/// <summary>One run through the MCP server: from the server's start to the run's answer, as a client sees it.</summary>
internal static class ServedRun
{
    private static readonly TimeSpan BetweenReadings = TimeSpan.FromMilliseconds(25);

    /// <summary>
    /// Processor time is that of the server and its script processes together, and so is memory, which is read only if
    /// <paramref name="readsMemory"/>: to split shared pages between processes takes the system milliseconds, at the cost of what is measured.
    /// </summary>
    public static async Task<MeasuredProcess> MeasureAsync(ProcessStartInfo start, string script, bool readsMemory)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        var startedAt = DateTimeOffset.UtcNow;
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var answer = AnswerAsync(process, script);
        var peak = 0L;
        while (readsMemory && await Task.WhenAny(answer, Task.Delay(BetweenReadings)) != answer)
        {
            peak = Math.Max(peak, Sum(process.Id, MemoryOf));
        }

        var isComplete = await answer;
        var wall = watch.Elapsed;
        var processor = TimeSpan.FromTicks(Sum(process.Id, static process => process.TotalProcessorTime.Ticks));
        process.StandardInput.Close();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new MeasuredProcess(startedAt, wall, peak, processor, isComplete ? 0 : 1, await errors);
    }

    private static async Task<bool> AnswerAsync(Process process, string script)
    {
        await SendAsync(process, "initialize", """{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"probe","version":"1"}}""", 1);
        await process.StandardOutput.ReadLineAsync();
        await process.StandardInput.WriteLineAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        await SendAsync(process, "tools/call", $$$"""{"name":"start_workflow","arguments":{"scriptPath":{{{JsonSerializer.Serialize(script)}}},"waitSeconds":45}}""", 2);
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            using var message = JsonDocument.Parse(line);
            if (message.RootElement.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.Number && id.GetInt32() == 2)
            {
                return line.Contains("completed", StringComparison.Ordinal);
            }
        }

        return false;
    }

    private static async Task SendAsync(Process process, string method, string parameters, int id)
    {
        await process.StandardInput.WriteLineAsync($$"""{"jsonrpc":"2.0","id":{{id}},"method":"{{method}}","params":{{parameters}}}""");
        await process.StandardInput.FlushAsync();
    }

    /// <summary>Over the process and its children, from Linux's <c>/proc</c>; the process alone elsewhere.</summary>
    private static long Sum(int id, Func<Process, long> read)
    {
        var sum = 0L;
        foreach (var process in Process.GetProcesses())
        {
            using (process)
            {
                try
                {
                    if (process.Id == id || ParentOf(process.Id) == id)
                    {
                        sum += read(process);
                    }
                }
                catch (Exception gone) when (gone is InvalidOperationException or IOException or System.ComponentModel.Win32Exception or UnauthorizedAccessException)
                {
                    // It ended between the two looks.
                }
            }
        }

        return sum;
    }

    /// <summary>Resident memory; on Linux with each page that several processes share split between them, so that a sum makes sense.</summary>
    private static long MemoryOf(Process process)
    {
        if (!OperatingSystem.IsLinux())
        {
            return process.WorkingSet64;
        }

        var line = File.ReadLines($"/proc/{process.Id}/smaps_rollup").First(line => line.StartsWith("Pss:", StringComparison.Ordinal));
        return long.Parse(line["Pss:".Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024;
    }

    private static int ParentOf(int id)
    {
        if (!OperatingSystem.IsLinux())
        {
            return 0;
        }

        // pid (name) state parent …; the name may hold anything.
        var stat = File.ReadAllText($"/proc/{id}/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
    }
}
