using System.Text;

namespace McpWorkflows.Server.Http;

/// <summary>Values of <c>Mcp-Name</c> and <c>Mcp-Param-…</c>: plain, or <c>=?base64?…?=</c> for what a header cannot carry.</summary>
internal static class HeaderText
{
    private const string Start = "=?base64?";
    private const string End = "?=";

    /// <summary>Null when the wrapping is there and its content is not Base64 of UTF-8.</summary>
    public static string? Decode(string value)
    {
        if (!value.StartsWith(Start, StringComparison.Ordinal) || !value.EndsWith(End, StringComparison.Ordinal) || value.Length < Start.Length + End.Length)
            return value;
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Convert.FromBase64String(value[Start.Length..^End.Length]));
        }
        catch (Exception failure) when (failure is FormatException or DecoderFallbackException)
        {
            return null;
        }
    }
}
