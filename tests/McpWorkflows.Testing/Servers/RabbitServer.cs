using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Xunit;

namespace McpWorkflows.Testing.Servers;

/// <summary>
/// A RabbitMQ of the tests' own: the distribution's programs, a temporary folder, free ports of 127.0.0.1. It ends with the
/// process that started it, however that ends.
/// </summary>
public sealed class RabbitServer : IAsyncDisposable
{
    private const string Programs = "/usr/lib/rabbitmq/bin";

    private const int Hosts = 48;

    /// <summary>Ends broker and port mapper when the test process is gone: its end of this pipe closes then.</summary>
    private const string Watched = """
        folder=$1; shift
        epmd >>"$folder/log" 2>&1 & mapper=$!
        "$@" >>"$folder/log" 2>&1 & server=$!
        echo $server $mapper
        cat >/dev/null
        kill -KILL $server $mapper 2>/dev/null; wait; rm -rf "$folder"
        """;

    /// <summary>A machine on which much else is started meanwhile takes minutes for it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static readonly Lazy<Task<RabbitServer>> Common = new(static () => StartNewAsync());

    private readonly string folder;
    private readonly int[] ports;
    private Process? watcher;
    private int[] processes = [];
    private int hosts;

    private RabbitServer(string folder)
    {
        this.folder = folder;
        ports = FreePorts.Take(3);
    }

    /// <summary>Why no server can be started here; null where one can.</summary>
    public static string? WhyNot { get; } =
        !OperatingSystem.IsLinux() ? "Needs RabbitMQ as Linux distributions install it."
        : File.Exists($"{Programs}/rabbitmq-server") ? null
        : "Needs RabbitMQ: apt-get install rabbitmq-server.";

    public int Port => ports[0];

    /// <summary>What the server said so far.</summary>
    public string Log => File.ReadAllText(Path.Combine(folder, "log"));

    /// <summary>The server that the tests of an assembly share; skips the test, with the reason, where there can be none.</summary>
    public static Task<RabbitServer> SharedAsync()
    {
        Assert.SkipWhen(WhyNot is not null, WhyNot ?? "");
        return Common.Value;
    }

    /// <summary>A further one, for tests that kill it; skips the test, with the reason, where there can be none.</summary>
    public static async Task<RabbitServer> StartNewAsync()
    {
        Assert.SkipWhen(WhyNot is not null, WhyNot ?? "");
        var created = new RabbitServer(Directory.CreateTempSubdirectory("mcpworkflows-rabbit-").FullName);
        await created.WriteSettingsAsync();
        await created.StartAsync();
        return created;
    }

    /// <summary>The address of a virtual host that nobody has used.</summary>
    /// <param name="port">Of a relay to this server; null for the server's own.</param>
    public string TakeVirtualHost(int? port = null)
    {
        var number = Interlocked.Increment(ref hosts);
        Assert.True(number <= Hosts, $"The server has {Hosts} virtual hosts; raise their number.");
        return string.Create(CultureInfo.InvariantCulture, $"amqp://guest:guest@127.0.0.1:{port ?? Port}/v{number}");
    }

    /// <summary>Starts it again, on the same port and data, and returns when it takes connections.</summary>
    public async Task StartAsync()
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", Watched, "watch", folder, $"{Programs}/rabbitmq-server"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var (name, value) in Settings())
        {
            start.Environment[name] = value;
        }

        watcher = Process.Start(start)!;
        processes = [.. (await watcher.StandardOutput.ReadLineAsync())!.Split(' ').Select(static id => int.Parse(id, CultureInfo.InvariantCulture))];
        var began = Stopwatch.GetTimestamp();
        while (!await IsReadyAsync())
        {
            if (!PostgresServer.IsThere(processes[0]) || Stopwatch.GetElapsedTime(began) > Patience)
            {
                throw new InvalidOperationException($"RabbitMQ did not start.\n{Log}");
            }

            await Task.Delay(50);
        }
    }

    /// <summary>
    /// Completes when a kill no longer takes that quorum queue with it: this version writes the names of new ones seconds after
    /// it said that they are there.
    /// </summary>
    public async Task SettleAsync(string queue)
    {
        var began = Stopwatch.GetTimestamp();
        var name = Encoding.UTF8.GetBytes($"_{queue}");
        while (!Directory.EnumerateFiles(In("data"), "names.dets", SearchOption.AllDirectories).Any(file => File.ReadAllBytes(file).AsSpan().IndexOf(name) >= 0))
        {
            if (Stopwatch.GetElapsedTime(began) > Patience)
            {
                throw new TimeoutException($"RabbitMQ did not write down the queue {queue}.");
            }

            await Task.Delay(50);
        }
    }

    /// <summary>SIGKILL; what was not on disk is lost.</summary>
    public async Task KillAsync()
    {
        foreach (var process in processes)
        {
            using var killer = Process.Start("/bin/sh", ["-c", $"kill -KILL {process} 2>/dev/null || true"]);
            await killer.WaitForExitAsync();
        }

        var began = Stopwatch.GetTimestamp();
        while (processes.Any(PostgresServer.IsThere))
        {
            if (Stopwatch.GetElapsedTime(began) > Patience)
            {
                throw new TimeoutException($"RabbitMQ did not end.\n{Log}");
            }

            await Task.Delay(5);
        }

        // Not by closing its pipe: then it would remove the folder.
        watcher!.Kill();
        await watcher.WaitForExitAsync();
        watcher.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private string In(string name) => Path.Combine(folder, name);

    private Dictionary<string, string> Settings() => new()
    {
        ["HOME"] = folder,
        // The broker then takes the place of its start script.
        ["RUNNING_UNDER_SYSTEMD"] = "1",
        ["RABBITMQ_NODENAME"] = $"test{Text(Port)}@localhost",
        ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
        ["RABBITMQ_NODE_PORT"] = Text(Port),
        ["RABBITMQ_DIST_PORT"] = Text(ports[1]),
        ["ERL_EPMD_PORT"] = Text(ports[2]),
        ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
        ["RABBITMQ_CONF_ENV_FILE"] = "/dev/null",
        ["RABBITMQ_CONFIG_FILE"] = In("rabbitmq.conf"),
        ["RABBITMQ_ENABLED_PLUGINS_FILE"] = In("enabled_plugins"),
        ["RABBITMQ_MNESIA_BASE"] = In("data"),
        ["RABBITMQ_LOG_BASE"] = In("logs"),
        ["RABBITMQ_LOGS"] = "-",
        ["RABBITMQ_PID_FILE"] = In("pid"),
        // Its threads else spin for work, on processors that others want.
        ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "+sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1} -start_epmd false",
    };

    private async Task WriteSettingsAsync()
    {
        await File.WriteAllTextAsync(In("enabled_plugins"), "[].\n");
        await File.WriteAllTextAsync(In("rabbitmq.conf"), $"load_definitions = {In("definitions.json")}\ndisk_free_limit.absolute = 10MB\nraft.wal_max_size_bytes = 16777216\n");
        var names = Enumerable.Range(1, Hosts).Select(static number => $"v{Text(number)}").ToArray();
        await File.WriteAllTextAsync(In("definitions.json"), JsonSerializer.Serialize(new
        {
            users = new[] { new { name = "guest", password = "guest", tags = "administrator" } },
            vhosts = names.Select(static name => new { name }),
            permissions = names.Select(static name => new { user = "guest", vhost = name, configure = ".*", write = ".*", read = ".*" }),
        }));
    }

    /// <summary>Answers to the protocol's greeting; its port opens when all else has been done.</summary>
    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, Port);
            await client.GetStream().WriteAsync("AMQP\0\0\u0009\u0001"u8.ToArray());
            return await client.GetStream().ReadAsync(new byte[1]) == 1;
        }
        catch (Exception failure) when (failure is SocketException or IOException)
        {
            return false;
        }
    }
}
