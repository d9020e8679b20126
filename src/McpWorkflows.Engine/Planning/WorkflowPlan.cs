using System.Text.Json;
using System.Text.Json.Serialization;
using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Engine.Planning;

/// <summary>
/// What a run of a script is expected to do and to take, found by rehearsing it. Kept with the run as a snapshot, and
/// shown to whoever is to approve it.
/// </summary>
public sealed record WorkflowPlan
{
    private const string SnapshotKey = "plan";

    /// <summary><c>meta.name</c>.</summary>
    public required string Name { get; init; }

    public required string Description { get; init; }

    /// <summary>Why the planner wrote no workflow: one agent does the job as well. Null for a workflow.</summary>
    public string? OneAgentBecause { get; init; }

    /// <summary>In the order of first use.</summary>
    public required IReadOnlyList<PlannedPhase> Phases { get; init; }

    public required PlanRange Agents { get; init; }

    public required PlanRange InputTokens { get; init; }

    public required PlanRange OutputTokens { get; init; }

    /// <summary>US dollars; null where a price is not known.</summary>
    public PlanCost? Cost { get; init; }

    /// <summary>What agents would run on, <c>provider/name</c>.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>Tools and rights, in words.</summary>
    public IReadOnlyList<string> Wants { get; init; } = [];

    /// <summary>Where the figures come from: past calls, and what had to be assumed.</summary>
    public IReadOnlyList<string> Basis { get; init; } = [];

    /// <summary>What is doubtful about the script.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What the planner itself took; null where nobody planned.</summary>
    public PlanningCost? Planner { get; init; }

    /// <summary>The plan in a run's snapshots; null when it was started without one.</summary>
    public static WorkflowPlan? In(IReadOnlyDictionary<string, string> snapshots) =>
        snapshots.TryGetValue(SnapshotKey, out var json) ? JsonSerializer.Deserialize(json, PlanJson.Default.WorkflowPlan) : null;

    internal SnapshotTaken ToEntry() => new(SnapshotKey, JsonSerializer.Serialize(this, PlanJson.Default.WorkflowPlan));
}

/// <summary>Agents of one phase.</summary>
public sealed record PlannedPhase(string Title, PlanRange Agents);

/// <summary>The least and the most that the rehearsals gave.</summary>
public sealed record PlanRange(long Low, long High)
{
    public static PlanRange Of(IEnumerable<long> values)
    {
        var all = values.DefaultIfEmpty(0).ToList();
        return new PlanRange(all.Min(), all.Max());
    }
}

/// <summary>US dollars.</summary>
public sealed record PlanCost(decimal Low, decimal High);

/// <summary>Tokens and rounds of the planner.</summary>
/// <param name="Cost">US dollars; null where the price is not known.</param>
public sealed record PlanningCost(int Rounds, long InputTokens, long OutputTokens, decimal? Cost);

/// <summary>The stored form of plans.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WorkflowPlan))]
internal sealed partial class PlanJson : JsonSerializerContext;
