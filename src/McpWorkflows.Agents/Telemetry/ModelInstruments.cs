using System.Diagnostics.Metrics;
using McpWorkflows.Agents.Faults;
using McpWorkflows.Engine.Telemetry;

namespace McpWorkflows.Agents.Telemetry;

/// <summary>What the agent host measures, over all its calls.</summary>
internal static class ModelInstruments
{
    private static readonly Histogram<double> Duration = WorkflowTelemetry.Meter.CreateHistogram(
        "gen_ai.client.operation.duration",
        "s",
        "GenAI operation duration.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92] });

    private static readonly Histogram<long> Tokens = WorkflowTelemetry.Meter.CreateHistogram(
        "gen_ai.client.token.usage",
        "{token}",
        "Number of input and output tokens used.",
        advice: new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864] });

    private static readonly Counter<long> Retries = WorkflowTelemetry.Meter.CreateCounter<long>(
        "mcpworkflows.model.retries", "{request}", "Requests that were made again after a failure.");

    private static readonly Counter<long> Refusals = WorkflowTelemetry.Meter.CreateCounter<long>(
        "mcpworkflows.model.refusals", "{request}", "Requests that a provider refused for its limits: 429, overload, a spent quota.");

    private static readonly Gauge<long> Width = WorkflowTelemetry.Meter.CreateGauge<long>(
        "mcpworkflows.model.width", "{request}", "Requests to a model that may be in flight, once its provider has refused one.");

    /// <summary>Somebody measures requests.</summary>
    public static bool AreWanted => Duration.Enabled || Tokens.Enabled;

    public static void Asked(ModelCallTags tags, TimeSpan took, string? error, long input, long output)
    {
        var common = tags.ToTagList();
        if (error is not null)
            common.Add(GenAI.ErrorType, error);
        Duration.Record(took.TotalSeconds, common);
        if (error is not null || !Tokens.Enabled)
            return;

        Record(tags, "input", input);
        Record(tags, "output", output);
    }

    public static void Retried(ModelCallTags tags, Fault fault)
    {
        if (!Retries.Enabled)
            return;
        var all = tags.ToTagList();
        all.Add(GenAI.ErrorType, NameOf(fault));
        Retries.Add(1, all);
    }

    public static void Refused(ModelCallTags tags, Fault fault)
    {
        if (!Refusals.Enabled || !(fault.IsLimit || fault.Kind == FaultKind.Quota))
            return;
        var all = tags.ToTagList();
        all.Add(GenAI.ErrorType, NameOf(fault));
        Refusals.Add(1, all);
    }

    /// <param name="lane">The model, or the provider where its limits are common to all its models.</param>
    public static void Widened(string lane, double width)
    {
        if (Width.Enabled)
            Width.Record((long)width, new KeyValuePair<string, object?>(GenAI.RequestModel, lane));
    }

    public static string NameOf(Fault fault) => fault.Kind switch
    {
        FaultKind.RateLimit => "rate_limit",
        FaultKind.Overload => "overloaded",
        FaultKind.Quota => "quota",
        FaultKind.Stall => "stalled",
        FaultKind.Transient => fault.IsUnreachable ? "unreachable" : "transient",
        _ => "refused",
    };

    private static void Record(ModelCallTags tags, string type, long count)
    {
        var all = tags.ToTagList();
        all.Add(GenAI.TokenType, type);
        Tokens.Record(count, all);
    }
}
