using System.Net.Sockets;
using System.Security.Authentication;
using RabbitMQ.Client.Exceptions;

namespace McpWorkflows.Cluster.Broker;

/// <summary>Tells what a broker that is away, or comes back, makes operations throw.</summary>
internal static class BrokerFaults
{
    public static bool Is(Exception failure) =>
        failure is RabbitMQClientException or IOException or FormatException or AuthenticationException or SocketException or TimeoutException or ObjectDisposedException or OperationCanceledException;

    /// <summary>The broker is there, and will not have us: waiting helps only if somebody does something.</summary>
    public static bool IsRefusal(Exception failure) => failure is AuthenticationFailureException or PossibleAuthenticationFailureException
        || failure is BrokerUnreachableException { InnerException: { } inner } && IsRefusal(inner);

    /// <summary>One sentence, without the address: it may hold a password.</summary>
    public static string Describe(Exception failure)
    {
        while (failure is BrokerUnreachableException or AggregateException or IOException && failure.InnerException is { } inner)
        {
            failure = inner;
        }

        return failure.Message.ReplaceLineEndings(" ").TrimEnd('.');
    }
}
