using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using McpWorkflows.Server.Tests.Conformance;
using McpWorkflows.Server.Tests.Processes;
using McpWorkflows.Testing.Models;

namespace McpWorkflows.Server.Tests.Background;

/// <summary>What another process can do to the background server's socket.</summary>
public class SocketAttackTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Socket_GarbageSlowSendersAndAThousandConnections_ClientsAreServedMeanwhile()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Memory is measured in /proc.");
        await using var model = await ModelServer.StartAsync(_ => ModelReply.Text("ok"));
        using var folder = new DetachedFolder(model);
        await using var client = await folder.ConnectAsync("serve", "--detach");
        using var server = Process.GetProcessById(await folder.ServerIdAsync());
        var before = ProcessMemory.PeakMegabytes(server);
        var open = new List<Socket>();
        try
        {
            // The first says nothing, the second no greeting, the third never ends its line, the fourth is MCP at once.
            byte[][] openings = [[], [0, 1, 2, 255, (byte)'\n'], [.. Enumerable.Repeat((byte)'x', 50_000)], [.. "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}\n"u8]];
            for (var i = 0; i < 1_000; i++)
                open.Add(await TrySendAsync(folder.SocketPath, openings[i % openings.Length]));
            var slowest = 0.0;
            for (var i = 0; i < 10; i++)
            {
                var started = Stopwatch.GetTimestamp();
                Assert.NotEmpty(await client.ListToolsAsync(cancellationToken: Cancellation));
                slowest = Math.Max(slowest, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }

            await using (var second = await folder.ConnectAsync("serve", "--detach"))
                Assert.NotEmpty(await second.ListToolsAsync(cancellationToken: Cancellation));
            var grown = ProcessMemory.PeakMegabytes(server) - before;
            Suites.Report($"1,000 strange connections to the background server: it grows by {grown:0} MB; a client's answer takes {slowest:0} ms at most");
            Assert.True(grown < 150, $"{grown:0} MB");

            // Whoever does not greet is sent away.
            Assert.Equal(0, await open[0].ReceiveAsync(new byte[1], Cancellation).AsTask().WaitAsync(ServerProcess.Timeout, Cancellation));
        }
        finally
        {
            open.ForEach(socket => socket.Dispose());
        }
    }

    [Fact]
    public async Task Socket_AnotherUserConnects_IsSentAwayEvenWithTheFolderOpen()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root" && File.Exists("/usr/bin/setpriv") && File.Exists("/usr/bin/perl"), "Needs root, setpriv and perl.");
        await using var model = await ModelServer.StartAsync(_ => ModelReply.Text("ok"));
        using var folder = new DetachedFolder(model);
        await using var client = await folder.ConnectAsync("serve", "--detach");

        var closed = await AsNobodyAsync(folder.SocketPath);
        foreach (var path in new[] { folder.Path, Path.GetDirectoryName(Path.GetDirectoryName(folder.SocketPath))!, Path.GetDirectoryName(folder.SocketPath)! })
            Open(path);
        Open(folder.SocketPath);
        var open = await AsNobodyAsync(folder.SocketPath);

        Assert.Equal("connect: Permission denied", closed);
        Assert.Equal("connected, answer: ''", open);
        Assert.NotEmpty(await client.ListToolsAsync(cancellationToken: Cancellation));
    }

    [Fact]
    public async Task Folder_OfAnotherUser_IsRefusedWithTheRemedy()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
        {
            Assert.Skip("Needs root.");
            return;
        }

        await using var model = await ModelServer.StartAsync(_ => ModelReply.Text("ok"));
        using var folder = new DetachedFolder(model);
        var run = Path.GetDirectoryName(folder.SocketPath)!;
        Directory.CreateDirectory(run, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using (var chown = Process.Start("/bin/chown", ["65534", run]))
            await chown.WaitForExitAsync(Cancellation);

        var result = await ServerProcess.RunAsync(folder.Path, folder.Environment, "serve", "--detach");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("belongs to another user", result.Error);
        Assert.Contains("XDG_RUNTIME_DIR", result.Error);
    }

    [Fact]
    public async Task Greeting_OfAnotherRelease_ReplacesAnIdleServerAndLeavesABusyOne()
    {
        var gate = new TaskCompletionSource();
        await using var model = await ModelServer.StartAsync(async (_, cancellationToken) =>
        {
            await gate.Task.WaitAsync(cancellationToken);
            return ModelReply.Text("ok");
        });
        using var folder = new DetachedFolder(model);
        await using (var client = await folder.ConnectAsync("serve", "--detach"))
        {
            await client.CallToolAsync(
                "start_workflow",
                new Dictionary<string, object?> { ["script"] = "export const meta = { name: 'one', description: 'One' }\nreturn await agent('x')\n" },
                cancellationToken: Cancellation);
            await model.Log.WaitForCallsAsync(1, ServerProcess.Timeout);
        }

        using var server = Process.GetProcessById(await folder.ServerIdAsync());
        var busy = await GreetAsync(folder);
        gate.SetResult();
        await using (var client = await folder.ConnectAsync("serve", "--detach"))
            await client.CallToolAsync("get_status", cancellationToken: Cancellation);
        JsonNode idle;
        do
        {
            // The run ends, and the connections, whenever they do.
            idle = await GreetAsync(folder);
        }
        while (!(bool?)idle["replace"] is true);

        await server.WaitForExitAsync(Cancellation).WaitAsync(ServerProcess.Timeout, Cancellation);
        Assert.NotEqual("0.0.1", (string?)busy["version"]);
        Assert.False((bool?)busy["replace"] ?? false);
        Assert.True((bool)busy["busy"]!);
    }

    private static async Task<JsonNode> GreetAsync(DetachedFolder folder)
    {
        using var socket = await ConnectAsync(folder.SocketPath);
        var greeting = new { command = "serve", version = "0.0.1", workspace = folder.Path, fromLaterRelease = true };
        await socket.SendAsync(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(greeting) + "\n"), Cancellation);
        using var reader = new StreamReader(new NetworkStream(socket));
        return JsonNode.Parse((await reader.ReadLineAsync(Cancellation).AsTask().WaitAsync(ServerProcess.Timeout, Cancellation))!)!;
    }

    private static async Task<Socket> ConnectAsync(string path)
    {
        while (true)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), Cancellation);
                return socket;
            }
            catch (SocketException failure) when (failure.SocketErrorCode is SocketError.WouldBlock or SocketError.TryAgain)
            {
                // The queue of those who wait to be accepted is full.
                socket.Dispose();
                await Task.Delay(10, Cancellation);
            }
        }
    }

    private static async Task<Socket> TrySendAsync(string path, byte[] opening)
    {
        var socket = await ConnectAsync(path);
        try
        {
            await socket.SendAsync(opening, Cancellation);
        }
        catch (SocketException)
        {
            // Sent away in the middle.
        }

        return socket;
    }

    private static void Open(string path)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, (UnixFileMode)0x1FF);
    }

    private static async Task<string> AsNobodyAsync(string path)
    {
        const string Script = """
            use Socket;
            socket(my $s, PF_UNIX, SOCK_STREAM, 0) or die;
            unless (connect($s, sockaddr_un($ARGV[0]))) { print "connect: $!"; exit; }
            $SIG{PIPE} = 'IGNORE';
            syswrite($s, qq({"command":"status","version":"1"}\n));
            my $answer = <$s> // '';
            print "connected, answer: '$answer'";
            """;
        var start = new ProcessStartInfo("/usr/bin/setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/perl", "-e", Script, path]) { RedirectStandardOutput = true, RedirectStandardInput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var end = await ServerProcess.EndAsync(process);
        return end.Output + end.Error;
    }
}
