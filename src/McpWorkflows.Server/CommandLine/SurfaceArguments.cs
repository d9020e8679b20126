using System.CommandLine;
using McpWorkflows.Server.Surface;

namespace McpWorkflows.Server.CommandLine;

/// <summary>Options of <c>serve</c> that choose what clients see.</summary>
internal sealed class SurfaceArguments
{
    private readonly Option<bool> readOnly = new("--read-only") { Description = "Status, lists and results only; nothing can be started, resumed or cancelled." };

    private readonly Option<string?> tools = new("--tools") { Description = "Offer these tools only, for example get_status,list_workflows.", HelpName = "A,B" };

    private readonly Option<bool> noTasks = new("--no-tasks") { Description = "Never answer start_workflow with a task, even to clients that ask for tasks." };

    public void AddTo(Command command)
    {
        command.Options.Add(readOnly);
        command.Options.Add(tools);
        command.Options.Add(noTasks);
    }

    /// <param name="tasks">What the settings say.</param>
    public SurfaceOptions Read(ParseResult parsed, bool? tasks) => new()
    {
        ReadOnly = parsed.GetValue(readOnly),
        Tools = SurfaceOptions.ParseTools(parsed.GetValue(tools)),
        Tasks = !parsed.GetValue(noTasks) && (Switch("MCPWORKFLOWS_TASKS") ?? tasks ?? true),
    };

    /// <summary>What a variable of the environment says: yes, no, or nothing.</summary>
    public static bool? Switch(string variable) => Environment.GetEnvironmentVariable(variable)?.Trim().ToLowerInvariant() switch
    {
        "1" or "true" or "on" => true,
        "0" or "false" or "off" => false,
        _ => null,
    };
}
