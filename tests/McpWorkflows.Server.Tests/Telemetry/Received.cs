namespace McpWorkflows.Server.Tests.Telemetry;

/// <summary>A span as it arrived.</summary>
internal sealed record ReceivedSpan
{
    public required string Scope { get; init; }

    public required string TraceId { get; init; }

    public required string SpanId { get; init; }

    /// <summary>Empty for a root.</summary>
    public required string ParentId { get; init; }

    public required string Name { get; init; }

    /// <summary>1 internal, 2 server, 3 client.</summary>
    public required int Kind { get; init; }

    /// <summary>Nanoseconds since 1970.</summary>
    public required ulong Start { get; init; }

    public required ulong End { get; init; }

    public required IReadOnlyDictionary<string, object> Tags { get; init; }

    /// <summary>Trace and span.</summary>
    public required IReadOnlyList<(string TraceId, string SpanId)> Links { get; init; }

    /// <summary>2 for an error.</summary>
    public required int Status { get; init; }

    public required string StatusText { get; init; }

    public static IEnumerable<ReceivedSpan> Read(WireMessage request) =>
        from resource in request.Messages(1)
        from scope in resource.Messages(2)
        from span in scope.Messages(2)
        select new ReceivedSpan
        {
            Scope = scope.Message(1).Text(1),
            TraceId = span.Hex(1),
            SpanId = span.Hex(2),
            ParentId = span.Hex(4),
            Name = span.Text(5),
            Kind = (int)span.Number(6),
            Start = span.Number(7),
            End = span.Number(8),
            Tags = Attributes.Read(span, 9),
            Links = [.. span.Messages(13).Select(link => (link.Hex(1), link.Hex(2)))],
            Status = (int)span.Message(15).Number(3),
            StatusText = span.Message(15).Text(2),
        };
}

/// <summary>A measurement as it arrived: the sum, the last value, or of a histogram the sum and the count.</summary>
internal sealed record ReceivedMetric(string Name, string Unit, double Value, ulong Count, IReadOnlyDictionary<string, object> Tags)
{
    public static IEnumerable<ReceivedMetric> Read(WireMessage request) =>
        from resource in request.Messages(1)
        from scope in resource.Messages(2)
        from metric in scope.Messages(2)
        from point in Points(metric)
        select point;

    private static IEnumerable<ReceivedMetric> Points(WireMessage metric)
    {
        foreach (var number in metric.Message(5).Messages(1).Concat(metric.Message(7).Messages(1)))
        {
            var value = number.Has(4) ? number.Double(4) : (long)number.Number(6);
            yield return new ReceivedMetric(metric.Text(1), metric.Text(3), value, 0, Attributes.Read(number, 7));
        }

        foreach (var histogram in metric.Message(9).Messages(1))
            yield return new ReceivedMetric(metric.Text(1), metric.Text(3), histogram.Double(5), histogram.Number(4), Attributes.Read(histogram, 9));
    }
}

/// <summary>Names and values.</summary>
internal static class Attributes
{
    public static IReadOnlyDictionary<string, object> Read(WireMessage holder, int field) =>
        holder.Messages(field).ToDictionary(pair => pair.Text(1), pair => Value(pair.Message(2)));

    private static object Value(WireMessage any)
    {
        if (any.Has(1))
            return any.Text(1);
        if (any.Has(2))
            return any.Number(2) != 0;
        if (any.Has(3))
            return (long)any.Number(3);
        if (any.Has(4))
            return any.Double(4);
        return any.Has(5) ? string.Join(',', any.Message(5).Messages(1).Select(Value)) : "";
    }
}
