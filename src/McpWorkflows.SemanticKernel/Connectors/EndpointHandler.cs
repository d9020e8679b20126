using McpWorkflows.Agents.Connections;
using McpWorkflows.Agents.Limits;
using McpWorkflows.Agents.OpenAI;
using McpWorkflows.SemanticKernel.Chat;

namespace McpWorkflows.SemanticKernel.Connectors;

/// <summary>
/// Sends what the connector writes to where the settings say, signed as they say, and reads what the connector does not hand
/// on: why a request was refused, and the headers about limits.
/// </summary>
internal sealed class EndpointHandler(OpenAIEndpoint endpoint, TimeProvider time, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var scope = RoundScope.Current;
        request.RequestUri = endpoint.Completions(endpoint.NameOf(scope?.Options.ModelId ?? ""));
        endpoint.Sign(request.Headers);
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            using (response)
            {
                throw await ErrorReader.ReadAsync(response, endpoint.ApiKey, time, cancellationToken).ConfigureAwait(false);
            }
        }

        if (scope is not null)
        {
            scope.News = LimitNews.Read(response.Headers, time);
            if (Pulse.PulseOf(scope.Options) is { } pulse)
            {
                response.Content = new PulseContent(response.Content, pulse);
            }
        }

        return response;
    }
}
