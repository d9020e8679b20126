using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace McpWorkflows.Engine.Network;

/// <summary>Judges the certificate that a server shows, and says in words what is wrong with it.</summary>
public static class ServerCertificate
{
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");

    /// <summary>What is wrong, as the end of a sentence about the server; null where nothing is.</summary>
    /// <param name="chain">As built from what the server sent along.</param>
    /// <param name="host">The name or address by which it was called; null where any will do.</param>
    /// <param name="authorities">That may have signed it; null for those that the machine trusts.</param>
    public static string? FindFault(X509Certificate? certificate, X509Chain? chain, string? host, X509Certificate2Collection? authorities)
    {
        if (certificate is null)
            return "it shows no certificate";
        using var shown = new X509Certificate2(certificate);
        using var trusted = new X509Chain();
        trusted.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        trusted.ChainPolicy.ApplicationPolicy.Add(ServerAuthentication);
        if (chain is not null)
            trusted.ChainPolicy.ExtraStore.AddRange(chain.ChainPolicy.ExtraStore);
        if (authorities is not null)
        {
            trusted.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            trusted.ChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        if (!trusted.Build(shown))
        {
            return trusted.ChainStatus.Any(static status => status.Status.HasFlag(X509ChainStatusFlags.NotTimeValid))
                ? $"its certificate, or one that signed it, is out of date: it is good from {shown.NotBefore:yyyy-MM-dd} to {shown.NotAfter:yyyy-MM-dd}"
                : $"its certificate is signed by '{shown.Issuer}', which is {(authorities is null ? "no authority that this machine trusts" : "not in the file of authorities")}";
        }

        return host is null || shown.MatchesHostname(host) ? null : $"its certificate is for {Names(shown)}, not for {host}";
    }

    private static string Names(X509Certificate2 certificate)
    {
        var named = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(static extension => extension.EnumerateDnsNames().Concat(extension.EnumerateIPAddresses().Select(static address => address.ToString())))
            .ToList();
        return named.Count == 0 ? certificate.Subject : string.Join(", ", named);
    }
}
