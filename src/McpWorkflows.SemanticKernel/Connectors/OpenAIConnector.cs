using System.Collections.Concurrent;
using McpWorkflows.Agents;
using McpWorkflows.Agents.Connections;
using McpWorkflows.Agents.OpenAI;
using McpWorkflows.Agents.Providers;
using McpWorkflows.SemanticKernel.Chat;
using Microsoft.SemanticKernel;

namespace McpWorkflows.SemanticKernel.Connectors;

/// <summary>The library's OpenAI connector for one provider: OpenAI, what is compatible with it, and Azure.</summary>
internal sealed class OpenAIConnector : IDisposable
{
    private readonly OpenAIEndpoint _endpoint;
    private readonly HttpClient _http;
    private readonly ConcurrentDictionary<string, KernelModel> _models = new(StringComparer.Ordinal);

    public OpenAIConnector(Provider provider, AgentHostOptions options)
    {
        _endpoint = OpenAIEndpoint.Of(provider);
        // A client that is handed in turns the library's own retries off. How long to wait is the stall watch's to say.
        _http = new HttpClient(new EndpointHandler(_endpoint, options.Time, HttpConnections.Create(options.MaxConnections))) { Timeout = Timeout.InfiniteTimeSpan };
    }

    public KernelModel Find(string model) => _models.GetOrAdd(model, name =>
    {
        var builder = Kernel.CreateBuilder();
        builder.AddOpenAIChatCompletion(modelId: _endpoint.NameOf(name), endpoint: _endpoint.Completions(name), apiKey: null, httpClient: _http);
        return new KernelModel(builder.Build()) { IsOpenAI = true, StatesItsEnd = true };
    });

    public void Dispose() => _http.Dispose();
}
