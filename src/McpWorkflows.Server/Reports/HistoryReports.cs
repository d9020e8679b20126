using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.History;

namespace McpWorkflows.Server.Reports;

/// <summary><c>prune --json</c></summary>
internal sealed record PruneSummary
{
    public required IReadOnlyList<string> Runs { get; init; }

    public required bool DryRun { get; init; }

    public required long FreedBytes { get; init; }

    public required long FileBytes { get; init; }

    public static PruneSummary Of(PruneReport report, bool dryRun) => new()
    {
        Runs = report.RunIds,
        DryRun = dryRun,
        FreedBytes = report.FreedBytes,
        FileBytes = report.FileBytes,
    };
}

/// <summary><c>import --json</c></summary>
internal sealed record ImportSummary
{
    public required string RunId { get; init; }

    public required string Name { get; init; }

    public required string State { get; init; }

    public static ImportSummary Of(RunRecord run) => new() { RunId = run.Id, Name = run.Name, State = run.State.ToText() };
}
