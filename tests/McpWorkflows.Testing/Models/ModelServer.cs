using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace McpWorkflows.Testing.Models;

/// <summary>Answers one call; the token is cancelled when the client has gone or the server stops.</summary>
public delegate Task<ModelReply> ModelHandler(ModelCall call, CancellationToken cancellationToken);

/// <summary>
/// A model endpoint on a real socket of 127.0.0.1 that speaks the OpenAI wire format: <c>POST /v1/chat/completions</c>,
/// streamed and whole, and <c>GET /v1/models</c>; the same at Azure's paths; and Anthropic's <c>POST /v1/messages</c>. A handler says what the model answers; a request that a real endpoint
/// would refuse is refused with 400 before the handler sees it.
/// </summary>
public sealed class ModelServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly CancellationTokenSource stopping = new();

    private ModelServer(WebApplication app, ModelHandler handler)
    {
        this.app = app;
        Handler = handler;
    }

    /// <summary>What <c>OPENAI_BASE_URL</c> wants: <c>http://127.0.0.1:port/v1</c>.</summary>
    public string BaseUrl => $"{app.Urls.First()}/v1";

    /// <summary>What <c>ANTHROPIC_BASE_URL</c> and <c>AZURE_OPENAI_ENDPOINT</c> want: without a path.</summary>
    public string Origin => app.Urls.First();

    public ModelLog Log { get; } = new();

    /// <summary>May be exchanged at any time: an endpoint that recovers, or breaks, in the middle of a run.</summary>
    public ModelHandler Handler { get; set; }

    /// <summary>Its limits; null for none.</summary>
    public RateLimiter? Limiter { get; set; }

    /// <summary>The only key that is let in; null lets everybody in.</summary>
    public string? RequiredKey { get; set; }

    public static Task<ModelServer> StartAsync(Func<ModelCall, ModelReply> handler, int port = 0) =>
        StartAsync((call, _) => Task.FromResult(handler(call)), port);

    /// <param name="port">0: a free one.</param>
    public static async Task<ModelServer> StartAsync(ModelHandler handler, int port = 0)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        var app = builder.Build();
        var server = new ModelServer(app, handler);
        app.Run(server.ServeAsync);
        await app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await app.DisposeAsync();
        stopping.Dispose();
    }

    private Task ServeAsync(HttpContext context) => (context.Request.Method, context.Request.Path.Value) switch
    {
        ("POST", "/v1/chat/completions" or "/v1/messages" or "/openai/v1/chat/completions") => CompleteAsync(context),
        ("POST", { } path) when path.StartsWith("/openai/deployments/", StringComparison.Ordinal) && path.EndsWith("/chat/completions", StringComparison.Ordinal) =>
            CompleteAsync(context),
        ("GET", "/v1/models") => context.Response.WriteAsJsonAsync(
            new { @object = "list", data = new[] { new { id = "test-model", @object = "model", created = 0, owned_by = "tests" } } }),
        ("GET", "/log") => context.Response.WriteAsJsonAsync(Log.Summarize() with { Limited = Limiter?.Refused ?? 0 }),
        ("DELETE", "/log") => ForgetAsync(context),
        _ => WireFormat.WriteErrorAsync(context.Response, ModelReply.Error(404, "Unknown request URL.", "invalid_request_error"), default),
    };

    private Task ForgetAsync(HttpContext context)
    {
        Log.Clear();
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private async Task CompleteAsync(HttpContext context)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping.Token);
        var call = new ModelCall(await ReadAsync(context.Request, ending.Token), context.Request);
        Log.Enter(call);
        try
        {
            var reply = Refuse(call) ?? await Handler(call, ending.Token);
            reply = Limiter?.Refuse(WireFormat.TokensOf(call, reply), context.Response.Headers) ?? reply;
            await ReplyWriter.WriteAsync(context, call, reply, () => Log.Leave(call, CallEnd.Answered), ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            context.Abort();
        }
        finally
        {
            Log.Leave(call, context.RequestAborted.IsCancellationRequested && !stopping.IsCancellationRequested ? CallEnd.AbortedByClient : CallEnd.CutByServer);
        }
    }

    private ModelReply? Refuse(ModelCall call)
    {
        if (RequiredKey is not null && call.ApiKey != RequiredKey)
        {
            return ModelReply.Unauthorized();
        }

        call.Refusal = WireRules.Check(call.Chat) ?? (call.IsAnthropic ? AnthropicRequest.Check(call.Body, call.Headers.GetValueOrDefault("anthropic-version")) : null);
        return call.Refusal is null ? null : ModelReply.Error(400, call.Refusal, "invalid_request_error");
    }

    private static async Task<JsonElement> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            using var body = await JsonDocument.ParseAsync(request.Body, cancellationToken: cancellationToken);
            return body.RootElement.Clone();
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
