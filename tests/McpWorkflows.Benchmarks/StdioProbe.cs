using System.Diagnostics;

namespace McpWorkflows.Benchmarks;

/// <summary>Starts the server as MCP clients do and takes the time to its first answer.</summary>
internal static class StdioProbe
{
    private const string Initialize =
        """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"probe","version":"1"}}}""";

    public static async Task<TimeSpan> RunAsync(ProcessStartInfo start)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteLineAsync(Initialize);
        await process.StandardInput.FlushAsync();
        var answer = await process.StandardOutput.ReadLineAsync();
        var elapsed = watch.Elapsed;
        process.StandardInput.Close();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return answer?.Contains("\"serverInfo\"", StringComparison.Ordinal) == true
            ? elapsed
            : throw new InvalidOperationException($"The server did not answer initialize: {answer}{await errors}");
    }
}
