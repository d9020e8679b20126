using System.Data.Common;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using McpWorkflows.Engine.Network;
using Npgsql;

namespace McpWorkflows.Journal.Postgres;

/// <summary>Finds out why a server's certificate was refused, which the refusal does not say.</summary>
internal static class PostgresCertificate
{
    /// <summary>Null where it cannot be told.</summary>
    public static async Task<string?> FindFaultAsync(NpgsqlConnectionStringBuilder address, CancellationToken cancellationToken)
    {
        string? fault = null;
        var authorities = address.RootCertificate is { } path ? Load(path) : null;
        var host = address.SslMode == SslMode.VerifyFull ? address.Host : null;
        var look = new NpgsqlConnectionStringBuilder(address.ConnectionString) { Pooling = false, SslMode = SslMode.Require, RootCertificate = null };
        try
        {
            await using var connection = new NpgsqlConnection(look.ConnectionString)
            {
                SslClientAuthenticationOptionsCallback = options => options.RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
                {
                    fault = ServerCertificate.FindFault(certificate, chain, host, authorities);

                    // It has been seen, and gets no password.
                    return false;
                },
            };
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is DbException or IOException or TimeoutException or InvalidOperationException)
        {
            // As intended.
        }

        return fault;
    }

    /// <summary>Null for what is no file of certificates.</summary>
    public static X509Certificate2Collection? Load(string path)
    {
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(path);
            return authorities.Count == 0 ? null : authorities;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            return null;
        }
    }
}
