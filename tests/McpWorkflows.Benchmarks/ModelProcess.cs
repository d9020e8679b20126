using System.Diagnostics;
using System.Net.Http.Json;
using McpWorkflows.Testing.Models;

namespace McpWorkflows.Benchmarks;

/// <summary>The model server in a process of its own, so that its memory and its collector are not measured.</summary>
internal sealed class ModelProcess(Process process, string baseUrl) : IAsyncDisposable
{
    private readonly HttpClient client = new();
    private readonly string logUrl = baseUrl.Replace("/v1", "/log", StringComparison.Ordinal);

    public string BaseUrl => baseUrl;

    public static async Task<ModelProcess> StartAsync(int latency, params string[] more)
    {
        var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(ModelProcess).Assembly.Location, "model-server", "--latency", $"{latency}", .. more])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        return new ModelProcess(process, await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The model server did not start."));
    }

    public async Task ForgetAsync() => (await client.DeleteAsync(logUrl)).Dispose();

    public async Task<LogSummary> ReadLogAsync() => (await client.GetFromJsonAsync<LogSummary>(logUrl))!;

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.Dispose();
        client.Dispose();
    }
}
