using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace McpWorkflows.Server.Dashboard;

/// <summary>The page's own files, as they stand in the assembly.</summary>
internal sealed class PageFiles
{
    private const string Prefix = "dashboard/";

    private static readonly FrozenDictionary<string, string> Types = new Dictionary<string, string>
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
    }.ToFrozenDictionary();

    private readonly FrozenDictionary<string, (byte[] Content, string Type, string Tag)> files = Read().ToFrozenDictionary(StringComparer.Ordinal);

    public bool Has(PathString path) => files.ContainsKey(NameOf(path));

    public async Task WriteAsync(HttpContext context)
    {
        var (content, type, tag) = files[NameOf(context.Request.Path)];
        var response = context.Response;
        response.Headers.ETag = tag;
        response.Headers.CacheControl = "no-cache";
        if (context.Request.Headers.IfNoneMatch == tag)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = type;
        response.ContentLength = content.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.Body.WriteAsync(content, context.RequestAborted);
    }

    /// <summary>One file as text, for whoever puts it elsewhere.</summary>
    public static string Text(string name)
    {
        using var reader = new StreamReader(typeof(PageFiles).Assembly.GetManifestResourceStream(Prefix + name)!);
        return reader.ReadToEnd();
    }

    private static string NameOf(PathString path) => path.Value is "/" or null ? "index.html" : path.Value.TrimStart('/');

    private static IEnumerable<KeyValuePair<string, (byte[], string, string)>> Read()
    {
        var assembly = typeof(PageFiles).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(content)[..8])}\"";
            yield return new(name[Prefix.Length..], (content, Types[Path.GetExtension(name)], tag));
        }
    }
}
