using ModelContextProtocol.Server;

namespace McpWorkflows.Server.Http;

/// <summary>What the HTTP server offers; implemented by the product and by the conformance tests' fixtures.</summary>
internal interface IHttpSurface
{
    /// <summary>For requests of revision 2026-07-28.</summary>
    McpServerOptions Modern { get; }

    /// <summary>For requests of earlier revisions, to which nothing can be sent but answers.</summary>
    McpServerOptions Handshake { get; }

    /// <summary>The parameter by which intermediaries route a method of an extension (<c>taskId</c> of <c>tasks/get</c>), or null.</summary>
    string? RoutingParameter(string method);
}
