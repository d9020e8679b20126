using McpWorkflows.Cluster.Broker;
using McpWorkflows.Testing.Servers;

namespace McpWorkflows.Cluster.Tests;

public sealed class BrokerAddressTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("amqp://me:pa,ss@one:1,two/v", "amqp://one:1, two:5672/v")]
    [InlineData("amqps://me:secret@one,two:2,[::1]:3/v", "amqps://one:5671, two:2, ::1:3/v")]
    [InlineData("amqp://one", "amqp://one:5672/")]
    public void Describe_Address_NamesHostsAndNoPassword(string text, string said) => Assert.Equal(said, BrokerAddress.Describe(BrokerAddress.Normalize(text)));

    [Theory]
    [InlineData("http://me:secret@one/")]
    [InlineData("one")]
    [InlineData("amqp://me:secret@one,two:secret/v")]
    [InlineData("amqps://me:secret@one/v?cacertfile=/nowhere/ca.pem")]
    [InlineData("amqps://me:secret@one/v?nonsense=1")]
    public void Normalize_NoAddress_SaysSoWithoutThePassword(string text) =>
        Assert.DoesNotContain("secret", Assert.Throws<FormatException>(() => BrokerAddress.Normalize(text)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Probe_FirstHostIsAway_GoesToTheNext()
    {
        var rabbit = await RabbitServer.SharedAsync();
        var address = rabbit.TakeVirtualHost().Replace("@127.0.0.1:", $"@127.0.0.9:{rabbit.Port},127.0.0.1:", StringComparison.Ordinal);

        var (found, problem) = await BrokerProbe.RunAsync(BrokerAddress.Normalize(address), Cancellation);

        Assert.Null(problem);
        Assert.StartsWith("RabbitMQ", found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_OverTls_GoesByTheServersCertificate()
    {
        var rabbit = await RabbitServer.SharedAsync();
        using var authority = new TestCertificates("Authority of the test");
        using var other = new TestCertificates("Another authority");
        using var right = new TlsRelay(rabbit.Port, authority.Issue("127.0.0.1"));
        using var wrong = new TlsRelay(rabbit.Port, authority.Issue("queue.example"));
        var plain = rabbit.TakeVirtualHost();

        Assert.StartsWith("RabbitMQ", (await ProbeAsync(right, $"cacertfile={authority.File}")).Found, StringComparison.Ordinal);
        Assert.StartsWith("RabbitMQ", (await ProbeAsync(wrong, $"cacertfile={authority.File}&server_name_indication=queue.example")).Found, StringComparison.Ordinal);
        Assert.StartsWith("RabbitMQ", (await ProbeAsync(wrong, "verify=verify_none")).Found, StringComparison.Ordinal);
        await RefusedAsync(right, $"cacertfile={other.File}", "is signed by 'CN=Authority of the test', which is not in the file of authorities");
        await RefusedAsync(right, "verify=verify_peer", "which is no authority that this machine trusts");
        await RefusedAsync(wrong, $"cacertfile={authority.File}", "is for queue.example, not for 127.0.0.1");

        Task<(string? Found, string? Problem)> ProbeAsync(TlsRelay relay, string settings) => BrokerProbe.RunAsync(
            BrokerAddress.Normalize($"{plain.Replace("amqp:", "amqps:", StringComparison.Ordinal).Replace($":{rabbit.Port}", $":{relay.Port}", StringComparison.Ordinal)}?{settings}"), Cancellation);

        async Task RefusedAsync(TlsRelay relay, string settings, string fault)
        {
            var (found, problem) = await ProbeAsync(relay, settings);
            Assert.Null(found);
            Assert.Contains(fault, problem, StringComparison.Ordinal);
            Assert.Contains("?cacertfile=/path/ca.pem", problem, StringComparison.Ordinal);
            Assert.DoesNotContain("guest", problem, StringComparison.Ordinal);
        }
    }
}
