using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using McpWorkflows.Agents.Providers;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Settings;

namespace McpWorkflows.Server.Doctor;

/// <summary>Whether the endpoints that environment and settings name answer, and take the key.</summary>
internal sealed class ModelChecks(Workbench workbench, HttpMessageInvoker http)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        try
        {
            workbench.Models.Require(null);
            findings.Add(Finding.Ok("model", workbench.Models.Default is { } model ? $"agents run on {model} unless told otherwise" : "scripts must name a model: none is the default"));
        }
        catch (ModelNotConfiguredException missing)
        {
            findings.Add(Finding.Fault("model", "no model is configured", missing.Message));
        }
        catch (SettingsException unreadable)
        {
            return [Finding.Fault("settings", "the settings cannot be read", unreadable.Message)];
        }

        var (openAIKey, openAIUrl) = (Variable("OPENAI_API_KEY"), Variable("OPENAI_BASE_URL"));
        if (openAIKey is not null || openAIUrl is not null)
            findings.Add(await ReachAsync("OPENAI", openAIUrl ?? "https://api.openai.com/v1", "models", request => Bearer(request, openAIKey), cancellationToken));
        if (Variable("ANTHROPIC_API_KEY") is { } anthropicKey)
        {
            findings.Add(await ReachAsync("ANTHROPIC", Variable("ANTHROPIC_BASE_URL") ?? "https://api.anthropic.com", "v1/models", request =>
            {
                request.Headers.Add("x-api-key", anthropicKey);
                request.Headers.Add("anthropic-version", "2023-06-01");
            }, cancellationToken));
        }

        foreach (var provider in workbench.Settings.Models.Providers.Where(provider => provider is { BaseUrl: not null, Kind: ProviderKind.OpenAI }))
        {
            var key = provider.ApiKeyEnv is null ? null : Variable(provider.ApiKeyEnv);
            findings.Add(await ReachAsync(
                provider.Name, provider.BaseUrl!.OriginalString, "models", request => Bearer(request, key), cancellationToken,
                provider.ApiKeyEnv ?? $"models.providers.{provider.Name}.apiKeyEnv", $"models.providers.{provider.Name}.baseUrl"));
        }

        return findings;
    }

    private async Task<Finding> ReachAsync(
        string prefix, string baseUrl, string path, Action<HttpRequestMessage> authorize, CancellationToken cancellationToken, string? keyName = null, string? urlName = null)
    {
        keyName ??= $"{prefix}_API_KEY";
        urlName ??= $"{prefix}_BASE_URL";
        var check = $"endpoint {prefix.ToLowerInvariant()}";
        if (!Uri.TryCreate(baseUrl.TrimEnd('/') + "/" + path, UriKind.Absolute, out var url))
            return Finding.Fault(check, $"{urlName} is no URL", $"Set {urlName} to an address such as http://127.0.0.1:11434/v1.");
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            authorize(request);
            using var response = await http.SendAsync(request, patience.Token);
            return response.StatusCode switch
            {
                HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
                    Finding.Fault(check, $"{url.Host} refuses the key ({(int)response.StatusCode})", $"Set {keyName} to a key that is valid for {url.Host}."),
                HttpStatusCode.TooManyRequests => Finding.Note(check, $"{url.Host} answers, but says too many requests", "Wait, or look at the account's limits."),
                >= HttpStatusCode.InternalServerError => Finding.Fault(check, $"{url.Host} answers with {(int)response.StatusCode}", "Try again later, or name another endpoint."),
                // Endpoints without a list of models have chat completions all the same.
                _ => Finding.Ok(check, $"{url.Host} answers ({(int)response.StatusCode})"),
            };
        }
        catch (HttpRequestException failure)
        {
            var cause = failure.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused } ? "nothing listens there" : failure.Message;
            return Finding.Fault(check, $"{url.GetLeftPart(UriPartial.Authority)} cannot be reached: {cause}", $"Start the model server, or correct {urlName}.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Finding.Fault(check, $"{url.GetLeftPart(UriPartial.Authority)} did not answer within {Patience.TotalSeconds:0} s", "Look at the network and at proxy settings (HTTPS_PROXY).");
        }
    }

    private static void Bearer(HttpRequestMessage request, string? key)
    {
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name)?.Trim() is { Length: > 0 } value ? value : null;
}
