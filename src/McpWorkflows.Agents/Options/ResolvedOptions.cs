using McpWorkflows.Agents.Providers;

namespace McpWorkflows.Agents.Options;

/// <summary>What a call runs with, and who said so.</summary>
internal sealed class ResolvedOptions
{
    private readonly List<string> _dropped = [];

    public required Resolved<ModelReference> Model { get; init; }

    /// <summary>Null for the model's own.</summary>
    public required Resolved<string?> Effort { get; init; }

    /// <summary>Null for those that every agent has.</summary>
    public required Resolved<IReadOnlyList<string>?> Tools { get; init; }

    public required Resolved<IReadOnlyList<string>?> DisallowedTools { get; init; }

    public required Resolved<TimeSpan> Stall { get; init; }

    public required Resolved<TimeSpan?> Timeout { get; init; }

    public required Resolved<int> MaxTurns { get; init; }

    public required Resolved<int> Retries { get; init; }

    /// <summary>The endpoint refused it, so that the call ran without.</summary>
    public void Drop(string what)
    {
        if (!_dropped.Contains(what))
        {
            _dropped.Add(what);
        }
    }

    /// <summary>JSON as <see cref="Engine.Agents.AgentOutcome.Resolved"/> states it.</summary>
    public string ToJson() => OriginWriter.Write(writer =>
    {
        writer.Text("model", Model);
        writer.Text("effort", Effort);
        writer.Names("tools", Tools);
        writer.Names("disallowedTools", DisallowedTools);
        writer.Milliseconds("stallMs", Stall);
        writer.Milliseconds("timeoutMs", Timeout);
        writer.Number("maxTurns", MaxTurns);
        writer.Number("retries", Retries);
        if (_dropped.Count > 0)
        {
            writer.Names("refusedByEndpoint", _dropped);
        }
    });
}

/// <summary>A value and who stated it.</summary>
internal readonly record struct Resolved<T>(T Value, Origin From);

/// <summary>Who states options; the first one that does is heeded.</summary>
internal enum Origin
{
    Call,
    AgentType,
    Run,
    Configuration,
    Default,
}
