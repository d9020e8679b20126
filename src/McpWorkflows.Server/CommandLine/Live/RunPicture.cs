using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Server.CommandLine.Live;

/// <summary>What the live display shows of a run at a moment, wherever the run is.</summary>
internal sealed record RunPicture
{
    public required string RunId { get; init; }

    public required string Name { get; init; }

    /// <summary>As people read it.</summary>
    public required string State { get; init; }

    /// <summary>The display has nothing more to show: the run ended, or waits for a person.</summary>
    public required bool IsOver { get; init; }

    /// <summary>In the order of the script, those that have not begun included.</summary>
    public required IReadOnlyList<PhasePicture> Phases { get; init; }

    /// <summary>At work, by number.</summary>
    public required IReadOnlyList<AgentPicture> Agents { get; init; }

    /// <summary>Calls that wait for their turn.</summary>
    public required int Queued { get; init; }

    /// <summary>Calls that are over, those from the journal included.</summary>
    public required int Done { get; init; }

    public required int FromJournal { get; init; }

    public required int Failed { get; init; }

    public required long InputTokens { get; init; }

    public required long OutputTokens { get; init; }

    /// <summary>US dollars; null where no price is known.</summary>
    public decimal? Cost { get; init; }

    /// <summary>Calls whose price is not known are among them.</summary>
    public bool CostIsPartial { get; init; }

    public long? TokenCeiling { get; init; }

    public decimal? DollarCeiling { get; init; }

    public required TimeSpan Elapsed { get; init; }

    /// <summary>The last lines of the log and the last failures, the newest last.</summary>
    public required IReadOnlyList<Message> Messages { get; init; }

    /// <summary>What the keys do.</summary>
    public string Hint { get; init; } = "Ctrl+C stops; everything finished is kept";

    /// <summary>Calls that were asked for and are not over; how many more there will be nobody knows.</summary>
    public int Left => Queued + Agents.Count;
}

/// <summary>Counts of a phase; none at all before it begins.</summary>
internal sealed record PhasePicture(string Title, int Agents, int Done, int Failed, int Running)
{
    public bool HasBegun => Agents > 0;
}

/// <summary>An agent at work.</summary>
/// <param name="Last">Its last sign of life; null where it gave none, or where only its process knows.</param>
internal sealed record AgentPicture(int Number, string Label, string? Phase, DateTimeOffset StartedAt, string? Last)
{
    /// <summary>The last sign of life is what the model is saying.</summary>
    public bool Speaks { get; init; }

    /// <summary>For its provider's limit.</summary>
    public bool Waits { get; init; }

    /// <summary>It gave no sign of life for long.</summary>
    public bool IsQuiet { get; init; }
}

/// <summary>A line of the log, or a failure.</summary>
internal sealed record Message(string Text, bool IsFailure);
