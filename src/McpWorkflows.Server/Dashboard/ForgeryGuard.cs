using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace McpWorkflows.Server.Dashboard;

/// <summary>
/// Tells the page's own requests from those that another page makes in its name. A page of another port of this machine is
/// foreign too. Actions need a key besides, which only a page that may read the server's answers can know.
/// </summary>
internal sealed class ForgeryGuard
{
    public const string Header = "X-Dashboard-Key";

    private readonly byte[] key = RandomNumberGenerator.GetBytes(32);

    public string Key => Convert.ToHexStringLower(key);

    /// <summary>What is wrong with the request, or null.</summary>
    public string? Problem(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        if (origin.Length > 0 && origin != $"{request.Scheme}://{request.Host}")
            return $"Pages of '{origin}' may not use this page's data.";
        if (request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin" or "none"))
            return "Another page asks for this in your name. Open the page itself.";
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
            return null;
        if (!request.HasJsonContentType())
            return "Send application/json.";
        var shown = Encoding.ASCII.GetBytes(request.Headers[Header].ToString());
        return CryptographicOperations.FixedTimeEquals(shown, Encoding.ASCII.GetBytes(Key))
            ? null
            : "The page is older than the server: reload it.";
    }
}
