using System.Globalization;
using System.Text;
using McpWorkflows.Agents.Processes;

namespace McpWorkflows.Agents.Tools;

/// <summary>Runs a shell command in the workspace.</summary>
/// <param name="confined">Told once a command has run: the sandbox's name, or null for none.</param>
internal sealed class RunCommandTool(Workspace workspace, CommandSandbox sandbox, AgentHostOptions options, Action<string?> confined) : AgentTool(
    ToolName,
    "Runs a shell command in the workspace's root and gives its exit code and output. Nothing stays running: what a command "
        + "puts into the background ends with it. There is no terminal and no input. Long output is cut in the middle.",
    """
    {
      "type": "object",
      "properties": {
        "command": { "type": "string", "description": "Command line for the shell" },
        "timeout_seconds": { "type": "integer", "minimum": 1, "description": "Time after which the command is ended" }
      },
      "required": ["command"],
      "additionalProperties": false
    }
    """)
{
    public const string ToolName = "run_command";

    private const int MostTimes = 5;

    public override string Describe(ToolArguments arguments) => $"{Name} {arguments.Text("command")}";

    public override async Task<string> InvokeAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        var command = arguments.Required("command");
        var most = (int)Math.Ceiling(options.CommandTime.TotalSeconds * MostTimes);
        var limit = TimeSpan.FromSeconds(arguments.Number("timeout_seconds", 0, most));
        var (program, problem) = await sandbox.FindAsync(cancellationToken).ConfigureAwait(false);
        if (problem is not null)
        {
            throw new ToolException(problem);
        }

        var shell = OperatingSystem.IsWindows() ? ("cmd.exe", new[] { "/d", "/s", "/c", command }) : (Shell, ["-c", command]);
        var plan = new ProcessPlan(
            program ?? shell.Item1,
            program is null ? shell.Item2 : [.. sandbox.Arguments(workspace.Root), shell.Item1, .. shell.Item2],
            workspace.Root)
        {
            Environment = PlainEnvironment.Create(),
            Limit = limit > TimeSpan.Zero ? limit : options.CommandTime,
            Merged = true,
        };
        confined(program);
        try
        {
            return Describe(await BoundedProcess.RunAsync(plan, options.Time, cancellationToken).ConfigureAwait(false), plan.Limit);
        }
        catch (ProcessStartException failure)
        {
            throw new ToolException(failure.Message);
        }
    }

    private static string Shell { get; } = File.Exists("/bin/bash") ? "/bin/bash" : "/bin/sh";

    private static string Describe(ProcessResult result, TimeSpan limit)
    {
        var text = new StringBuilder();
        text.Append(result.TimedOut
            ? string.Create(CultureInfo.InvariantCulture, $"[Ended after its time limit of {limit.TotalSeconds:0} s, with all that it had started. Give timeout_seconds for more, or do less at once.]\n")
            : string.Create(CultureInfo.InvariantCulture, $"[exit code {result.ExitCode}]\n"));
        return text.Append(result.Output.Length == 0 ? "[no output]" : result.Output.ToString()).ToString();
    }
}
