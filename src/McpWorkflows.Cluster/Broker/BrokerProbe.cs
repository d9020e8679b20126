namespace McpWorkflows.Cluster.Broker;

/// <summary>Looks whether a message broker can be used.</summary>
public static class BrokerProbe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Its version and the calls that wait, and null; or null, and in a sentence why it cannot be used.</summary>
    public static async Task<(string? Found, string? Problem)> RunAsync(Uri address, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            var session = await BrokerSession.OpenAsync(address, "mcp-workflows doctor", patience.Token).ConfigureAwait(false);
            await using var closing = session.ConfigureAwait(false);
            var dead = await session.Channel.MessageCountAsync(Topology.Dead, patience.Token).ConfigureAwait(false);
            return ($"{session.Product}, {dead} dead letters", null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, $"no answer within {Patience.TotalSeconds:0} s");
        }
        catch (Exception failure) when (BrokerFaults.Is(failure) && !cancellationToken.IsCancellationRequested)
        {
            return (null, BrokerFaults.Describe(failure));
        }
    }
}
