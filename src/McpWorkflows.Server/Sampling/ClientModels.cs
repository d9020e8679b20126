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
    private readonly ConcurrentDictionary<string, IChatClient> byRun = new();
    private volatile bool offered;

    /// <summary>Some client has offered its model to this process.</summary>
    public bool IsOffered => offered;

    /// <summary>The model of the client that started or resumed the run, or null.</summary>
    public IChatClient? Find(string runId) => byRun.GetValueOrDefault(runId) ?? caller.Value;

    public void AddTo(McpServerOptions options) => options.Filters.Request.CallToolFilters.Add(next => async (request, cancellationToken) =>
    {
#pragma warning disable MCP9005 // Deprecated in the newest revision, which this is not for; earlier clients have nothing else.
        if (request.Params.Name is not ("start_workflow" or "resume")
            || request.Server.ClientCapabilities?.Sampling is null
            || request.JsonRpcRequest.Context?.ProtocolVersion == MessageRules.Modern)
        {
            return await next(request, cancellationToken);
        }

        // The run's first agents ask before the call has returned its id: they find the client in their context.
        var client = new BoundedClient(request.Server.AsSamplingChatClient());
#pragma warning restore MCP9005
        offered = true;
        caller.Value = client;
        var result = await next(request, cancellationToken);
        if (byRun.Count < MaxRuns && result.StructuredContent is { } content && content.TryGetProperty("runId", out var runId))
            byRun[runId.GetString()!] = client;
        return result;
    });

    // A person may have to approve each request; an agent must not wait for one who is not there.
    private sealed class BoundedClient(IChatClient inner) : DelegatingChatClient(inner)
    {
        private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

        public override async Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(Patience);
            try
            {
                return await base.GetResponseAsync(messages, options, patience.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"The calling client's model did not answer within {Patience.TotalMinutes:0} minutes.");
            }
        }
    }
}
