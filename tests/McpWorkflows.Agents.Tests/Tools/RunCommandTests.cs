using System.Diagnostics;
using McpWorkflows.Agents.Processes;
using McpWorkflows.Agents.Providers;
using McpWorkflows.Agents.Tests.Harness;
using McpWorkflows.Agents.Tools;

namespace McpWorkflows.Agents.Tests.Tools;

public sealed class RunCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<string?> _confined = [];

    /// <summary>Not below /tmp, all of which the sandbox hides.</summary>
    private readonly string _home = Path.Join(AppContext.BaseDirectory, $"home-{Guid.NewGuid():N}");

    public RunCommandTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The commands are those of a Unix shell.");
    }

    public void Dispose()
    {
        _folder.Dispose();
        if (Directory.Exists(_home))
        {
            Directory.Delete(_home, recursive: true);
        }
    }

    [Fact]
    public async Task Command_ItsExitCodeAndBothStreams_AreTold()
    {
        var result = await Tool().CallAsync(new { command = "echo out; echo err >&2; pwd; exit 3" });

        Assert.StartsWith("[exit code 3]\n", result, StringComparison.Ordinal);
        Assert.Contains("out\n", result, StringComparison.Ordinal);
        Assert.Contains("err\n", result, StringComparison.Ordinal);
        Assert.Contains(_folder.Path, result, StringComparison.Ordinal);
        Assert.Equal("[exit code 0]\n[no output]", await Tool().CallAsync(new { command = "true" }));
        Assert.Equal([null, null], _confined);
    }

    [Fact]
    public async Task Command_LongOutput_IsCutInTheMiddleWithCounts()
    {
        var result = await Tool().CallAsync(new { command = "echo BEGIN; head -c 200000 /dev/zero | tr '\\0' x; echo; echo END" });

        Assert.InRange(result.Length, 30_000, 30_200);
        Assert.Contains("BEGIN", result, StringComparison.Ordinal);
        Assert.EndsWith("END\n", result, StringComparison.Ordinal);
        Assert.Contains("of 200011 characters cut", result, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_SeesNoSecretsOfTheEnvironment()
    {
        Environment.SetEnvironmentVariable("MCPWORKFLOWS_TEST_API_KEY", "sk-secret");
        try
        {
            var result = await Tool().CallAsync(new { command = "env" });

            Assert.DoesNotContain("sk-secret", result, StringComparison.Ordinal);
            Assert.Contains("PATH=", result, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable("MCPWORKFLOWS_TEST_API_KEY", null);
        }
    }

    [Fact]
    public async Task Command_OverItsTime_IsEndedWithAllItStarted()
    {
        var time = new ManualTime();

        // The inner one leaves its family: its parent is init.
        var running = Tool(time: time).CallAsync(new { command = "(setsid sleep 333 & echo $! > daemon.pid); sleep 444 & echo $! > child.pid; wait", timeout_seconds = 1 });
        await ProcessFiles.WrittenAsync(_folder.At("daemon.pid"));
        await ProcessFiles.WrittenAsync(_folder.At("child.pid"));
        var result = await time.PassUntilAsync(running, TimeSpan.FromSeconds(1));

        Assert.Contains("Ended after its time limit of 1 s", result, StringComparison.Ordinal);
        Assert.False(IsAlive("daemon.pid"), "the daemon lives on");
        Assert.False(IsAlive("child.pid"), "the child lives on");
    }

    [Fact]
    public async Task Command_ThatEnds_TakesItsBackgroundWithIt()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Left-overs are found through /proc.");

        await Tool().CallAsync(new { command = "setsid sleep 555 > /dev/null 2>&1 & echo $! > daemon.pid" });

        Assert.False(IsAlive("daemon.pid"));
    }

    [Fact]
    public async Task Command_Cancelled_IsEndedWithAllItStarted()
    {
        using var cancel = new CancellationTokenSource();
        var running = Tool().CallAsync(new { command = "sleep 666 & echo $! > child.pid; wait" }, cancel.Token);
        await ProcessFiles.WrittenAsync(_folder.At("child.pid"));

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.False(IsAlive("child.pid"));
    }

    [Fact]
    public async Task Command_InAWorkspaceThatIsALink_RunsInWhatItLeadsTo()
    {
        var link = _folder.At("../link");
        Directory.CreateSymbolicLink(link, _folder.Path);

        foreach (var mode in await ModesAsync())
        {
            var options = Options(mode, network: false);
            var tool = new RunCommandTool(new Workspace(link), new CommandSandbox(options), options, _confined.Add);
            var result = await tool.CallAsync(new { command = $"pwd; echo {mode} > {mode}.txt" });

            Assert.StartsWith("[exit code 0]", result, StringComparison.Ordinal);
            Assert.Equal($"{mode}\n", File.ReadAllText(_folder.At($"{mode}.txt")));
        }
    }

    [Fact]
    public async Task Command_OverItsTime_IsEndedWithItsGrandchildrenHoweverConfined()
    {
        foreach (var mode in await ModesAsync())
        {
            var time = new ManualTime();
            var mark = $"77{Random.Shared.Next(100_000, 999_999)}";
            var running = Tool(mode, time: time).CallAsync(new { command = $"(bash -c '(sleep {mark} & sleep {mark}; true) & wait' & wait) ; true", timeout_seconds = 1 });
            while (Sleepers() < 2 && !running.IsCompleted)
            {
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }

            var result = await time.PassUntilAsync(running, TimeSpan.FromSeconds(1));

            Assert.Contains("Ended after its time limit", result, StringComparison.Ordinal);
            Assert.Equal(0, Sleepers());

            int Sleepers() => Directory.EnumerateDirectories("/proc").Select(CommandLine).Count(line => line.StartsWith($"sleep\0{mark}", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Orphans_OfAProcessThatWasKilled_AreEndedAndNobodyElses()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Left-overs are found through /proc.");
        var own = ProcessOwner.Own!;
        using var living = Sleeper(own.ToString());
        using var orphan = Sleeper((own with { Id = 4_000_000 }).ToString());
        using var reused = Sleeper((own with { StartedAt = own.StartedAt + 1 }).ToString());
        using var elsewhere = Sleeper((own with { Id = 4_000_000, Namespace = "1" }).ToString());
        try
        {
            // How many it ends is the machine's matter: others' orphans count, and others may end these first.
            ProcessTree.KillOrphans();

            Assert.True(orphan.WaitForExit(60_000) && reused.WaitForExit(60_000));
            Assert.False(living.HasExited || elsewhere.HasExited);
        }
        finally
        {
            living.Kill();
            elsewhere.Kill();
        }
    }

    [Fact]
    public async Task Sandbox_Bwrap_ConfinesToTheWorkspace()
    {
        await RequireBwrapAsync();
        Directory.CreateDirectory(Path.Join(_home, ".ssh"));
        File.WriteAllText(Path.Join(_home, ".ssh", "id"), "PRIVATE");
        File.WriteAllText(Path.Join(_home, ".netrc"), "PRIVATE");
        _folder.Write("../outside.txt", "kept");
        var tool = Tool(SandboxMode.Bwrap);

        var result = await tool.CallAsync(new
        {
            command = $"echo in > inside.txt; echo bad > ../outside.txt; cat {_home}/.ssh/id {_home}/.netrc /etc/passwd; touch /usr/x; cat < /dev/tcp/127.0.0.1/1; ls /sys/class/net; echo scratch > /tmp/s && cat /tmp/s; ps -e 2>/dev/null | wc -l",
        });

        Assert.Equal(["bwrap"], _confined);
        Assert.Equal("in\n", File.ReadAllText(_folder.At("inside.txt")));
        Assert.Equal("kept", File.ReadAllText(_folder.At("../outside.txt")));
        Assert.DoesNotContain("PRIVATE", result, StringComparison.Ordinal);
        Assert.Contains("root:", result, StringComparison.Ordinal);
        Assert.Contains("scratch", result, StringComparison.Ordinal);
        Assert.False(File.Exists("/tmp/s"));
        Assert.False(File.Exists("/usr/x"));
    }

    [Fact]
    public async Task Sandbox_Bwrap_HasNoNetworkUnlessGranted()
    {
        await RequireBwrapAsync();
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var command = $"bash -c 'echo > /dev/tcp/127.0.0.1/{((System.Net.IPEndPoint)listener.LocalEndpoint).Port}' && echo REACHED";

        Assert.DoesNotContain("REACHED", await Tool(SandboxMode.Bwrap).CallAsync(new { command }), StringComparison.Ordinal);
        Assert.Contains("REACHED", await Tool(SandboxMode.Bwrap, network: true).CallAsync(new { command }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sandbox_Bwrap_ProtectsWhatRunsPrograms()
    {
        await RequireBwrapAsync();
        _folder.Write(".git/hooks/sample", "x");
        _folder.Write(".git/config", "mine");
        _folder.Write(".mcpworkflows/settings.json", "{}");

        await Tool(SandboxMode.Bwrap).CallAsync(new { command = "echo a > .git/hooks/pre-commit; echo b > .git/config; echo c > .mcpworkflows/settings.json; echo d > .git/free" });

        Assert.False(File.Exists(_folder.At(".git/hooks/pre-commit")));
        Assert.Equal("mine", File.ReadAllText(_folder.At(".git/config")));
        Assert.Equal("{}", File.ReadAllText(_folder.At(".mcpworkflows/settings.json")));
        Assert.True(File.Exists(_folder.At(".git/free")));
    }

    private static Process Sleeper(string owner)
    {
        var start = new ProcessStartInfo("sleep", "999");
        start.Environment[ProcessOwner.Variable] = owner;
        return Process.Start(start)!;
    }

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText($"{process}/cmdline");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private async Task<SandboxMode[]> ModesAsync() =>
        (await new CommandSandbox(Options(SandboxMode.Auto, false)).FindAsync(TestContext.Current.CancellationToken)).Program is null
            ? [SandboxMode.None] : [SandboxMode.None, SandboxMode.Bwrap];

    private async Task RequireBwrapAsync()
    {
        var (program, _) = await new CommandSandbox(Options(SandboxMode.Auto, false)).FindAsync(TestContext.Current.CancellationToken);
        Assert.SkipWhen(program is null, "bwrap is not installed here, or may not create namespaces.");
    }

    private RunCommandTool Tool(SandboxMode sandbox = SandboxMode.None, bool network = false, TimeProvider? time = null)
    {
        var options = Options(sandbox, network, time);
        return new RunCommandTool(new Workspace(_folder.Path), new CommandSandbox(options), options, _confined.Add);
    }

    private AgentHostOptions Options(SandboxMode sandbox, bool network, TimeProvider? time = null) => new()
    {
        Time = time ?? TimeProvider.System,
        Models = ModelConfiguration.FromEnvironment(_ => null),
        Sandbox = sandbox,
        Granted = new GrantedTools { RunCommand = true, Network = network },
        UserHome = _home,
    };

    private bool IsAlive(string pidFile) => ProcessFiles.IsAlive(_folder.At(pidFile));
}
