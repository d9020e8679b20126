using System.Net;
using System.Net.Sockets;

namespace McpWorkflows.Testing.Servers;

/// <summary>
/// A way to a server that a test can cut. While it is cut nothing passes in either direction and nobody is told, as with a
/// network that lost its cable; <see cref="Mend"/> resets the connections from before, and lets new ones through.
/// </summary>
public sealed class TcpRelay : IDisposable
{
    private readonly TcpListener listener;
    private readonly CancellationTokenSource lifetime = new();
    private readonly Lock gate = new();
    private readonly List<Socket> open = [];
    private readonly int server;
    private volatile TaskCompletionSource? cut;
    private int answersToLose;

    /// <param name="server">Its port, of 127.0.0.1.</param>
    /// <param name="address">Where clients find the relay; null for 127.0.0.1.</param>
    public TcpRelay(int server, IPAddress? address = null)
    {
        this.server = server;
        listener = new TcpListener(address ?? IPAddress.Loopback, 0);
        listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public void Cut() => cut ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Mend()
    {
        Reset();
        Interlocked.Exchange(ref cut, null)?.SetResult();
    }

    /// <summary>Resets all connections; the next ones pass, unless the way is cut.</summary>
    public void Reset()
    {
        lock (gate)
        {
            foreach (var socket in open)
            {
                socket.Close(0);
            }

            open.Clear();
        }
    }

    /// <summary>The next answer of the server does not arrive: its connection is reset instead.</summary>
    public void LoseAnswer() => Interlocked.Exchange(ref answersToLose, 1);

    public void Dispose()
    {
        lifetime.Cancel();
        listener.Dispose();
        Reset();
        lifetime.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = RelayAsync(await listener.AcceptSocketAsync(lifetime.Token));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The relay is being disposed of.
        }
    }

    private async Task RelayAsync(Socket client)
    {
        var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        lock (gate)
        {
            open.Add(client);
            open.Add(far);
        }

        try
        {
            await PassedAsync();
            await far.ConnectAsync(IPAddress.Loopback, server, lifetime.Token);
            await Task.WhenAny(PumpAsync(client, far, isAnswer: false), PumpAsync(far, client, isAnswer: true));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Either end is gone; so is the other then.
        }
        finally
        {
            client.Close(0);
            far.Close(0);
            lock (gate)
            {
                open.Remove(client);
                open.Remove(far);
            }
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool isAnswer)
    {
        var bytes = new byte[16_384];
        try
        {
            while (await from.ReceiveAsync(bytes, lifetime.Token) is > 0 and var count)
            {
                await PassedAsync();
                if (isAnswer && Interlocked.Exchange(ref answersToLose, 0) == 1)
                {
                    return;
                }

                await to.SendAsync(bytes.AsMemory(0, count), lifetime.Token);
            }

            // Nor does the end of a connection pass.
            await PassedAsync();
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // As above.
        }
    }

    private Task PassedAsync() => cut?.Task.WaitAsync(lifetime.Token) ?? Task.CompletedTask;
}
