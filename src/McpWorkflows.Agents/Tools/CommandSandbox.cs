using McpWorkflows.Agents.Processes;

namespace McpWorkflows.Agents.Tools;

/// <summary>
/// Confines commands by bubblewrap: the workspace can be written, the rest of the file system only read, known places of
/// keys are empty, <c>/tmp</c> is private, other processes are out of sight, and there is no network unless granted.
/// </summary>
internal sealed class CommandSandbox(AgentHostOptions options)
{
    private static readonly string[] Secrets =
        [".ssh", ".aws", ".azure", ".gnupg", ".kube", ".docker", ".config/gcloud", ".config/gh", ".claude", ".codex", ".mcpworkflows", ".local/share/mcpworkflows"];

    private static readonly string[] SecretFiles = [".netrc", ".git-credentials", ".npmrc", ".pypirc", ".claude.json"];

    private readonly Lock _gate = new();
    private Task<string?>? _found;

    /// <summary>The sandbox's program, or why there is none; neither when commands are to run unconfined.</summary>
    public async Task<(string? Program, string? Problem)> FindAsync(CancellationToken cancellationToken)
    {
        if (options.Sandbox == SandboxMode.None)
        {
            return (null, null);
        }

        Task<string?> found;
        lock (_gate)
        {
            found = _found ??= ProbeAsync();
        }

        var program = await found.WaitAsync(cancellationToken).ConfigureAwait(false);
        return program is null && options.Sandbox == SandboxMode.Bwrap
            ? (null, "Commands run only in the sandbox bwrap, and it is not installed here or may not create namespaces. Ask the person who runs this server to install bubblewrap or to change the setting 'sandbox'.")
            : (program, null);
    }

    public IReadOnlyList<string> Arguments(string workspace)
    {
        List<string> arguments =
        [
            "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--tmpfs", "/var/tmp", "--tmpfs", "/run",
            "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--die-with-parent", "--new-session",
        ];
        if (options.Granted.Network)
        {
            // Name resolution is often a link to there.
            arguments.AddRange(["--ro-bind-try", "/run/systemd/resolve", "/run/systemd/resolve"]);
        }
        else
        {
            arguments.Add("--unshare-net");
        }

        foreach (var hidden in InHome(Secrets).Where(Directory.Exists))
        {
            if (!$"{workspace}/".StartsWith($"{hidden}/", StringComparison.Ordinal))
            {
                arguments.AddRange(["--tmpfs", hidden]);
            }
        }

        foreach (var hidden in InHome(SecretFiles).Where(File.Exists))
        {
            arguments.AddRange(["--ro-bind", "/dev/null", hidden]);
        }

        arguments.AddRange(["--bind", workspace, workspace]);
        foreach (var kept in (string[])[".git/hooks", ".git/config", ".mcpworkflows"])
        {
            var path = Path.Join(workspace, kept);
            if (Path.Exists(path))
            {
                arguments.AddRange(["--ro-bind", path, path]);
            }
        }

        arguments.AddRange(["--setenv", "TMPDIR", "/tmp", "--chdir", workspace, "--"]);
        return arguments;
    }

    private IEnumerable<string> InHome(string[] names) =>
        options.UserHome.Length == 0 ? [] : names.Select(name => Path.Join(options.UserHome, name));

    private async Task<string?> ProbeAsync()
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        try
        {
            var probe = new ProcessPlan("bwrap", [.. Arguments(Path.GetTempPath().TrimEnd('/')), "true"], "/")
            {
                Environment = PlainEnvironment.Create(),
                Limit = TimeSpan.FromSeconds(20),
            };
            var result = await BoundedProcess.RunAsync(probe, TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
            return result is { ExitCode: 0, TimedOut: false } ? "bwrap" : null;
        }
        catch (ProcessStartException)
        {
            return null;
        }
    }
}
