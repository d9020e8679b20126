using McpWorkflows.Testing.Models;

namespace McpWorkflows.Benchmarks;

/// <summary><c>model-server --latency 50 --port 0</c>: prints its URL and serves until its standard input ends.</summary>
internal static class ModelServerMode
{
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var latency = TimeSpan.FromMilliseconds(arguments.Number("latency", 0));
        var reply = ModelReply.Text("Done: a short answer, as agents give them.").After(latency).InOneWrite();
        await using var server = await ModelServer.StartAsync(_ => reply, arguments.Number("port", 0));
        Console.WriteLine(server.BaseUrl);
        while (await Console.In.ReadLineAsync() is not null)
        {
            // Only the end of the input means something: whoever started this process has gone.
        }

        return 0;
    }
}
