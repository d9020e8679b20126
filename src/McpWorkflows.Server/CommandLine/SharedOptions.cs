using System.CommandLine;
using McpWorkflows.Server.Composition;

namespace McpWorkflows.Server.CommandLine;

/// <summary>Options that several commands have.</summary>
internal sealed class SharedOptions
{
    public Option<string?> Journal { get; } = new("--journal")
    {
        Description = "The journal's file, or postgres://user@host:port/database; else MCPWORKFLOWS_JOURNAL, else the user's data folder.",
        HelpName = "PATH",
        Recursive = true,
    };

    public Option<bool> Json { get; } = new("--json") { Description = "Print JSON for programs.", Recursive = true };

    public Option<string?> Model { get; } = new("--model")
    {
        Description = "Model for agents that name none: openai/NAME, or rehearsal (free, makes answers up).",
        HelpName = "PROVIDER/NAME",
    };

    public Option<string?> Workspace { get; } = new("--workspace")
    {
        Description = "The folder that agents may read; else the working directory.",
        HelpName = "DIR",
    };

    public Option<string?> Dispatch { get; } = new("--dispatch")
    {
        Description = "Have workers run the agents: address of the RabbitMQ that carries the calls; also MCPWORKFLOWS_DISPATCH and the setting \"dispatch\". Needs a journal in PostgreSQL.",
        HelpName = "AMQP-URL",
    };

    /// <summary>For commands that run agents and have <see cref="Dispatch"/>.</summary>
    public WorkbenchOptions DispatchingBench(ParseResult parsed) => Bench(parsed) with { Dispatches = true, Dispatch = parsed.GetValue(Dispatch) };

    public WorkbenchOptions Bench(ParseResult parsed) => new()
    {
        Journal = parsed.GetValue(Journal),
        Model = parsed.GetResult(Model) is null ? null : parsed.GetValue(Model),
        Workspace = WorkspaceOf(parsed),
    };

    private string WorkspaceOf(ParseResult parsed)
    {
        var chosen = parsed.GetResult(Workspace) is null ? null : parsed.GetValue(Workspace);
        if (string.IsNullOrEmpty(chosen))
            return Directory.GetCurrentDirectory();
        return Directory.Exists(chosen)
            ? Path.GetFullPath(chosen)
            : throw new UsageException($"--workspace: there is no folder '{chosen}'. Name an existing one, or leave the option out.");
    }
}
