using System.Net;
using System.Net.Sockets;

namespace McpWorkflows.Testing.Servers;

/// <summary>Ports of 127.0.0.1 for programs that must be told which.</summary>
public static class FreePorts
{
    /// <summary>
    /// So many that differ. Not from the ports that the system gives to outgoing connections: one of them could take the server's
    /// while it is down, not least one of those that try to reach it.
    /// </summary>
    public static int[] Take(int count)
    {
        var listeners = new List<TcpListener>();
        try
        {
            while (listeners.Count < count)
            {
                var listener = new TcpListener(IPAddress.Loopback, Random.Shared.Next(20_000, 32_000));
                try
                {
                    listener.Start();
                    listeners.Add(listener);
                }
                catch (SocketException)
                {
                    // Taken; there are others.
                    listener.Dispose();
                }
            }

            return [.. listeners.Select(static listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        }
        finally
        {
            listeners.ForEach(static listener => listener.Dispose());
        }
    }

    public static int Take() => Take(1)[0];
}
