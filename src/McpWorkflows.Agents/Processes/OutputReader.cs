using System.Text;

namespace McpWorkflows.Agents.Processes;

/// <summary>Reads one of a program's streams to its end.</summary>
/// <param name="heard">Told of every read.</param>
/// <param name="onLine">Told of each line, cut; null for nobody.</param>
internal sealed class OutputReader(StreamReader reader, CutText text, Action heard, Action<string>? onLine)
{
    private const int MaxLine = 500;

    private readonly StringBuilder _line = new();

    public async Task RunAsync()
    {
        var buffer = new char[4_096];
        try
        {
            int read;
            while ((read = await reader.ReadAsync(buffer).ConfigureAwait(false)) > 0)
            {
                heard();
                text.Append(buffer.AsSpan(0, read));
                if (onLine is not null)
                {
                    SplitLines(buffer.AsSpan(0, read));
                }
            }

            if (_line.Length > 0)
            {
                onLine!(_line.ToString());
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The pipe is gone with the program.
        }
    }

    private void SplitLines(ReadOnlySpan<char> piece)
    {
        while (piece.IndexOf('\n') is >= 0 and var end)
        {
            Append(piece[..end]);
            onLine!(_line.ToString().TrimEnd('\r'));
            _line.Clear();
            piece = piece[(end + 1)..];
        }

        Append(piece);
    }

    private void Append(ReadOnlySpan<char> part) => _line.Append(part[..Math.Min(part.Length, MaxLine - _line.Length)]);
}
