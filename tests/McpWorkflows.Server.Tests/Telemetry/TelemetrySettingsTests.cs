using McpWorkflows.Server.Telemetry;

namespace McpWorkflows.Server.Tests.Telemetry;

public sealed class TelemetrySettingsTests
{
    [Theory]
    [InlineData("", false, false)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318", true, true)]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://127.0.0.1:4318/v1/traces", true, false)]
    [InlineData("OTEL_TRACES_EXPORTER=otlp", true, false)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318;OTEL_METRICS_EXPORTER=none", true, false)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318;OTEL_SDK_DISABLED=TRUE", false, false)]
    [InlineData("OTEL_SERVICE_NAME=x", false, false)]
    public void Read_Variables_ExportsWhatTheyAskFor(string variables, bool traces, bool metrics)
    {
        var settings = Read(variables);

        Assert.Equal((traces, metrics), (settings.Traces, settings.Metrics));
        Assert.Empty(settings.Warnings);
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4317", true)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318", false)]
    [InlineData("OTEL_TRACES_EXPORTER=otlp", false)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4317;OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf", false)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:9;OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=grpc", true)]
    public void Read_Protocol_FollowsFromTheVariableElseFromThePort(string variables, bool grpc) =>
        Assert.Equal(grpc, Read(variables).TracesOverGrpc);

    [Fact]
    public void Read_ExporterThatIsNotSupported_SaysWhichAre()
    {
        var settings = Read("OTEL_TRACES_EXPORTER=console");

        Assert.False(settings.IsOn);
        Assert.Equal("OTEL_TRACES_EXPORTER: 'console' is not supported and is ignored. Supported are otlp and none.", Assert.Single(settings.Warnings));
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("SPAN_ONLY", true)]
    [InlineData("NO_CONTENT", false)]
    [InlineData("", false)]
    public void Read_Content_IsOffUnlessAskedFor(string value, bool content) =>
        Assert.Equal(content, Read($"{TelemetrySettings.CaptureContent}={value}").Content);

    [Theory]
    [InlineData("", 3)]
    [InlineData("OTEL_EXPORTER_OTLP_TIMEOUT=10000", 10)]
    [InlineData("OTEL_EXPORTER_OTLP_TIMEOUT=soon", 3)]
    [InlineData("OTEL_EXPORTER_OTLP_TIMEOUT=-1", 3)]
    public void Read_Timeout_HoldsUpTheEndNoLonger(string variables, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Read(variables).Goodbye);

    private static TelemetrySettings Read(string variables)
    {
        var all = variables.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(one => one.Split('=', 2)).ToDictionary(one => one[0], one => one[1]);
        return TelemetrySettings.Read(all.GetValueOrDefault);
    }
}
