using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace McpWorkflows.Server.Tests.Telemetry;

/// <summary>A collector on real sockets of 127.0.0.1: OTLP as protobuf over HTTP, and over gRPC.</summary>
internal sealed class Collector : IAsyncDisposable
{
    /// <summary>The variable for how long a process waits for the collector at its end.</summary>
    public const string Timeout = "OTEL_EXPORTER_OTLP_TIMEOUT";

    private readonly WebApplication app;
    private readonly ConcurrentQueue<ReceivedSpan> spans = new();
    private readonly ConcurrentQueue<ReceivedMetric> metrics = new();
    private readonly ConcurrentQueue<string> raw = new();

    private Collector(WebApplication app) => this.app = app;

    public string HttpUrl => app.Urls.First();

    public string GrpcUrl => app.Urls.Last();

    public IReadOnlyList<ReceivedSpan> Spans => [.. spans];

    /// <summary>The last of each name and tags: sums are cumulative.</summary>
    public IReadOnlyList<ReceivedMetric> Metrics =>
        [.. metrics.GroupBy(metric => $"{metric.Name} {string.Join(' ', metric.Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal))}").Select(same => same.Last())];

    /// <summary>All that arrived, as text, to search for what must not be in it.</summary>
    public string Everything => string.Concat(raw);

    /// <summary>Attributes of the resource that the last request named.</summary>
    public IReadOnlyDictionary<string, object> Resource { get; private set; } = new Dictionary<string, object>();

    /// <summary>Headers of the last request.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; private set; } = new Dictionary<string, string>();

    /// <summary>Says nothing, as one that is stuck.</summary>
    public bool Hangs { get; init; }

    public static async Task<Collector> StartAsync(bool hangs = false)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        var app = builder.Build();
        var collector = new Collector(app) { Hangs = hangs };
        app.Run(collector.ReceiveAsync);
        await app.StartAsync();
        return collector;
    }

    /// <summary>All that is sent arrives, however busy the machine is, except at one that hangs.</summary>
    public IReadOnlyDictionary<string, string> Variables(bool grpc = false)
    {
        var variables = new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = grpc ? GrpcUrl : HttpUrl,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = grpc ? "grpc" : "http/protobuf",
        };
        if (!Hangs)
            variables[Timeout] = "60000";
        return variables;
    }

    public ReceivedSpan Span(string name) => Assert.Single(Spans, span => span.Name == name);

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context)
    {
        if (Hangs)
        {
            await Task.Delay(System.Threading.Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return;
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var isGrpc = context.Request.ContentType == "application/grpc";
        // A byte for compression and four for the length go before a message of gRPC.
        var message = body.ToArray().AsMemory(isGrpc ? 5 : 0);
        Headers = context.Request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString());
        Take(new WireMessage(message), context.Request.Path.Value!);
        raw.Enqueue(Encoding.UTF8.GetString(message.Span));
        context.Response.ContentType = context.Request.ContentType;
        if (isGrpc)
        {
            context.Response.AppendTrailer("grpc-status", "0");
            await context.Response.Body.WriteAsync(new byte[5]);
        }
    }

    private void Take(WireMessage request, string path)
    {
        Resource = request.Messages(1).Select(one => Attributes.Read(one.Message(1), 1)).LastOrDefault() ?? Resource;
        if (path is "/v1/traces" or "/opentelemetry.proto.collector.trace.v1.TraceService/Export")
            ReceivedSpan.Read(request).ToList().ForEach(spans.Enqueue);
        else if (path is "/v1/metrics" or "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export")
            ReceivedMetric.Read(request).ToList().ForEach(metrics.Enqueue);
        else
            throw new InvalidOperationException($"Nobody sends to {path}.");
    }
}
