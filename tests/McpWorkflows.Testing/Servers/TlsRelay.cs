using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace McpWorkflows.Testing.Servers;

/// <summary>TLS in front of a server that has none, as a proxy that ends it.</summary>
public sealed class TlsRelay : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource lifetime = new();
    private readonly X509Certificate2 certificate;
    private readonly int server;

    /// <param name="server">Its port, of 127.0.0.1.</param>
    /// <param name="shown">Certificate and key, as PEM.</param>
    public TlsRelay(int server, (string Certificate, string Key) shown)
    {
        this.server = server;
        certificate = X509Certificate2.CreateFromPem(shown.Certificate, shown.Key);
        listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public void Dispose()
    {
        lifetime.Cancel();
        listener.Dispose();
        certificate.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = RelayAsync(await listener.AcceptTcpClientAsync(lifetime.Token));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The relay is being disposed of.
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using var near = client;
        using var far = new TcpClient();
        try
        {
            using var secured = new SslStream(near.GetStream());
            await secured.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, lifetime.Token);
            await far.ConnectAsync(IPAddress.Loopback, server, lifetime.Token);
            var plain = far.GetStream();
            await Task.WhenAny(secured.CopyToAsync(plain, lifetime.Token), plain.CopyToAsync(secured, lifetime.Token));
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or AuthenticationException or SocketException or ObjectDisposedException)
        {
            // Either end is gone; so is the other then.
        }
    }
}
