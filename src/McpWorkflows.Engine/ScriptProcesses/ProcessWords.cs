using System.Text;

namespace McpWorkflows.Engine.ScriptProcesses;

/// <summary>
/// Reads the little that a script process says on its standard error, which is what the runtime says when it ends the
/// process, and makes out the cause.
/// </summary>
internal sealed class ProcessWords
{
    private const int Kept = 2_000;
    private const int SignalBase = 128;
    private const int Sigkill = 9;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly StringBuilder _text = new();
    private readonly StreamReader _reader;
    private readonly Action _onLastWords;
    private readonly Thread _thread;

    /// <param name="onLastWords">
    /// Called when the runtime has said that it gives up. What follows is a listing of the whole stack, which can take it
    /// many seconds and helps nobody.
    /// </param>
    public ProcessWords(StreamReader reader, Action onLastWords)
    {
        _reader = reader;
        _onLastWords = onLastWords;
        _thread = new Thread(Read, 256 * 1024) { IsBackground = true, Name = "script process words" };
        _thread.Start();
    }

    /// <summary>To be called when the process has ended.</summary>
    /// <param name="fault">A lie it told before.</param>
    public (DeathCause Cause, string Detail) Explain(int exitCode, string? fault)
    {
        _thread.Join(Patience);
        string text;
        lock (_text)
        {
            text = _text.ToString();
        }

        if (text.Contains("Stack overflow", StringComparison.OrdinalIgnoreCase))
        {
            return (DeathCause.StackOverflow, "");
        }

        if (text.Contains("Out of memory", StringComparison.OrdinalIgnoreCase) || text.Contains("OutOfMemory", StringComparison.Ordinal))
        {
            return (DeathCause.Memory, "");
        }

        if (fault is not null)
        {
            return (DeathCause.Crash, fault);
        }

        var line = text.AsSpan().Trim();
        var end = line.IndexOfAny('\r', '\n');
        var words = (end < 0 ? line : line[..end]).ToString();
        return exitCode == SignalBase + Sigkill
            ? (DeathCause.Killed, "")
            : (DeathCause.Crash, $" (exit code {exitCode}{(words.Length > 0 ? $": {words}" : "")})");
    }

    private void Read()
    {
        var buffer = new char[512];
        try
        {
            int count;
            var told = false;
            while ((count = _reader.Read(buffer)) > 0)
            {
                lock (_text)
                {
                    _text.Append(buffer, 0, Math.Min(count, Kept - Math.Min(Kept, _text.Length)));
                    if (told || !_text.ToString().Contains("Stack overflow", StringComparison.OrdinalIgnoreCase))
                    {
                        continue;
                    }

                    told = true;
                }

                _onLastWords();
            }
        }
        catch (IOException)
        {
            // The pipe broke with the process.
        }
    }
}
