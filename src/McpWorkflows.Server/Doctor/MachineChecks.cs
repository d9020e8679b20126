using System.Runtime.InteropServices;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal;
using McpWorkflows.Server.Background;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Reports;

namespace McpWorkflows.Server.Doctor;

/// <summary>The server itself: runtime, journal, saved workflows, background server.</summary>
internal static class MachineChecks
{
    private const long LowDisk = 500L * 1024 * 1024;

    public static Finding Runtime() =>
        Finding.Ok("runtime", $"mcp-workflows {ProductVersion.Text} on {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}");

    public static Finding Agents() => Finding.Ok("agents", $"run on {AgentHosts.Description}");

    public static async Task<IReadOnlyList<Finding>> JournalAsync(Workbench workbench, string? chosen, CancellationToken cancellationToken)
    {
        var path = JournalPath.Resolve(chosen);
        var isFile = !JournalPath.IsServer(path);
        var shown = JournalPath.Describe(path);
        var findings = new List<Finding>();
        try
        {
            var runs = await (await workbench.EngineAsync(cancellationToken)).ListAsync(1_000, cancellationToken);
            var interrupted = runs.Count(run => run.State == RunState.Interrupted);
            findings.Add(Finding.Ok("journal", $"{shown} opens: {runs.Count} runs{(isFile ? $", {new FileInfo(path).Length / 1024:N0} KB" : "")}"));
            if (interrupted > 0)
                findings.Add(Finding.Note("journal", $"{interrupted} runs are interrupted", "Go on with one by: mcp-workflows resume ID. mcp-workflows runs lists them."));
        }
        catch (Exception failure) when (failure is JournalException or IOException or UnauthorizedAccessException)
        {
            findings.Add(Finding.Fault("journal", $"{shown} does not open: {failure.Message}", "Choose another place with --journal PATH or MCPWORKFLOWS_JOURNAL, or make that one writable."));
        }

        if (isFile && Free(path) is { } free && free < LowDisk)
            findings.Add(Finding.Fault("disk", $"The journal's disk has {free / 1024 / 1024:N0} MB left", "Free some: every answer of an agent is stored before it is used."));
        return findings;
    }

    public static IEnumerable<Finding> Workflows(Workbench workbench)
    {
        var saved = workbench.Catalog.List(workbench.Workspace).Select(workflow => WorkflowItem.Of(workflow, workbench.Workspace, workbench.UserHome)).ToList();
        yield return Finding.Ok("workflows", saved.Count == 0 ? "none are saved yet" : $"{saved.Count} are saved");
        foreach (var broken in saved.Where(workflow => workflow.Error is not null))
            yield return Finding.Fault("workflows", $"{broken.Path} cannot be started", $"See what is wrong with it: mcp-workflows validate {broken.Path}");
    }

    public static async Task<Finding> BackgroundAsync(string? chosen, CancellationToken cancellationToken)
    {
        var journal = JournalPath.Resolve(chosen);
        var endpoint = LocalEndpoint.For(journal);
        try
        {
            var client = new BackgroundClient(endpoint, journal, BackgroundPatience.Read(Environment.GetEnvironmentVariable), TimeProvider.System);
            if (!endpoint.MayExist || await client.AskAsync(Greeting.Status, cancellationToken) is not { } server)
                return Finding.Ok("background", "no background server runs; serve --detach starts one");
            return server.Version == ProductVersion.Text
                ? Finding.Ok("background", $"process {server.ProcessId} serves {server.Connections} clients")
                : Finding.Note("background", $"process {server.ProcessId} is of release {server.Version}", "It is replaced once it is idle, or now by: mcp-workflows background stop");
        }
        catch (UsageException failure)
        {
            return Finding.Fault("background", failure.Message, "Without --detach the server needs none.");
        }
    }

    private static long? Free(string path)
    {
        try
        {
            return new DriveInfo(Path.GetDirectoryName(path)!).AvailableFreeSpace;
        }
        catch (Exception failure) when (failure is IOException or ArgumentException or UnauthorizedAccessException)
        {
            // Network places tell nothing of their room.
            return null;
        }
    }
}
