using System.Text.Json;
using McpWorkflows.Server.Http;
using McpWorkflows.Server.Surface;
using McpWorkflows.Server.Tasks;
using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpWorkflows.Server.Tests.Conformance;

/// <summary>The conformance suite's tools, prompts and resources on the product's HTTP, Tasks and change layers.</summary>
internal sealed class FixtureSurface : IHttpSurface, IChangeSource
{
    private readonly List<Action<ChangedLists>> listeners = [];

    public FixtureSurface()
    {
        Modern = Options();
        Handshake = Options();
    }

    public McpServerOptions Modern { get; }

    public McpServerOptions Handshake { get; }

    public string? RoutingParameter(string method) => TaskLayer.RoutingParameter(method);

    public IDisposable Watch(Action<ChangedLists> changed)
    {
        lock (listeners)
            listeners.Add(changed);
        return new Listener(this, changed);
    }

    public Task<string?> FingerprintAsync(string uri, CancellationToken cancellationToken) => Task.FromResult<string?>("");

    private McpServerOptions Options()
    {
        var options = new McpServerOptions
        {
            ServerInfo = new Implementation { Name = "conformance-fixtures", Version = "1" },
            Capabilities = new ServerCapabilities
            {
                Completions = new CompletionsCapability(),
                Resources = new ResourcesCapability { Subscribe = true },
                Prompts = new PromptsCapability { ListChanged = true },
                Logging = new LoggingCapability(),
            },
            ToolCollection =
            [
                .. ContentFixtures.All, .. InputFixtures.All, .. TaskFixtures.Tools,
                Trigger("test_trigger_tool_change", ChangedLists.Tools), Trigger("test_trigger_prompt_change", ChangedLists.Prompts),
            ],
        };
        options.Handlers.ListPromptsHandler = (_, _) => ValueTask.FromResult(new ListPromptsResult { Prompts = [.. FixturePrompts.All] });
        options.Handlers.GetPromptHandler = (request, _) => ValueTask.FromResult(FixturePrompts.Get(request.Params));
        options.Handlers.CompleteHandler = (_, _) => ValueTask.FromResult(new CompleteResult { Completion = new Completion { Values = ["paris", "park"] } });
        options.Handlers.ListResourcesHandler = (_, _) => ValueTask.FromResult(new ListResourcesResult { Resources = [.. Resources] });
        options.Handlers.ListResourceTemplatesHandler = (_, _) => ValueTask.FromResult(new ListResourceTemplatesResult
        {
            ResourceTemplates = [new ResourceTemplate { UriTemplate = "test://template/{id}/data", Name = "template", Description = "A template.", MimeType = "application/json" }],
        });
        options.Handlers.ReadResourceHandler = (request, _) => ValueTask.FromResult(new ReadResourceResult { Contents = [Read(request.Params.Uri)] });
        options.Handlers.SubscribeToResourcesHandler = (_, _) => ValueTask.FromResult(new EmptyResult());
        options.Handlers.UnsubscribeFromResourcesHandler = (_, _) => ValueTask.FromResult(new EmptyResult());
        options.Handlers.SetLoggingLevelHandler = (_, _) => ValueTask.FromResult(new EmptyResult());
        new TaskLayer(new TaskFixtures(), TimeProvider.System).AddTo(options);
        new ChangeFeed(this, TimeProvider.System, NullLogger.Instance, CancellationToken.None).AddTo(options);
        return options;
    }

    private static Resource[] Resources =>
    [
        new Resource { Uri = "test://static-text", Name = "static-text", Description = "Text.", MimeType = "text/plain" },
        new Resource { Uri = "test://static-binary", Name = "static-binary", Description = "A picture.", MimeType = "image/png" },
        new Resource { Uri = "test://watched-resource", Name = "watched", Description = "Watched.", MimeType = "text/plain" },
    ];

    private static ResourceContents Read(string uri) => uri switch
    {
        "test://static-text" => new TextResourceContents { Uri = uri, MimeType = "text/plain", Text = "This is the content of the static text resource." },
        "test://static-binary" => new BlobResourceContents { Uri = uri, MimeType = "image/png", Blob = ContentFixtures.PictureText },
        _ when uri.StartsWith("test://template/", StringComparison.Ordinal) && uri.EndsWith("/data", StringComparison.Ordinal) => Template(uri),
        _ => throw Missing(uri),
    };

    private static TextResourceContents Template(string uri)
    {
        var id = uri["test://template/".Length..^"/data".Length];
        return new TextResourceContents { Uri = uri, MimeType = "application/json", Text = JsonSerializer.Serialize(new { id, templateTest = true, data = $"Data for ID: {id}" }) };
    }

    private static McpProtocolException Missing(string uri)
    {
        var error = new McpProtocolException("There is no such resource.", McpErrorCode.InvalidParams);
        error.Data["uri"] = uri;
        return error;
    }

    private FixtureTool Trigger(string name, ChangedLists list) => new(name, (_, _) =>
    {
        lock (listeners)
            listeners.ForEach(listener => listener(list));
        return Task.FromResult(FixtureTool.Text("Changed."));
    });

    private sealed class Listener(FixtureSurface surface, Action<ChangedLists> changed) : IDisposable
    {
        public void Dispose()
        {
            lock (surface.listeners)
                surface.listeners.Remove(changed);
        }
    }
}
