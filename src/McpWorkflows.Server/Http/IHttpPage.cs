using Microsoft.AspNetCore.Http;

namespace McpWorkflows.Server.Http;

/// <summary>Pages beside the MCP endpoint, behind the same guard.</summary>
internal interface IHttpPage
{
    /// <summary>Whether the path is one of the page's.</summary>
    bool Owns(PathString path);

    /// <summary>Whether what is there holds nothing of any run, so that it may be given without a token: the page has to be there before it can ask for one.</summary>
    bool IsPublic(PathString path);

    /// <summary>Answers a request that the guard let through.</summary>
    /// <param name="stopping">Ends when the server does.</param>
    Task HandleAsync(HttpContext context, CancellationToken stopping);
}
