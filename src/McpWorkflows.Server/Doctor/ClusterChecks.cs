using McpWorkflows.Cluster.Broker;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Server.Composition;

namespace McpWorkflows.Server.Doctor;

/// <summary>The message broker and the workers, where agents are run on those.</summary>
internal static class ClusterChecks
{
    public static async Task<IReadOnlyList<Finding>> RunAsync(Workbench workbench, WorkbenchOptions options, CancellationToken cancellationToken)
    {
        Uri? address;
        try
        {
            address = DispatchAddress.Find(options.Dispatch, workbench.Settings);
            if (address is null)
                return [];
            DispatchAddress.RequireServer(options.Journal);
        }
        catch (UsageException failure)
        {
            return [Finding.Fault("dispatch", failure.Message, "Correct it, or leave it out: agents then run in the server's own process.")];
        }

        var place = DispatchAddress.Describe(address);
        var (found, problem) = await BrokerProbe.RunAsync(address, cancellationToken);
        List<Finding> findings =
        [
            problem is null
                ? Finding.Ok("broker", $"{place} answers: {found}")
                : Finding.Fault("broker", $"{place} cannot be used: {problem}", "Start RabbitMQ there, and look at name, password and virtual host in the address."),
        ];
        try
        {
            if ((await workbench.JournalAsync(cancellationToken)).Dispatch is { } ledger)
                findings.Add(Workers([.. await ledger.ListWorkersAsync(cancellationToken)]));
        }
        catch (JournalException)
        {
            // Told with the journal.
        }

        return findings;
    }

    private static Finding Workers(Engine.Dispatch.WorkerCard[] workers) => workers.Length == 0
        ? Finding.Note("workers", "none is alive: calls wait until one is", "Start one: mcp-workflows worker, with the same --journal and --dispatch.")
        : Finding.Ok("workers", $"{workers.Length} alive, {workers.Sum(static worker => worker.Width)} calls at a time: {string.Join("; ", workers.Select(static worker => $"{worker.Name} ({string.Join(", ", worker.Models)})"))}");
}
