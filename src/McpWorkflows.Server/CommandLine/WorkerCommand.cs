using System.CommandLine;
using System.Globalization;
using McpWorkflows.Cluster.Workers;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Dispatch;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal;
using McpWorkflows.Server.Composition;

namespace McpWorkflows.Server.CommandLine;

/// <summary><c>worker</c>: runs agents for servers on this and other machines.</summary>
internal static class WorkerCommand
{
    private const int DefaultWidth = 16;

    public static Command Create(SharedOptions shared)
    {
        var width = new Option<int>("--width") { Description = "Agents at a time in this process.", HelpName = "N", DefaultValueFactory = static _ => DefaultWidth };
        var models = new Option<string?>("--models") { Description = "Models it can ask, comma-separated, * for any; else those of all providers whose key or address is set.", HelpName = "openai/*,…" };
        var tools = new Option<string?>("--tools") { Description = "Tool servers and programs that calls may need; else those of its settings and agent types.", HelpName = "NAME,…" };
        var workspaces = new Option<string?>("--workspaces") { Description = "Workspaces it takes: none, addresses of git repositories, * for any; else any, or none without git.", HelpName = "none,URL,…" };
        var cache = new Option<string?>("--cache") { Description = "Folder for copies of repositories; else one in the user's cache folder.", HelpName = "DIR" };
        var drain = new Option<double>("--drain") { Description = "Seconds that agents at work get to finish when the worker is asked to stop; then others get their calls.", HelpName = "SECONDS", DefaultValueFactory = static _ => 60 };
        var name = new Option<string?>("--name") { Description = "Its name among the workers, which must be its own; else machine and process.", HelpName = "NAME" };
        var command = new Command("worker", "Runs agents for servers that were started with --dispatch, until SIGTERM or Ctrl-C.")
        {
            shared.Dispatch, width, models, tools, workspaces, cache, drain, name,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new Wanted(
                parsed.GetValue(shared.Journal),
                parsed.GetValue(shared.Dispatch),
                Positive(parsed.GetValue(width)),
                List(parsed.GetValue(models)),
                List(parsed.GetValue(tools)),
                List(parsed.GetValue(workspaces)),
                parsed.GetValue(cache) ?? DefaultCache(),
                parsed.GetValue(drain) is >= 0 and <= 86_400 and var seconds ? TimeSpan.FromSeconds(seconds) : throw new UsageException("--drain is a number of seconds from 0 to 86400."),
                parsed.GetValue(name) ?? string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}/{Environment.ProcessId}")),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Wanted wanted, CancellationToken cancellationToken)
    {
        DispatchAddress.RequireServer(wanted.Journal);
        // The person's own settings: a worker has no project.
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        await using var workbench = new Workbench(new WorkbenchOptions { Journal = wanted.Journal, Workspace = home, IsWorker = true });
        var broker = DispatchAddress.Find(wanted.Dispatch, workbench.Settings)
            ?? throw new UsageException($"A worker needs to know where calls come from: add --dispatch amqp://USER:PASSWORD@HOST:5672/VHOST, or set {DispatchAddress.Variable}.");
        var card = new WorkerCard
        {
            Name = wanted.Name,
            Width = wanted.Width,
            Models = wanted.Models ?? workbench.Models.Ready,
            Tools = wanted.Tools ?? [.. workbench.Settings.McpServers.Keys.Concat(Programs(workbench.Agents, home)).Order(StringComparer.Ordinal)],
            Workspaces = wanted.Workspaces ?? (HasGit() ? ["*"] : ["none"]),
        };
        if (card.Models.Count == 0 && card.Tools.Count == 0)
            throw new UsageException("This worker could do nothing: no model has a key or an address. Set OPENAI_API_KEY, ANTHROPIC_API_KEY or OPENAI_BASE_URL, or name models with --models.");

        var journal = await workbench.AwaitJournalAsync(cancellationToken);
        using var slots = journal.ShareSlots(SlotPool.Agents, workbench.Concurrency);
        var options = new WorkerOptions
        {
            Broker = broker,
            Card = card,
            CacheFolder = Path.GetFullPath(wanted.Cache),
            Drain = wanted.Drain,
            OnNotice = static notice => Console.Error.WriteLine($"warning: {notice}"),
        };
        await Console.Error.WriteLineAsync(
            $"Worker {card.Name} takes {card.Width} calls at a time from {DispatchAddress.Describe(broker)}, journal {JournalPath.Describe(JournalPath.Resolve(wanted.Journal))}. "
            + $"Models: {Words(card.Models)}. Tools: {Words(card.Tools)}. Workspaces: {Words(card.Workspaces)}. Ctrl-C lets its agents finish for {wanted.Drain.TotalSeconds:0} s; a second one ends it at once.");
        _ = AgentHosts.WarmAsync(workbench.Agents, home);
        await new Worker(options, journal.Dispatch!, slots, workbench.Agents).RunAsync(cancellationToken);
        return ExitCodes.Completed;
    }

    private static string Words(IReadOnlyList<string> list) => list.Count == 0 ? "none" : string.Join(", ", list);

    private static int Positive(int width) => width is > 0 and <= 10_000 ? width : throw new UsageException("--width is a whole number from 1 to 10000.");

    private static string[]? List(string? text) => text?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Agent types of the person's own that are programs.</summary>
    private static IEnumerable<string> Programs(IAgentHost agents, string home) => agents is IAgentTypes types
        ? types.Names(home).Where(name => types.Find(home, name)?.Contains("\"command\":", StringComparison.Ordinal) is true)
        : [];

    private static bool HasGit() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Any(static folder => File.Exists(Path.Combine(folder, OperatingSystem.IsWindows() ? "git.exe" : "git")));

    private static string DefaultCache() => Path.Combine(
        OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } folder && Path.IsPathRooted(folder) ? folder
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "mcpworkflows",
        "worker");

    /// <summary>What the command line says.</summary>
    private sealed record Wanted(
        string? Journal, string? Dispatch, int Width, string[]? Models, string[]? Tools, string[]? Workspaces, string Cache, TimeSpan Drain, string Name);
}
