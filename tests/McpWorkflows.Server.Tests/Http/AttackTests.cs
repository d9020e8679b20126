using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using McpWorkflows.Server.Http;
using McpWorkflows.Server.Surface;
using McpWorkflows.Server.Tests.Conformance;
using McpWorkflows.Server.Tests.Processes;

namespace McpWorkflows.Server.Tests.Http;

public class AttackTests
{
    [Fact]
    public async Task Body_TooLarge_IsRefusedUnread()
    {
        await using var bench = await HttpBench.StartAsync(options: new HttpOptions { MaxRequestBytes = 100_000 });
        var script = new string('x', 200_000);

        // The server may close its end while the client still sends.
        HttpStatusCode? status = null;
        try
        {
            (status, var message) = await bench.SendAsync(bench.Request(
                "tools/call", new JsonObject { ["name"] = "start_workflow", ["arguments"] = new JsonObject { ["script"] = script } }, name: "start_workflow"));
            Assert.Contains("100,000 bytes", message.GetRawText());
        }
        catch (HttpRequestException)
        {
        }

        Assert.True(status is null or HttpStatusCode.RequestEntityTooLarge, status.ToString());
        await StillServesAsync(bench);
    }

    [Theory]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\",\"params\":")]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"tools/list\"}")]
    [InlineData("{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"tools/list\"}")]
    [InlineData("{\"id\":{},\"method\":7}")]
    public async Task Body_NoMessage_IsRefusedWithASentence(string body)
    {
        await using var bench = await HttpBench.StartAsync();

        var (status, message) = await bench.SendAsync(bench.Post(body));

        Assert.Equal(HttpStatusCode.BadRequest, status);
        var text = message.GetProperty("error").GetProperty("message").GetString()!;
        Assert.NotEmpty(text);
        Assert.DoesNotContain("System.", text);
        await StillServesAsync(bench);
    }

    [Theory]
    [InlineData('[', ']')]
    [InlineData('{', '}')]
    public async Task Body_NestedDeeply_IsRefused(char open, char close)
    {
        await using var bench = await HttpBench.StartAsync();
        var deep = open == '['
            ? new string(open, 100_000) + new string(close, 100_000)
            : string.Concat(Enumerable.Repeat("{\"a\":", 50_000)) + "1" + new string(close, 50_000);

        var (status, _) = await bench.SendAsync(bench.Post($"{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{{\"name\":\"get_status\",\"arguments\":{{\"runId\":{deep}}}}}}}"));

        Assert.Equal(HttpStatusCode.BadRequest, status);
        await StillServesAsync(bench);
    }

    [Fact]
    public async Task SlowSenders_AreCutOff_AndOthersServedMeanwhile()
    {
        await using var bench = await HttpBench.StartAsync(options: new HttpOptions { SendTimeout = TimeSpan.FromSeconds(3) });
        var slow = new List<Socket>();
        for (var i = 0; i < 50; i++)
        {
            var socket = await ConnectAsync(bench);
            await socket.SendAsync(Encoding.ASCII.GetBytes(
                $"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:{bench.Url.Port}\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\nContent-Length: 1000\r\n\r\n{{"));
            slow.Add(socket);
        }

        await StillServesAsync(bench);
        foreach (var socket in slow)
        {
            var answer = await ReadToEndAsync(socket);
            Assert.Contains(" 408 ", answer);
            Assert.Contains("did not arrive within 3 s", answer);
            socket.Dispose();
        }
    }

    [Fact]
    public async Task OpenConnections_AThousand_DisturbNobodyAndTakeLittleMemory()
    {
        // In a process of its own: other tests use the memory of this one.
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Memory is measured in /proc.");
        using var folder = new TempFolder();
        using var process = await ServeAsync(folder);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = ServerProcess.Timeout };
        await AnswersAsync(20);
        var before = ProcessMemory.PeakMegabytes(process.Process);
        var open = new List<Socket>();
        try
        {
            for (var i = 0; i < 1_000; i++)
                open.Add(await ConnectAsync(process.Url));

            await AnswersAsync(20);
            var held = ProcessMemory.PeakMegabytes(process.Process) - before;
            Suites.Report($"1,000 open connections: the server grows by {held:0} MB");
            Assert.True(held < 64, $"{held:0} MB");
        }
        finally
        {
            open.ForEach(socket => socket.Dispose());
        }

        async Task AnswersAsync(int times)
        {
            for (var i = 0; i < times; i++)
            {
                using var answer = await http.SendAsync(HttpBench.Request(process.Url, "tools/list"), TestContext.Current.CancellationToken);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            }
        }
    }

    [Fact]
    public async Task Ids_UsedTwiceAtTheSameTime_AreAnsweredEachOnItsOwn()
    {
        await using var bench = await HttpBench.StartAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => bench.SendAsync(
            bench.Request("resources/read", new JsonObject { ["uri"] = i % 2 == 0 ? "workflow://guide" : "workflow://nothing" }, name: i % 2 == 0 ? "workflow://guide" : "workflow://nothing"))));

        Assert.All(answers.Where((_, i) => i % 2 == 0), answer => Assert.True(answer.Message.TryGetProperty("result", out _)));
        Assert.All(answers.Where((_, i) => i % 2 == 1), answer => Assert.True(answer.Message.TryGetProperty("error", out _)));
    }

    [Fact]
    public async Task Request_Headers_TooLargeOrMalformed_AreRefused()
    {
        await using var bench = await HttpBench.StartAsync();
        using var large = await ConnectAsync(bench);
        await large.SendAsync(Encoding.ASCII.GetBytes($"POST /mcp HTTP/1.1\r\nHost: localhost\r\nX: {new string('x', 40_000)}\r\n\r\n"));
        using var rubbish = await ConnectAsync(bench);
        await rubbish.SendAsync(Encoding.ASCII.GetBytes("\0\0\0 rubbish\r\n\r\n"));

        Assert.Contains(" 431 ", await ReadToEndAsync(large));
        Assert.Contains(" 400 ", await ReadToEndAsync(rubbish));
        await StillServesAsync(bench);
    }

    [Fact]
    public async Task Senders_FastEnoughForTheWebServerButNotForUs_AreCutOffToo()
    {
        await using var bench = await HttpBench.StartAsync(options: new HttpOptions { SendTimeout = TimeSpan.FromSeconds(3) });
        using var socket = await ConnectAsync(bench);
        await socket.SendAsync(Encoding.ASCII.GetBytes(
            $"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:{bench.Url.Port}\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\nContent-Length: 60000\r\n\r\n{{"));
        var answer = ReadToEndAsync(socket);

        // Ten times the least rate that the web server asks for.
        for (var i = 0; i < 200 && !answer.IsCompleted; i++)
        {
            try
            {
                await socket.SendAsync(Encoding.ASCII.GetBytes(new string(' ', 240)));
            }
            catch (SocketException)
            {
                break;
            }

            await Task.WhenAny(answer, Task.Delay(100, TestContext.Current.CancellationToken));
        }

        Assert.Contains("did not arrive within 3 s", await answer);
    }

    [Fact]
    public async Task LargeBodies_MoreThanTheBoundAtOnce_AreRefusedAndSmallOnesServed()
    {
        await using var bench = await HttpBench.StartAsync(options: new HttpOptions { MaxLargeRequests = 4, SendTimeout = ServerProcess.Timeout });
        var slow = new List<Socket>();
        try
        {
            for (var i = 0; i < 4; i++)
            {
                var socket = await ConnectAsync(bench);
                await socket.SendAsync(Encoding.ASCII.GetBytes(
                    $"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:{bench.Url.Port}\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\nContent-Length: 4000000\r\n\r\n{{"));
                // Enough at once for the web server's least rate over as long as this may take.
                _ = SendAllAsync(socket, Encoding.ASCII.GetBytes(new string(' ', 500_000)));
                slow.Add(socket);
            }

            var script = $"export const meta = {{ name: 'large', description: 'Large' }}\n// {new string('x', 100_000)}\nreturn 1\n";
            HttpStatusCode status;
            do
            {
                // Until the four have been taken up.
                (status, _) = await bench.SendAsync(Large(bench, script));
            }
            while (status == HttpStatusCode.OK);
            Assert.Equal(HttpStatusCode.TooManyRequests, status);
            await StillServesAsync(bench);
        }
        finally
        {
            slow.ForEach(socket => socket.Dispose());
        }
    }

    [Fact]
    public async Task Flood_OfLargeBodies_MemoryStaysBoundedAndOthersAreServed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Memory is measured in /proc.");
        using var folder = new TempFolder();
        using var server = await ServeAsync(folder);
        var (process, url) = (server.Process, server.Url);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = ServerProcess.Timeout };
        var before = ProcessMemory.PeakMegabytes(process);
        var part = Encoding.ASCII.GetBytes(new string(' ', 3_500_000));
        var open = new List<Socket>();
        var latencies = new List<double>();
        try
        {
            // A thousand connections, each with a body of 4 MB that never ends: 3.5 GB if all were kept.
            for (var i = 0; i < 1_000; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
                open.Add(socket);
                try
                {
                    await socket.ConnectAsync(IPAddress.Loopback, url.Port, TestContext.Current.CancellationToken);
                    await socket.SendAsync(Encoding.ASCII.GetBytes(
                        $"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:{url.Port}\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\nContent-Length: 4000000\r\n\r\n"));
                    _ = SendAllAsync(socket, part);
                }
                catch (SocketException)
                {
                    // Refused already.
                }

                if (i % 50 != 0)
                    continue;
                var started = Stopwatch.GetTimestamp();
                using var answer = await http.SendAsync(HttpBench.Request(url, "tools/list"), TestContext.Current.CancellationToken);
                latencies.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            }
        }
        finally
        {
            open.ForEach(socket => socket.Dispose());
        }

        var grown = ProcessMemory.PeakMegabytes(process) - before;
        latencies.Sort();
        Suites.Report($"1,000 connections with 4 MB bodies: the server grows by {grown:0} MB; another client's answer takes {latencies[latencies.Count / 2]:0} ms, {latencies[^1]:0} ms at most");
        Assert.True(grown < 500, $"{grown:0} MB");
    }

    private static async Task SendAllAsync(Socket socket, byte[] bytes)
    {
        try
        {
            for (var sent = 0; sent < bytes.Length;)
                sent += await socket.SendAsync(bytes.AsMemory(sent));
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // Refused, or the test is over.
        }
    }

    private static HttpRequestMessage Large(HttpBench bench, string script) => bench.Request(
        "tools/call", new JsonObject { ["name"] = "start_workflow", ["arguments"] = new JsonObject { ["script"] = script } }, name: "start_workflow");

    private static async Task StillServesAsync(HttpBench bench)
    {
        var (status, message) = await bench.SendAsync(bench.Request("tools/list"));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(SurfaceOptions.AllTools.Count, message.GetProperty("result").GetProperty("tools").GetArrayLength());
    }

    private static Task<Socket> ConnectAsync(HttpBench bench) => ConnectAsync(bench.Url);

    private static async Task<Socket> ConnectAsync(Uri url)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, url.Port, TestContext.Current.CancellationToken);
        return socket;
    }

    private static async Task<Serving> ServeAsync(TempFolder folder)
    {
        var process = ServerProcess.Start(folder.Path, folder.Environment, "serve", "--http", "--port", "0", "--json", "--model", "rehearsal");
        var line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(ServerProcess.Timeout, TestContext.Current.CancellationToken);
        return new Serving(process, new Uri(System.Text.Json.JsonDocument.Parse(line!).RootElement.GetProperty("url").GetString()!));
    }

    private static async Task<string> ReadToEndAsync(Socket socket)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(ServerProcess.Timeout);
        var text = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            for (int read; (read = await socket.ReceiveAsync(buffer, patience.Token)) > 0;)
                text.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }
        catch (SocketException)
        {
            // Cut off without a word.
        }

        return text.ToString();
    }

    /// <summary>A server process, killed at the end.</summary>
    private sealed record Serving(Process Process, Uri Url) : IDisposable
    {
        public void Dispose()
        {
            Process.Kill(entireProcessTree: true);
            Process.Dispose();
        }
    }
}
