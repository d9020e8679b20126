using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Journal.Transfer;

/// <summary>
/// A line of an exported run; exactly one member is set. The first line is the header, the second the run, the last the end.
/// Texts are as in <see cref="Texts.StoredText"/>.
/// </summary>
internal sealed record RunLine
{
    public RunFileHeader? Header { get; init; }

    public RunRecord? Run { get; init; }

    public SnapshotTaken? Snapshot { get; init; }

    public QuestionRecord? Question { get; init; }

    public CallRecord? Call { get; init; }

    public SettledItem? Settled { get; init; }

    public RunEvent? Event { get; init; }

    public RunFileEnd? End { get; init; }
}

/// <summary>Says what the file is.</summary>
/// <param name="Format">Always <see cref="RunFile.Format"/>.</param>
/// <param name="Version">Rises when an older release could not read the file.</param>
/// <param name="Text">For whoever reads the file without this program.</param>
internal sealed record RunFileHeader(string Format, int Version, DateTimeOffset ExportedAt, string Text);

/// <summary>Tells a whole file from one that was cut off.</summary>
/// <param name="Lines">All but this one.</param>
internal sealed record RunFileEnd(int Lines);
