using System.Net;
using System.Net.Sockets;

namespace McpWorkflows.Journal.Tests.Postgres;

/// <summary>A way to a server that is cut, once, at a COMMIT.</summary>
internal sealed class CommitCutter : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource lifetime = new();
    private readonly TaskCompletionSource withheld = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource breaking = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int server;
    private int armed;

    public CommitCutter(int server)
    {
        this.server = server;
        listener.Start();
        _ = AcceptAsync();
    }

    public enum Cut
    {
        None,

        /// <summary>The commit does not reach the server, and both ends see the connection break.</summary>
        Before,

        /// <summary>The commit takes effect, but the connection breaks instead of saying so.</summary>
        After,

        /// <summary>The commit does not reach the server, and neither end hears anything any more.</summary>
        Silent,

        /// <summary>The commit takes effect, and nothing is heard of it until <see cref="Break"/> breaks the connection.</summary>
        Withheld,
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>A commit has taken effect of which nobody has heard.</summary>
    public Task Withheld => withheld.Task;

    /// <summary>Whether the next commit has come.</summary>
    public bool IsCut => Volatile.Read(ref armed) == (int)Cut.None;

    public void CutNext(Cut cut) => Volatile.Write(ref armed, (int)cut);

    public void Break() => breaking.TrySetResult();

    public void Dispose()
    {
        lifetime.Cancel();
        listener.Dispose();
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
            // It is being disposed of.
        }
    }

    private async Task RelayAsync(Socket client)
    {
        using var near = client;
        using var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.NoDelay = true;
        using var broken = CancellationTokenSource.CreateLinkedTokenSource(lifetime.Token);
        var here = Cut.None;
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, server, lifetime.Token);
            await Task.WhenAny(UpAsync(), DownAsync());
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            // Either end is gone; so is the other then.
        }

        if (here == Cut.Silent)
        {
            // Nor does the end of a connection pass.
            await Task.Delay(Timeout.Infinite, lifetime.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
        }

        await broken.CancelAsync();
        near.Close(0);
        far.Close(0);

        async Task UpAsync()
        {
            var bytes = new byte[65_536];
            while (await near.ReceiveAsync(bytes, broken.Token) is > 0 and var count)
            {
                // The whole statement: transactions begin as READ COMMITTED.
                if (bytes.AsSpan(0, count).IndexOf("COMMIT\0"u8) >= 0 && Interlocked.Exchange(ref armed, (int)Cut.None) is > 0 and var cut)
                {
                    here = (Cut)cut;
                    if (here == Cut.Before)
                    {
                        return;
                    }
                }

                if (here != Cut.Silent)
                {
                    await far.SendAsync(bytes.AsMemory(0, count), broken.Token);
                }
            }
        }

        async Task DownAsync()
        {
            var bytes = new byte[65_536];
            while (await far.ReceiveAsync(bytes, broken.Token) is > 0 and var count)
            {
                if (here == Cut.Withheld)
                {
                    withheld.TrySetResult();
                    await breaking.Task.WaitAsync(broken.Token);
                }

                if (here is Cut.After or Cut.Withheld)
                {
                    return;
                }

                await near.SendAsync(bytes.AsMemory(0, count), broken.Token);
            }
        }
    }
}
