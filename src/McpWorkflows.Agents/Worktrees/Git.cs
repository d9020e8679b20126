using McpWorkflows.Agents.Processes;

namespace McpWorkflows.Agents.Worktrees;

/// <summary>Runs git in one folder: without prompts, and without the repository's hooks.</summary>
internal sealed class Git(string folder)
{
    private const int MaxOutput = 32_000_000;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private static readonly string[] Quiet =
        ["-c", $"core.hooksPath={(OperatingSystem.IsWindows() ? "NUL" : "/dev/null")}", "-c", "core.fsmonitor=false", "-c", "advice.detachedHead=false", "-c", "core.quotePath=false", "-c", "gc.auto=0", "-c", "maintenance.auto=false"];

    private static readonly string[] Person = ["-c", "user.name=MCP Workflows", "-c", "user.email=agent@mcp-workflows.invalid", "-c", "commit.gpgSign=false"];

    public string Folder => folder;

    /// <summary>The output without its last line end.</summary>
    /// <exception cref="GitException">git is missing, or it failed.</exception>
    public async Task<string> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken, string? input = null)
    {
        var (ok, output) = await TryAsync(arguments, cancellationToken, input).ConfigureAwait(false);
        return ok ? output : throw new GitException($"git {arguments[0]} failed: {output}");
    }

    /// <summary>The output when it succeeded, else what it said of the failure.</summary>
    /// <exception cref="GitException">git is missing.</exception>
    public async Task<(bool Ok, string Output)> TryAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken, string? input = null)
    {
        var environment = PlainEnvironment.Create();
        environment["GIT_TERMINAL_PROMPT"] = "0";
        environment["LC_ALL"] = "C";
        var plan = new ProcessPlan("git", [.. Quiet, .. Person, .. arguments], folder)
        {
            Environment = environment,
            Input = input,
            Limit = Limit,
            Head = MaxOutput,
            Tail = 0,
        };
        try
        {
            var result = await BoundedProcess.RunAsync(plan, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            return result is { ExitCode: 0, TimedOut: false, Output.IsCut: false }
                ? (true, result.Output.ToString().TrimEnd('\n'))
                : (false, result.TimedOut ? $"it took more than {Limit.TotalSeconds:0} s" : result.Error.End(400));
        }
        catch (ProcessStartException failure)
        {
            throw new GitException(failure.Message);
        }
    }
}

/// <summary>git could not do something; the message is fit for people.</summary>
internal sealed class GitException(string message) : Exception(message);
