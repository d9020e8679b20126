using System.Text;
using McpWorkflows.Cluster.Calls;
using McpWorkflows.Cluster.Messages;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace McpWorkflows.Cluster.Broker;

/// <summary>One connection from its opening to its end; whatever fails on it ends it as a whole.</summary>
internal sealed class BrokerSession : IAsyncDisposable
{
    private static readonly BasicProperties Transient = new() { DeliveryMode = DeliveryModes.Transient };

    private static int s_largestSent;

    private readonly IConnection _connection;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _declaring = new(1);
    private readonly HashSet<string> _declared = [];

    /// <summary>Bytes of the largest message that this process has sent.</summary>
    internal static int LargestSent => Volatile.Read(ref s_largestSent);

    private BrokerSession(IConnection connection, IChannel confirmed, IChannel channel)
    {
        _connection = connection;
        Confirmed = confirmed;
        Channel = channel;
        connection.ConnectionShutdownAsync += OnShutdownAsync;
        confirmed.ChannelShutdownAsync += OnShutdownAsync;
        channel.ChannelShutdownAsync += OnShutdownAsync;
    }

    /// <summary>For consumers, acknowledgements and messages that may be lost.</summary>
    public IChannel Channel { get; }

    /// <summary>What the broker calls itself, with its version.</summary>
    public string Product => $"{Property("product") ?? "a broker"} {Property("version")}".TrimEnd();

    /// <summary>Completes when the connection is gone.</summary>
    public Task Closed => _closed.Task;

    private IChannel Confirmed { get; }

    public static async Task<BrokerSession> OpenAsync(Uri address, string name, CancellationToken cancellationToken)
    {
        var said = BrokerAddress.Read(address);
        var factory = said.Factory();
        // Consumers and queues come and go; whoever uses a session sets all of it up again in the next one.
        factory.AutomaticRecoveryEnabled = false;
        factory.RequestedHeartbeat = TimeSpan.FromSeconds(10);
        factory.ContinuationTimeout = TimeSpan.FromSeconds(10);
        var connection = await factory.CreateConnectionAsync(said.Endpoints(), name, cancellationToken).ConfigureAwait(false);
        try
        {
            var confirmed = await connection.CreateChannelAsync(new CreateChannelOptions(true, true), cancellationToken).ConfigureAwait(false);
            var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            await Topology.DeclareAsync(channel, cancellationToken).ConfigureAwait(false);
            return new BrokerSession(connection, confirmed, channel);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Sends the message of a call; completes when the broker has it on disk.</summary>
    /// <param name="replyTo">Queue of whoever waits for the outcome.</param>
    public async Task PublishAsync(string queue, byte[] body, string? replyTo, CancellationToken cancellationToken)
    {
        var properties = new BasicProperties { Persistent = true, ReplyTo = replyTo };
        await Confirmed.BasicPublishAsync("", queue, mandatory: true, properties, Measured(body), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends what may be lost.</summary>
    public ValueTask TellAsync(string queue, ReplyMessage message, CancellationToken cancellationToken) =>
        Channel.BasicPublishAsync("", queue, mandatory: false, Transient, Measured(ClusterJson.Write(message)), cancellationToken);

    /// <inheritdoc cref="TellAsync"/>
    public ValueTask AnnounceAsync(NewsMessage news, CancellationToken cancellationToken) =>
        Channel.BasicPublishAsync(Topology.News, "", mandatory: false, Transient, Measured(ClusterJson.Write(news)), cancellationToken);

    /// <summary>Makes sure of the queue; true the first time in this session.</summary>
    public async Task<bool> DeclareAsync(CallNeed need, CancellationToken cancellationToken)
    {
        if (IsDeclared(need))
        {
            return false;
        }

        await _declaring.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (IsDeclared(need))
            {
                return false;
            }

            await Topology.DeclareAsync(Channel, need, cancellationToken).ConfigureAwait(false);
            lock (_declared)
            {
                return _declared.Add(need.Queue);
            }
        }
        finally
        {
            _declaring.Release();
        }
    }

    /// <summary>The queue is to be made sure of again.</summary>
    public void Forget(CallNeed need)
    {
        lock (_declared)
        {
            _declared.Remove(need.Queue);
        }
    }

    /// <summary>Messages of that need that no worker has.</summary>
    public async Task<uint> CountAsync(CallNeed need, CancellationToken cancellationToken)
    {
        await DeclareAsync(need, cancellationToken).ConfigureAwait(false);
        return await Channel.MessageCountAsync(need.Queue, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Calls back for every message, one after the other; callbacks must return at once.</summary>
    /// <returns>The consumer's tag.</returns>
    public Task<string> ConsumeAsync(string queue, bool autoAck, Action<BasicDeliverEventArgs> receive, Action? ended, CancellationToken cancellationToken)
    {
        var consumer = new AsyncEventingBasicConsumer(Channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            receive(delivery);
            return Task.CompletedTask;
        };
        if (ended is not null)
        {
            consumer.UnregisteredAsync += (_, _) =>
            {
                ended();
                return Task.CompletedTask;
            };
        }

        return Channel.BasicConsumeAsync(queue, autoAck, consumer, cancellationToken);
    }

    /// <summary>Ends the connection without a word, as a process does that is killed.</summary>
    public Task AbortAsync() => _connection.AbortAsync(TimeSpan.Zero);

    public async ValueTask DisposeAsync()
    {
        _closed.TrySetResult();
        try
        {
            await _connection.CloseAsync(200, "", TimeSpan.FromSeconds(2), abort: true, CancellationToken.None).ConfigureAwait(false);
            await _connection.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception failure) when (BrokerFaults.Is(failure))
        {
            // It is gone, which is all that was wanted.
        }
    }

    private string? Property(string name) => _connection.ServerProperties?.TryGetValue(name, out var value) is true && value is byte[] text ? Encoding.UTF8.GetString(text) : null;

    private static byte[] Measured(byte[] body)
    {
        for (var known = LargestSent; known < body.Length; known = LargestSent)
        {
            Interlocked.CompareExchange(ref s_largestSent, body.Length, known);
        }

        return body;
    }

    private bool IsDeclared(CallNeed need)
    {
        lock (_declared)
        {
            return _declared.Contains(need.Queue);
        }
    }

    private Task OnShutdownAsync(object sender, ShutdownEventArgs reason)
    {
        _closed.TrySetResult();
        return Task.CompletedTask;
    }
}
