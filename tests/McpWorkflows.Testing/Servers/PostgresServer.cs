using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace McpWorkflows.Testing.Servers;

/// <summary>
/// A PostgreSQL server of the tests' own: the distribution's programs, a temporary folder and a free port of 127.0.0.1. It ends
/// with the process that started it, however that ends.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>Ends the server when the test process is gone: its end of this pipe closes then.</summary>
    private const string Watched = """folder=$1; shift; "$@" >>"$folder/log" 2>&1 & server=$!; echo $server; cat >/dev/null; kill -QUIT $server 2>/dev/null; wait $server; rm -rf "$folder" """;

    /// <summary>A machine on which much else is started meanwhile takes minutes for it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static readonly string? Programs = FindPrograms();

    private static readonly string? Account = FindAccount();

    // Nobody kills this one's machine, and the disk of a machine that runs all tests at once is slow to flush.
    private static readonly Lazy<Task<PostgresServer>> Common = new(static () => StartNewAsync(flushes: false));

    private readonly string folder;
    private readonly bool flushes;
    private Process? watcher;
    private int server;
    private int databases;

    private PostgresServer(string folder, int port, bool flushes)
    {
        this.flushes = flushes;
        this.folder = folder;
        Port = port;
    }

    /// <summary>Why no server can be started here; null where one can.</summary>
    public static string? WhyNot { get; } =
        !OperatingSystem.IsLinux() ? "Needs PostgreSQL as Linux distributions install it."
        : Programs is null ? "Needs PostgreSQL: apt-get install postgresql, or put initdb and postgres on the PATH."
        : Environment.IsPrivilegedProcess && Account is null ? "Needs an account 'postgres' or 'nobody': the server refuses to run as root."
        : null;

    public int Port { get; }

    /// <summary>Processor time of all its processes so far.</summary>
    public TimeSpan Processor => TimeSpan.FromMilliseconds(10 * (Ticks(server, withEnded: true) + ChildrenOf(server).Sum(static child => Ticks(child, withEnded: false))));

    /// <summary>What the server said so far.</summary>
    public string Log => File.ReadAllText(Path.Combine(folder, "log"));

    /// <summary>The server that the tests of an assembly share; skips the test, with the reason, where there can be none.</summary>
    public static Task<PostgresServer> SharedAsync()
    {
        Assert.SkipWhen(WhyNot is not null, WhyNot ?? "");
        return Common.Value;
    }

    /// <summary>A further one, for tests that kill it; skips the test, with the reason, where there can be none.</summary>
    /// <param name="flushes">Commits wait for the disk.</param>
    public static async Task<PostgresServer> StartNewAsync(bool flushes = true)
    {
        Assert.SkipWhen(WhyNot is not null, WhyNot ?? "");
        var folder = Directory.CreateTempSubdirectory("mcpworkflows-postgres-").FullName;
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync("chown", Account!, folder);
        }

        await RunAsync([.. AsAccount, Program("initdb"), "-D", Path.Combine(folder, "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]);
        var created = new PostgresServer(folder, FreePorts.Take(), flushes);
        await created.StartAsync();
        return created;
    }

    /// <summary>A connection string to a database that is new and empty.</summary>
    /// <param name="port">Of a relay to this server; null for the server's own.</param>
    public async Task<string> CreateDatabaseAsync(int? port = null)
    {
        var name = $"test_{Interlocked.Increment(ref databases)}";
        await RunAsync(Program("createdb"), "-h", "127.0.0.1", "-p", Text(Port), "-U", "postgres", "-T", "template0", name);
        return $"Host=127.0.0.1;Port={Text(port ?? Port)};Username=postgres;Database={name}";
    }

    /// <summary>Starts it again, on the same port and data, and returns when it takes connections.</summary>
    public async Task StartAsync()
    {
        string[] command =
        [
            .. AsAccount, Program("postgres"), "-D", Path.Combine(folder, "data"), "-p", Text(Port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
            "-c", $"fsync={(flushes ? "on" : "off")}", "-c", "max_connections=300", "-c", "shared_buffers=64MB", "-c", "log_checkpoints=off",
        ];
        watcher = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Watched, "watch", folder, .. command]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        server = int.Parse((await watcher.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
        var began = Stopwatch.GetTimestamp();
        while (!await IsReadyAsync())
        {
            if (!IsThere(server) || Stopwatch.GetElapsedTime(began) > Patience)
            {
                throw new InvalidOperationException($"PostgreSQL did not start.\n{Log}");
            }

            await Task.Delay(20);
        }
    }

    /// <summary>SIGKILL, to the postmaster and all its children; what was not on disk is lost.</summary>
    public async Task KillAsync()
    {
        // Stopped first, so that none forks another one meanwhile.
        await SignalAsync("-STOP", [server]);
        var all = ChildrenOf(server);
        await SignalAsync("-KILL", [server, .. all]);
        await EndAsync([server, .. all]);
    }

    /// <summary>Stops it in good order; connections are closed at once.</summary>
    public async Task StopAsync()
    {
        var all = ChildrenOf(server);
        await SignalAsync("-INT", [server]);
        await EndAsync([server, .. all]);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static string[] AsAccount => Environment.IsPrivilegedProcess ? ["setpriv", "--reuid", Account!, "--regid", Account!, "--clear-groups", "--"] : [];

    private static string Program(string name) => Path.Combine(Programs!, name);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string? FindPrograms()
    {
        const string Distribution = "/usr/lib/postgresql";
        var versions = Directory.Exists(Distribution)
            ? Directory.GetDirectories(Distribution).OrderByDescending(static version => int.TryParse(Path.GetFileName(version), out var number) ? number : 0).Select(static version => Path.Combine(version, "bin"))
            : [];
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return versions.Concat(path).FirstOrDefault(static folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));
    }

    private static string? FindAccount()
    {
        var accounts = File.Exists("/etc/passwd") ? File.ReadAllLines("/etc/passwd").Select(static line => line.Split(':')[0]).ToHashSet() : [];
        return accounts.Contains("postgres") ? "postgres" : accounts.Contains("nobody") ? "nobody" : null;
    }

    /// <summary>The process runs still, and has not just ended.</summary>
    internal static bool IsThere(int process) => Told($"/proc/{process}/stat") is { } stat && !stat.Contains(") Z ", StringComparison.Ordinal);

    /// <summary>Null when the process has gone.</summary>
    private static string? Told(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Hundredths of a second: fields 14 to 17 of <c>/proc/…/stat</c>, of which the name in the second may hold spaces.</summary>
    private static long Ticks(int process, bool withEnded)
    {
        // One that has ended counts with its parent.
        return Told($"/proc/{process}/stat") is { } stat
            ? stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[11..(withEnded ? 15 : 13)].Sum(static field => long.Parse(field, CultureInfo.InvariantCulture))
            : 0;
    }

    private static int[] ChildrenOf(int parent) =>
        [.. (Told($"/proc/{parent}/task/{parent}/children") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static id => int.Parse(id, CultureInfo.InvariantCulture))];

    private static Task SignalAsync(string signal, int[] processes) => RunAsync(["/bin/sh", "-c", "kill \"$@\" 2>/dev/null || true", "kill", signal, .. processes.Select(Text)]);

    private static async Task RunAsync(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', command)} ended with exit code {process.ExitCode}.\n{string.Concat(said)}");
        }
    }

    private async Task<bool> IsReadyAsync()
    {
        using var process = Process.Start(new ProcessStartInfo(Program("pg_isready"), ["-q", "-h", "127.0.0.1", "-p", Text(Port)]))!;
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }

    private async Task EndAsync(int[] processes)
    {
        var began = Stopwatch.GetTimestamp();
        while (processes.Any(IsThere))
        {
            if (Stopwatch.GetElapsedTime(began) > Patience)
            {
                throw new TimeoutException($"PostgreSQL did not end.\n{Log}");
            }

            await Task.Delay(5);
        }

        // Not by closing its pipe: then it would remove the folder.
        watcher!.Kill();
        await watcher.WaitForExitAsync();
        watcher.Dispose();
    }
}
