using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace McpWorkflows.Journal.Sqlite;

/// <summary>
/// How many commits an owner has told its callers of, in a file outside of the database. It is written after each commit
/// and never flushed, so it can be behind the database but, unless that lost something, not ahead of it.
/// </summary>
internal sealed class CommitMark(SafeFileHandle file) : IDisposable
{
    public const string Ending = ".mark";

    private const int Header = 2 * sizeof(long);

    /// <summary>Null where no file can be made: then a loss goes unnoticed, and nothing else.</summary>
    public static CommitMark? TryCreate(string path)
    {
        try
        {
            return new CommitMark(File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Null for a file that holds no mark.</summary>
    public static Marked? TryRead(string path)
    {
        try
        {
            var bytes = File.ReadAllBytes(path);
            return bytes.Length < Header
                ? null
                : new Marked(
                    BinaryPrimitives.ReadInt64LittleEndian(bytes),
                    BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(sizeof(long))),
                    Encoding.UTF8.GetString(bytes.AsSpan(Header)).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public void Write(long commits, long utcTicks)
    {
        Span<byte> header = stackalloc byte[Header];
        BinaryPrimitives.WriteInt64LittleEndian(header, commits);
        BinaryPrimitives.WriteInt64LittleEndian(header[sizeof(long)..], utcTicks);
        TryWrite(header, 0);
    }

    /// <summary>The runs that the owner holds.</summary>
    public void WriteRuns(IEnumerable<string> runIds)
    {
        var text = Encoding.UTF8.GetBytes(string.Join('\n', runIds));
        TryWrite(text, Header);
        TryCut(Header + text.Length);
    }

    public void Dispose() => file.Dispose();

    private void TryWrite(ReadOnlySpan<byte> bytes, long at)
    {
        try
        {
            RandomAccess.Write(file, bytes, at);
        }
        catch (IOException)
        {
            // The commit stands; a mark that is behind it raises no alarm.
        }
    }

    private void TryCut(long length)
    {
        try
        {
            RandomAccess.SetLength(file, length);
        }
        catch (IOException)
        {
            // As above.
        }
    }
}

/// <summary>What a mark says.</summary>
/// <param name="Commits">Acknowledged ones.</param>
/// <param name="Time">Of the last of them, in ticks of UTC.</param>
/// <param name="RunIds">Held then.</param>
internal sealed record Marked(long Commits, long Time, IReadOnlyList<string> RunIds);
