using System.CommandLine;
using System.Net;
using McpWorkflows.Server.Http;

namespace McpWorkflows.Server.CommandLine;

/// <summary>Options of <c>serve</c> for HTTP.</summary>
internal sealed class HttpArguments
{
    private const string TokenVariable = "MCPWORKFLOWS_HTTP_TOKEN";

    private readonly Option<bool> http = new("--http") { Description = "Serve Streamable HTTP instead of stdio." };

    private readonly Option<int?> port = new("--port") { Description = "Port for --http, by default 7420; 0 takes any free one.", HelpName = "N" };

    private readonly Option<string?> address = new("--address")
    {
        Description = "Address for --http, by default 127.0.0.1; any but a loopback address needs a token or an OAuth issuer.",
        HelpName = "A",
    };

    private readonly Option<string?> tokenFile = new("--token-file")
    {
        Description = $"File with the bearer token that callers of --http must show, 32 characters or more; else {TokenVariable}.",
        HelpName = "FILE",
    };

    private readonly Option<string[]> hosts = new("--allow-host") { Description = "A name that callers of --http may call this machine by.", HelpName = "NAME" };

    private readonly Option<string?> issuer = new("--oauth-issuer") { Description = "Take access tokens of this OAuth issuer.", HelpName = "URL" };

    private readonly Option<string?> audience = new("--oauth-audience") { Description = "The audience that access tokens must name.", HelpName = "TEXT" };

    private readonly Option<string?> keys = new("--oauth-keys") { Description = "The issuer's JSON Web Key Set.", HelpName = "URL|FILE" };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { http, port, address, tokenFile, hosts, issuer, audience, keys })
            command.Options.Add(option);
    }

    /// <summary>Null for stdio. Throws <see cref="UsageException"/>.</summary>
    public HttpOptions? Read(ParseResult parsed)
    {
        var given = new Option[] { port, address, tokenFile, hosts, issuer, audience, keys }.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false });
        if (!parsed.GetValue(http))
            return given is null ? null : throw new UsageException($"{given.Name} is for HTTP: add --http.");
        var options = new HttpOptions
        {
            Address = Address(parsed.GetValue(address)),
            Token = Token(parsed.GetValue(tokenFile)),
            Hosts = parsed.GetValue(hosts) ?? [],
            OAuth = OAuth(parsed),
        };
        if (parsed.GetValue(port) is { } chosen)
            options = options with { Port = chosen is >= 0 and <= 65_535 ? chosen : throw new UsageException($"--port: {chosen} is no port. Give 0 to 65535.") };
        return options.Problem() is { } problem ? throw new UsageException(problem) : options;
    }

    private static IPAddress Address(string? text) => text switch
    {
        null => IPAddress.Loopback,
        "localhost" => IPAddress.Loopback,
        _ => IPAddress.TryParse(text, out var parsed)
            ? parsed
            : throw new UsageException($"--address: '{text}' is no address. Give one such as 127.0.0.1 or 0.0.0.0."),
    };

    private static string? Token(string? file)
    {
        if (file is null)
            return Environment.GetEnvironmentVariable(TokenVariable) is { Length: > 0 } token ? token.Trim() : null;
        try
        {
            var text = File.ReadAllText(file).Trim();
            return text.Length > 0 ? text : throw new UsageException($"--token-file: '{file}' is empty. Put a token into it: openssl rand -hex 32 > {file}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--token-file: '{file}' cannot be read. Make one with: openssl rand -hex 32 > {file}");
        }
    }

    private OAuthOptions? OAuth(ParseResult parsed)
    {
        var (from, to, by) = (parsed.GetValue(issuer), parsed.GetValue(audience), parsed.GetValue(keys));
        if (from is null && to is null && by is null)
            return null;
        if (from is null || to is null || by is null)
            throw new UsageException("--oauth-issuer, --oauth-audience and --oauth-keys belong together: give all three.");
        if (Uri.TryCreate(by, UriKind.Absolute, out var place) && !place.IsFile && place.Scheme != Uri.UriSchemeHttps && !place.IsLoopback)
            throw new UsageException("--oauth-keys: keys from another machine must come by https.");
        return new OAuthOptions { Issuer = from, Audience = to, Keys = by };
    }
}
