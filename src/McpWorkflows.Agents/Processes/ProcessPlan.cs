namespace McpWorkflows.Agents.Processes;

/// <summary>A program to be run to its end.</summary>
internal sealed record ProcessPlan(string FileName, IReadOnlyList<string> Arguments, string Folder)
{
    /// <summary>All variables that the program sees.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Text for its standard input, which is then closed; empty unless set.</summary>
    public string? Input { get; init; }

    public required TimeSpan Limit { get; init; }

    /// <summary>Time without output after which it is ended; null for no bound but <see cref="Limit"/>.</summary>
    public TimeSpan? Silence { get; init; }

    /// <summary>The same for a program that has begun to print, where <see cref="Silence"/> is null.</summary>
    public TimeSpan? SilenceAfterOutput { get; init; }

    /// <summary>Characters kept from the beginning of each stream.</summary>
    public int Head { get; init; } = 15_000;

    /// <summary>Characters kept from the end of each stream.</summary>
    public int Tail { get; init; } = 15_000;

    /// <summary>Standard error joins standard output in the order of arrival.</summary>
    public bool Merged { get; init; }

    /// <summary>Told of each line of standard output, cut to some 500 characters, from any thread.</summary>
    public Action<string>? OnLine { get; init; }
}

/// <summary>How a program ended.</summary>
/// <param name="StalledAfter">The silence for which it was ended; null where it was not.</param>
internal sealed record ProcessResult(int ExitCode, bool TimedOut, TimeSpan? StalledAfter, CutText Output, CutText Error);

/// <summary>A program could not be started; the message names it and says why.</summary>
internal sealed class ProcessStartException(string message) : Exception(message);
