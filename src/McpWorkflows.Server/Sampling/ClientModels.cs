using System.Collections.Concurrent;
using McpWorkflows.Server.Http;
using Microsoft.Extensions.AI;
using ModelContextProtocol.Server;

namespace McpWorkflows.Server.Sampling;

/// <summary>
/// The calling client's own model (MCP sampling) as provider <c>client</c>: for the runs that a client of a revision before
/// 2026-07-28 starts or resumes on a connection that stays open, as long as it does. Later revisions have no requests
/// from the server.
/// </summary>
internal sealed class ClientModels
{
    private const int MaxRuns = 10_000;

    private readonly AsyncLocal<IChatClient?> caller = new();
    private readonly ConcurrentDictionary<string, (IChatClient Client, Connection From)> byRun = new();
    private int offering;

    /// <summary>How long a client may take to answer: a person may have to approve each request.</summary>
    /// <value>5 minutes.</value>
    public TimeSpan Patience { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>What that is measured by.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Some client that is connected has offered its model.</summary>
    public bool IsOffered => Volatile.Read(ref offering) > 0;

    /// <summary>The model of the client that started or resumed the run, or null.</summary>
    public IChatClient? Find(string runId) => byRun.TryGetValue(runId, out var found) ? found.Client : caller.Value;

    /// <returns>To be called when the connection has ended.</returns>
    public Action AddTo(McpServerOptions options)
    {
        var connection = new Connection();
        options.Filters.Request.CallToolFilters.Add(next => async (request, cancellationToken) =>
        {
#pragma warning disable MCP9005 // Deprecated in the newest revision, which this is not for; earlier clients have nothing else.
            if (request.Params.Name is not ("start_workflow" or "resume")
                || request.Server.ClientCapabilities?.Sampling is null
                || request.JsonRpcRequest.Context?.ProtocolVersion == MessageRules.Modern)
            {
                return await next(request, cancellationToken);
            }

            // The run's first agents ask before the call has returned its id: they find the client in their context.
            var client = new PatientClient(request.Server.AsSamplingChatClient(), Patience, Time);
#pragma warning restore MCP9005
            if (connection.Offer())
                Interlocked.Increment(ref offering);
            caller.Value = client;
            var result = await next(request, cancellationToken);
            if (byRun.Count < MaxRuns && result.StructuredContent is { } content && content.TryGetProperty("runId", out var runId))
                byRun[runId.GetString()!] = (client, connection);
            return result;
        });
        return () => Forget(connection);
    }

    private void Forget(Connection connection)
    {
        if (!connection.Offer())
            Interlocked.Decrement(ref offering);
        foreach (var run in byRun.Where(run => run.Value.From == connection))
            byRun.TryRemove(run);
    }

    private sealed class Connection
    {
        private int offered;

        /// <summary>True the first time.</summary>
        public bool Offer() => Interlocked.Exchange(ref offered, 1) == 0;
    }
}
