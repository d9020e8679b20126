using System.Text;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Testing.Servers;

namespace McpWorkflows.Journal.Tests.Postgres;

/// <summary>A server with TLS, and addresses that trust it or do not.</summary>
public sealed class PostgresTlsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Open_OverTls_GoesByTheServersCertificate()
    {
        using var authority = new TestCertificates("Authority of the test");
        using var other = new TestCertificates("Another authority");
        await using var server = await PostgresServer.StartNewAsync(flushes: false);
        var place = await PostgresPlace.MakeAsync(server);

        // Before it has any.
        var plain = await Assert.ThrowsAsync<JournalException>(() => OpenAsync(place, "sslmode=require"));
        Assert.Contains("its server offers none. Set ssl = on", plain.Message, StringComparison.Ordinal);

        await ShowAsync(place, authority.Issue("127.0.0.1"));
        foreach (var good in new[] { "sslmode=require", $"sslmode=verify-ca&sslrootcert={authority.File}", $"sslmode=verify-full&sslrootcert={authority.File}", $"sslmode=require&sslrootcert={authority.File}" })
        {
            await using var journal = await OpenAsync(place, good);
            await journal.ListRunsAsync(1, Cancellation);
            Assert.Equal(0L, await place.SqlAsync("SELECT count(*) FROM pg_stat_activity JOIN pg_stat_ssl USING (pid) WHERE application_name LIKE 'mcp-workflows%' AND NOT ssl"));
        }

        foreach (var unknown in new[] { $"sslmode=verify-ca&sslrootcert={other.File}", $"sslmode=verify-full&sslrootcert={other.File}", $"sslmode=require&sslrootcert={other.File}" })
        {
            Refused("is signed by 'CN=Authority of the test', which is not in the file of authorities", await Assert.ThrowsAsync<JournalException>(() => OpenAsync(place, unknown)));
        }

        Refused("which is no authority that this machine trusts", await Assert.ThrowsAsync<JournalException>(() => OpenAsync(place, "sslmode=verify-full")));
        Refused("which is no authority that this machine trusts", await Assert.ThrowsAsync<JournalException>(() => OpenAsync(place, "sslrootcert=system")));

        await ShowAsync(place, authority.Issue("db.example"));
        await using (var byAuthority = await OpenAsync(place, $"sslmode=verify-ca&sslrootcert={authority.File}"))
        {
            await byAuthority.ListRunsAsync(1, Cancellation);
        }

        Refused("is for db.example, not for 127.0.0.1", await Assert.ThrowsAsync<JournalException>(() => OpenAsync(place, $"sslmode=verify-full&sslrootcert={authority.File}")));
    }

    [Fact]
    public async Task Open_AuthorityCannotBeRead_IsSaidWithoutAPath()
    {
        var options = new JournalOptions { Path = "postgres://me:secret@127.0.0.1:1/work?sslmode=verify-full&sslrootcert=/nowhere/ca.pem" };

        var refused = await Assert.ThrowsAsync<JournalException>(() => DatabaseJournal.OpenAsync(options, Cancellation));

        Assert.Contains("names no file of certificates", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refused.ToString(), StringComparison.Ordinal);
    }

    private static void Refused(string fault, JournalException refused)
    {
        Assert.Contains(fault, refused.Message, StringComparison.Ordinal);
        Assert.Contains("sslrootcert=/path/ca.pem", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refused.ToString(), StringComparison.Ordinal);
    }

    private static Task<PostgresJournal> OpenAsync(PostgresPlace place, string settings) => PostgresJournal.OpenAsync(
        new JournalOptions { Path = $"{place.Address.Replace("postgres@", "postgres:secret@", StringComparison.Ordinal)}&{settings}" }, Cancellation);

    /// <summary>By the server itself: a key that others may read it would not take.</summary>
    private static async Task ShowAsync(PostgresPlace place, (string Certificate, string Key) shown)
    {
        foreach (var (file, text) in new[] { ("server.crt", shown.Certificate), ("server.key", shown.Key) })
        {
            await place.SqlAsync($"COPY (SELECT '{Convert.ToBase64String(Encoding.ASCII.GetBytes(text))}') TO PROGRAM 'umask 077; base64 -d > {file}'");
        }

        await place.SqlAsync("ALTER SYSTEM SET ssl = on");
        await place.SqlAsync("SELECT pg_reload_conf()");
        while ((string?)await place.SqlAsync("SHOW ssl") != "on")
        {
            await Task.Delay(10, Cancellation);
        }
    }
}
