using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using McpWorkflows.Testing.Servers;

namespace McpWorkflows.Journal.Tests.Postgres;

/// <summary>A pooler before a server, of a test's own; it ends with the test.</summary>
internal sealed class PgBouncer : IAsyncDisposable
{
    private static readonly string? Program = new[] { "/usr/sbin/pgbouncer", "/usr/bin/pgbouncer" }.FirstOrDefault(File.Exists);

    private readonly DirectoryInfo folder;
    private readonly Process process;

    private PgBouncer(DirectoryInfo folder, Process process, int port)
    {
        this.folder = folder;
        this.process = process;
        Port = port;
    }

    public int Port { get; }

    /// <summary>Skips the test, with the reason, where it is not installed.</summary>
    /// <param name="mode">As the pooler calls it: session, transaction.</param>
    public static async Task<PgBouncer> StartAsync(PostgresServer server, string mode)
    {
        Assert.SkipWhen(Program is null, "Needs pgbouncer: apt-get install pgbouncer.");
        var port = FreePorts.Take();
        var folder = Directory.CreateTempSubdirectory("mcpworkflows-pgbouncer-");
        var settings = Path.Combine(folder.FullName, "pgbouncer.ini");
        await File.WriteAllTextAsync(settings, string.Create(CultureInfo.InvariantCulture, $"""
            [databases]
            * = host=127.0.0.1 port={server.Port} user=postgres
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = any
            pool_mode = {mode}
            """));
        if (OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess)
        {
            // It refuses to run as root, and must read its settings as somebody else.
            File.SetUnixFileMode(folder.FullName, File.GetUnixFileMode(folder.FullName) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        }

        string[] command = [.. Environment.IsPrivilegedProcess ? new[] { "setpriv", "--reuid", "nobody", "--clear-groups", "--" } : [], Program!, "-q", settings];
        var process = Process.Start(new ProcessStartInfo(command[0], command[1..]))!;
        var began = Stopwatch.GetTimestamp();
        while (!await AnswersAsync(port))
        {
            Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(30));
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        return new PgBouncer(folder, process, port);
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        folder.Delete(recursive: true);
    }

    private static async Task<bool> AnswersAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
