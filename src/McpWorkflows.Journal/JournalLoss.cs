using System.Globalization;

namespace McpWorkflows.Journal;

/// <summary>
/// Commits that a process was told of and that the journal's files hold no more: they were cut, or replaced by older ones.
/// Each of the runs has an event that says the same.
/// </summary>
/// <param name="Commits">How many.</param>
/// <param name="From">Time of the last commit that is still there; null when none of the process's is.</param>
/// <param name="To">Time of the last commit that is lost.</param>
/// <param name="RunIds">Runs that the process was at work on, and that are still there.</param>
/// <param name="GoneRunIds">Runs that are lost as a whole.</param>
public sealed record JournalLoss(
    long Commits, DateTimeOffset? From, DateTimeOffset To, IReadOnlyList<string> RunIds, IReadOnlyList<string> GoneRunIds)
{
    /// <summary>For people.</summary>
    public string Message => string.Create(CultureInfo.InvariantCulture, $"""
        The journal has lost its last {Commits} {(Commits == 1 ? "commit" : "commits")} of a process that died{Since} until {To:u}: its files were cut off, or older ones put in their place.{Runs}{Gone}
        """);

    private string Since => From is { } from ? string.Create(CultureInfo.InvariantCulture, $", from {from:u}") : ", all it made,";

    private string Runs => RunIds.Count == 0 ? "" : $" What run {string.Join(", ", RunIds)} had finished in that time will be run again.";

    private string Gone => GoneRunIds.Count == 0 ? "" : $" Run {string.Join(", ", GoneRunIds)} is lost.";
}
