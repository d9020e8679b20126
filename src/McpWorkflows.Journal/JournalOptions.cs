using System.ComponentModel.DataAnnotations;

namespace McpWorkflows.Journal;

/// <summary>Where a journal is and who opens it.</summary>
public sealed record JournalOptions
{
    /// <summary>
    /// The database file, which is created with its folder when absent; or the address of a PostgreSQL database,
    /// <c>postgres://user@host:port/database</c>. See <see cref="JournalPath"/>.
    /// </summary>
    public required string Path { get; init; }

    /// <summary>
    /// Name under which runs are leased; letters, digits, <c>-</c>, <c>_</c> and <c>.</c> only. Two opened journals never share one.
    /// </summary>
    /// <value>Process id and a random part.</value>
    public string Owner { get; init; } = $"{Environment.ProcessId}-{Guid.NewGuid():N}";

    /// <summary>Stamps leases, and the end of runs that are cancelled without an owner.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>How long to wait for another process that holds the file, or when opening for a server that is not there, before giving up.</summary>
    /// <value>10 s</value>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long whoever asks a database of several machines waits for its word before it is looked at, and, where it is away, told so.
    /// What runs write waits however long it takes.
    /// </summary>
    /// <value>5 s</value>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// After how long without a sign of life a process loses its runs to whoever asks for them. With a file one that has ended loses
    /// them at once, and only one that is suspended after this time.
    /// </summary>
    /// <value>Null: 30 s for a file, 5 s for a database of several machines, where a dead process is known by its silence alone</value>
    public TimeSpan? LeaseTime { get; init; }

    /// <summary>
    /// Opens a journal that cannot be written for reading; whatever would write to it then throws. For those who only look.
    /// </summary>
    public bool AllowReadOnly { get; init; }

    /// <summary>Told, from any thread, when a database of several machines goes away and when it is back: a line for people.</summary>
    public Action<string>? Report { get; init; }

    internal void Validate()
    {
        if (string.IsNullOrWhiteSpace(Path))
        {
            throw new ValidationException($"{nameof(JournalOptions)}.{nameof(Path)} is empty: name a file, for example journal.db.");
        }

        if (Owner.Length == 0 || Owner.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')))
        {
            throw new ValidationException($"{nameof(JournalOptions)}.{nameof(Owner)} '{Owner}' is no file name: use letters, digits, '-', '_' and '.' only.");
        }

        if (LockTimeout < TimeSpan.Zero || LockTimeout > TimeSpan.FromHours(1))
        {
            throw new ValidationException($"{nameof(JournalOptions)}.{nameof(LockTimeout)} is {LockTimeout}: choose between 0 and 1 hour.");
        }

        if (Patience < TimeSpan.FromMilliseconds(100) || Patience > TimeSpan.FromHours(1))
        {
            throw new ValidationException($"{nameof(JournalOptions)}.{nameof(Patience)} is {Patience}: choose between 0.1 s and 1 hour.");
        }

        if (LeaseTime is { } leaseTime && (leaseTime < TimeSpan.FromMilliseconds(100) || leaseTime > TimeSpan.FromHours(1)))
        {
            throw new ValidationException($"{nameof(JournalOptions)}.{nameof(LeaseTime)} is {LeaseTime}: choose between 0.1 s and 1 hour.");
        }
    }
}
