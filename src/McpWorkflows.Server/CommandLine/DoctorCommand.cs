using System.CommandLine;
using System.Text.Json;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Doctor;

namespace McpWorkflows.Server.CommandLine;

/// <summary><c>doctor</c></summary>
internal static class DoctorCommand
{
    public static Command Create(SharedOptions shared)
    {
        var command = new Command("doctor", "Checks runtime, journal, models and MCP clients, and says what to do about each fault.") { shared.Model, shared.Workspace, shared.Dispatch };
        command.SetAction((parsed, cancellationToken) => RunAsync(shared.Bench(parsed) with { Dispatch = parsed.GetValue(shared.Dispatch) }, parsed.GetValue(shared.Json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(WorkbenchOptions options, bool json, CancellationToken cancellationToken)
    {
        await using var workbench = new Workbench(options);
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        List<Finding> findings =
        [
            MachineChecks.Runtime(),
            MachineChecks.Agents(),
            .. await MachineChecks.JournalAsync(workbench, options.Journal, cancellationToken),
            .. await new ModelChecks(workbench, http).RunAsync(cancellationToken),
            .. MachineChecks.Workflows(workbench),
            .. await ClusterChecks.RunAsync(workbench, options, cancellationToken),
            await MachineChecks.BackgroundAsync(options.Journal, cancellationToken),
            .. ClientChecks.Run(workbench.UserHome, workbench.Workspace, Environment.ProcessPath ?? "mcp-workflows"),
        ];
        var faults = findings.Count(finding => finding.Status == "fault");
        if (json)
            Console.Out.WriteLine(JsonSerializer.Serialize(new DoctorReport { Healthy = faults == 0, Findings = findings }, DoctorJson.Default.DoctorReport));
        else
            Print(findings, faults);
        return faults == 0 ? ExitCodes.Completed : ExitCodes.Failed;
    }

    private static void Print(List<Finding> findings, int faults)
    {
        foreach (var finding in findings)
        {
            Console.Out.WriteLine($"{(finding.Status == "fault" ? "FAULT" : finding.Status),-5}  {finding.Check}: {finding.Message}");
            if (finding.Remedy is { } remedy)
                Console.Out.WriteLine("       " + remedy.ReplaceLineEndings("\n       "));
        }

        Console.Out.WriteLine(faults == 0 ? "Everything is in order." : $"{faults} {(faults == 1 ? "fault" : "faults")}; what to do stands below each.");
    }
}
