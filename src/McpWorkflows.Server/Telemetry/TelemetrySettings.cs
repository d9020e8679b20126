using System.Globalization;

namespace McpWorkflows.Server.Telemetry;

/// <summary>What the standard variables of OpenTelemetry say; without them nothing is exported.</summary>
internal sealed record TelemetrySettings
{
    /// <summary>The variable that the instrumentations of all languages share.</summary>
    public const string CaptureContent = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT";

    private const int GrpcPort = 4317;

    public bool Traces { get; init; }

    public bool Metrics { get; init; }

    /// <summary>Prompts and answers go along.</summary>
    public bool Content { get; init; }

    /// <summary>gRPC for traces, otherwise protobuf over HTTP.</summary>
    public bool TracesOverGrpc { get; init; }

    public bool MetricsOverGrpc { get; init; }

    /// <summary>How long the end of the process may be held up for the last of it.</summary>
    /// <value>3 s, unless <c>OTEL_EXPORTER_OTLP_TIMEOUT</c> says how long the collector may take.</value>
    public TimeSpan Goodbye { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>What of it is not understood, one sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    public bool IsOn => Traces || Metrics;

    public static TelemetrySettings Read() => Read(Environment.GetEnvironmentVariable);

    public static TelemetrySettings Read(Func<string, string?> variable)
    {
        if (Is(variable("OTEL_SDK_DISABLED"), "true"))
            return new TelemetrySettings();
        var warnings = new List<string>();
        return new TelemetrySettings
        {
            Traces = IsExported("TRACES"),
            Metrics = IsExported("METRICS"),
            Content = IsContentWanted(variable(CaptureContent)),
            TracesOverGrpc = IsGrpc("TRACES"),
            MetricsOverGrpc = IsGrpc("METRICS"),
            Goodbye = int.TryParse(variable("OTEL_EXPORTER_OTLP_TIMEOUT"), CultureInfo.InvariantCulture, out var milliseconds) && milliseconds > 0
                ? TimeSpan.FromMilliseconds(milliseconds)
                : new TelemetrySettings().Goodbye,
            Warnings = warnings,
        };

        bool IsExported(string signal)
        {
            var name = $"OTEL_{signal}_EXPORTER";
            var exporters = (variable(name) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            foreach (var exporter in exporters.Where(exporter => !Is(exporter, "otlp") && !Is(exporter, "none")))
                warnings.Add($"{name}: '{exporter}' is not supported and is ignored. Supported are otlp and none.");
            return exporters.Length == 0
                ? Has($"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT") || Has("OTEL_EXPORTER_OTLP_ENDPOINT")
                : exporters.Any(exporter => Is(exporter, "otlp"));
        }

        bool IsGrpc(string signal)
        {
            var protocol = variable($"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL") ?? variable("OTEL_EXPORTER_OTLP_PROTOCOL");
            if (!string.IsNullOrWhiteSpace(protocol))
                return Is(protocol, "grpc");
            // Unsaid it follows from the port, of which each protocol has its own.
            var endpoint = variable($"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT") ?? variable("OTEL_EXPORTER_OTLP_ENDPOINT");
            return Uri.TryCreate(endpoint, UriKind.Absolute, out var address) && address.Port == GrpcPort;
        }

        bool Has(string name) => !string.IsNullOrWhiteSpace(variable(name));
    }

    private static bool IsContentWanted(string? value) =>
        Is(value, "true") || Is(value, "1") || Is(value, "SPAN_ONLY") || Is(value, "SPAN_AND_EVENT");

    private static bool Is(string? value, string wanted) => wanted.Equals(value?.Trim(), StringComparison.OrdinalIgnoreCase);
}
