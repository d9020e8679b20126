using System.Globalization;
using McpWorkflows.Testing.Models;

namespace McpWorkflows.Benchmarks;

/// <summary>
/// <c>model-server --latency 50 --port 0</c>: prints its URL and serves until its standard input ends. With
/// <c>--requests 96 --tokens 10000 --minute 3000 --headers OpenAI</c> it has limits; <c>--usage 180,20</c> says what it
/// counts for a request.
/// </summary>
internal static class ModelServerMode
{
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var latency = TimeSpan.FromMilliseconds(arguments.Number("latency", 0));
        var reply = ModelReply.Text("Done: a short answer, as agents give them.").After(latency).InOneWrite();
        if (arguments.Find("usage")?.Split(',') is [var input, var output])
        {
            reply = reply.WithUsage(long.Parse(input, CultureInfo.InvariantCulture), long.Parse(output, CultureInfo.InvariantCulture));
        }

        await using var server = await ModelServer.StartAsync(_ => reply, arguments.Number("port", 0));
        if (arguments.Find("requests") is { } requests)
        {
            server.Limiter = new RateLimiter(
                TimeSpan.FromMilliseconds(arguments.Number("minute", 60_000)), Number(requests), Number(arguments.Find("tokens") ?? "1e15"))
            {
                Headers = Enum.Parse<LimitHeaders>(arguments.Find("headers") ?? nameof(LimitHeaders.OpenAI)),
            };
        }

        Console.WriteLine(server.BaseUrl);
        while (await Console.In.ReadLineAsync() is not null)
        {
            // Only the end of the input means something: whoever started this process has gone.
        }

        return 0;
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
