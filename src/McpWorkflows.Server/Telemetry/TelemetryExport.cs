using System.Runtime.CompilerServices;
using McpWorkflows.Engine.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace McpWorkflows.Server.Telemetry;

/// <summary>
/// Sends spans and measurements to a collector by OTLP, in the background: a collector that is slow or not there costs
/// no run anything. The export library is loaded only where this class is used.
/// </summary>
internal sealed class TelemetryExport : IAsyncDisposable
{
    /// <summary>The protocol library's spans of requests, which take up the trace context of a request's <c>_meta</c>.</summary>
    private const string ProtocolSource = "Experimental.ModelContextProtocol";

    private readonly TracerProvider? traces;
    private readonly MeterProvider? metrics;
    private readonly TimeSpan goodbye;

    private TelemetryExport(TelemetrySettings settings)
    {
        goodbye = settings.Goodbye;
        var resource = ResourceBuilder.CreateEmpty()
            .AddService("mcp-workflows", serviceVersion: ProductVersion.Text)
            .AddTelemetrySdk()
            // Last, so that OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES have the last word.
            .AddEnvironmentVariableDetector();
        if (settings.Traces)
        {
            traces = Sdk.CreateTracerProviderBuilder()
                .SetResourceBuilder(resource)
                .AddSource(WorkflowTelemetry.Name, ProtocolSource)
                .AddOtlpExporter(options => options.Protocol = Protocol(settings.TracesOverGrpc))
                .Build();
        }

        if (settings.Metrics)
        {
            metrics = Sdk.CreateMeterProviderBuilder()
                .SetResourceBuilder(resource)
                .AddMeter(WorkflowTelemetry.Name, ProtocolSource)
                .AddOtlpExporter(options => options.Protocol = Protocol(settings.MetricsOverGrpc))
                .Build();
        }
    }

    /// <summary>Null when there is nothing to export, or when that cannot be set up, which is told on stderr and stops nothing.</summary>
    public static IAsyncDisposable? Start(TelemetrySettings settings)
    {
        foreach (var warning in settings.Warnings)
            Console.Error.WriteLine($"warning: {warning}");
        return settings.IsOn ? TryStart(settings) : null;
    }

    public async ValueTask DisposeAsync()
    {
        // Both at once, and not for longer than a person waits for a prompt; what is left then is lost.
        var milliseconds = (int)goodbye.TotalMilliseconds;
        var last = Task.WhenAll(
            Task.Run(() => traces?.Shutdown(milliseconds)),
            Task.Run(() => metrics?.Shutdown(milliseconds)));
        await Task.WhenAny(last, Task.Delay(goodbye));
    }

    // Not inlined, so that the library is not loaded for a process that exports nothing.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TelemetryExport? TryStart(TelemetrySettings settings)
    {
        try
        {
            return new TelemetryExport(settings);
        }
        catch (Exception failure)
        {
            // The boundary to the export library: a variable that it refuses must not end the run that nobody meant to end.
            Console.Error.WriteLine($"warning: traces and metrics are not exported: {failure.Message.ReplaceLineEndings(" ")} Look at the variables that begin with OTEL_.");
            return null;
        }
    }

    private static OtlpExportProtocol Protocol(bool grpc) => grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
}
