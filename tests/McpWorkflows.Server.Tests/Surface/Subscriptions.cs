using System.Text.Json.Nodes;
using McpWorkflows.Server.Tests.Http;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace McpWorkflows.Server.Tests.Surface;

/// <summary>Listens for notifications in the way of the client's revision.</summary>
internal static class Subscriptions
{
    /// <summary>Opens a stream where the revision has such; ends with the token. Earlier revisions are told unasked.</summary>
    public static Task ListenAsync(McpClient client, JsonObject notifications, CancellationToken cancellationToken) =>
        client.NegotiatedProtocolVersion == HttpBench.Modern
            ? client.SendRequestAsync(
                new JsonRpcRequest { Method = "subscriptions/listen", Params = new JsonObject { ["notifications"] = notifications } }, cancellationToken)
            : Task.CompletedTask;
}
