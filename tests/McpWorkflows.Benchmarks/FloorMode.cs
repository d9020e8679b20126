using System.Net.Http.Json;

namespace McpWorkflows.Benchmarks;

/// <summary>
/// <c>floor --url URL --calls 1000 --width 16</c>: the same requests with a bare HttpClient and nothing stored, the
/// least that any runtime on .NET can take on this machine.
/// </summary>
internal static class FloorMode
{
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var url = $"{arguments.Find("url")}/chat/completions";
        var calls = arguments.Number("calls", 1000);
        using var client = new HttpClient();
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, arguments.Number("width", BenchmarkOptions.Width)).Select(async _ =>
        {
            int number;
            while ((number = Interlocked.Increment(ref next)) <= calls)
            {
                var body = new
                {
                    model = "test-model",
                    stream = true,
                    messages = new[] { new { role = "user", content = Workload.Prompt(number - 1) } },
                };
                using var response = await client.PostAsJsonAsync(url, body);
                response.EnsureSuccessStatusCode();
                await response.Content.ReadAsByteArrayAsync();
            }
        }));
        return 0;
    }
}
