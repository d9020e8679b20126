using McpWorkflows.Testing.Servers;
using RabbitMQ.Client;

namespace McpWorkflows.Cluster.Tests;

public sealed class RabbitServerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Server_KilledAndStartedAgain_HasWhatItConfirmed()
    {
        await using var server = await RabbitServer.StartNewAsync();
        var factory = new ConnectionFactory { Uri = new Uri(server.TakeVirtualHost()), AutomaticRecoveryEnabled = false };
        using var deadline = new CancellationTokenSource(Patience);
        await using (var connection = await factory.CreateConnectionAsync(deadline.Token))
        {
            await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true), deadline.Token);
            await channel.QueueDeclareAsync("kept", true, false, false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }, cancellationToken: deadline.Token);
            await channel.BasicPublishAsync("", "kept", true, new BasicProperties { Persistent = true }, "news"u8.ToArray(), deadline.Token);
            await server.SettleAsync("kept");
            await server.KillAsync();
        }

        await server.StartAsync();
        await using var again = await factory.CreateConnectionAsync(deadline.Token);
        await using var reader = await again.CreateChannelAsync(cancellationToken: deadline.Token);
        BasicGetResult? found = null;
        while (found is null)
        {
            found = await reader.BasicGetAsync("kept", autoAck: true, deadline.Token);
        }

        Assert.Equal("news"u8.ToArray(), found.Body.ToArray());
    }
}
