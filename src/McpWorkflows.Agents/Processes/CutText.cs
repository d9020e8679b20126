using System.Globalization;
using System.Text;

namespace McpWorkflows.Agents.Processes;

/// <summary>Text of any length of which the beginning and the end are kept. Safe for use from any thread.</summary>
internal sealed class CutText(int head, int tail)
{
    private readonly Lock _gate = new();
    private readonly StringBuilder _head = new();
    private char[] _tail = [];
    private long _total;

    public long Length
    {
        get
        {
            lock (_gate)
            {
                return _total;
            }
        }
    }

    public bool IsCut => Length > head + tail;

    public void Append(ReadOnlySpan<char> text)
    {
        lock (_gate)
        {
            var first = text[..Math.Min(text.Length, head - _head.Length)];
            _head.Append(first);
            _total += first.Length;
            var rest = text[first.Length..];
            Reserve(_total + rest.Length - head);
            foreach (var character in rest)
            {
                if (tail > 0)
                {
                    _tail[(_total - head) % tail] = character;
                }

                _total++;
            }
        }
    }

    /// <summary>What was kept, with a line in the middle that says how much was cut.</summary>
    public override string ToString()
    {
        lock (_gate)
        {
            var beyond = _total - _head.Length;
            var kept = (int)Math.Min(beyond, tail);
            var text = new StringBuilder(_head.Length + kept + 64).Append(_head);
            if (beyond > kept)
            {
                text.Append(CultureInfo.InvariantCulture, $"\n[… {beyond - kept} of {_total} characters cut …]\n");
            }

            for (var index = 0; index < kept; index++)
            {
                text.Append(_tail[(beyond - kept + index) % tail]);
            }

            return text.ToString();
        }
    }

    /// <summary>Grows with what there is, since most programs print little of what they may.</summary>
    private void Reserve(long beyondHead)
    {
        var wanted = Math.Min(beyondHead, tail);
        if (wanted > _tail.Length)
        {
            Array.Resize(ref _tail, (int)Math.Min(tail, Math.Max(wanted, _tail.Length * 2L)));
        }
    }

    /// <summary>The last characters, for messages.</summary>
    public string End(int most)
    {
        var text = ToString().TrimEnd();
        return text.Length <= most ? text : $"…{text[^most..]}";
    }
}
