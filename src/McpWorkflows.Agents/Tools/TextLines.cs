using System.Text;

namespace McpWorkflows.Agents.Tools;

/// <summary>Reads a text file line by line without ever holding more of a line than is shown.</summary>
internal sealed class TextLines : IDisposable
{
    private const int Probe = 8 * 1024;

    private readonly StreamReader _reader;
    private readonly char[] _buffer = new char[8 * 1024];
    private readonly StringBuilder _line = new();
    private int _length;
    private int _position;
    private bool _skipLineFeed;

    private TextLines(StreamReader reader) => _reader = reader;

    /// <summary>Null when the file is binary. Takes the stream over.</summary>
    public static async Task<TextLines?> OpenAsync(Stream stream, CancellationToken cancellationToken)
    {
        var head = new byte[Probe];
        var length = await stream.ReadAtLeastAsync(head, Probe, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        var isUtf16 = length >= 2 && ((head[0] == 0xFF && head[1] == 0xFE) || (head[0] == 0xFE && head[1] == 0xFF));
        if (!isUtf16 && head.AsSpan(0, length).Contains((byte)0))
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            return null;
        }

        if (stream.CanSeek)
        {
            stream.Position = 0;
        }

        return new TextLines(new StreamReader(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, bufferSize: 16 * 1024));
    }

    /// <summary>The next line, cut to <paramref name="most"/> characters; null at the end.</summary>
    public async ValueTask<(string Text, bool Cut)?> ReadAsync(int most, CancellationToken cancellationToken)
    {
        _line.Clear();
        var any = false;
        var cut = false;
        while (true)
        {
            if (_position == _length)
            {
                _position = 0;
                _length = await _reader.ReadAsync(_buffer, cancellationToken).ConfigureAwait(false);
                if (_length == 0)
                {
                    return any ? (_line.ToString(), cut) : null;
                }
            }

            if (_skipLineFeed)
            {
                _skipLineFeed = false;
                if (_buffer[_position] == '\n')
                {
                    _position++;
                    continue;
                }
            }

            var rest = _buffer.AsSpan(_position, _length - _position);
            var end = rest.IndexOfAny('\r', '\n');
            var part = end < 0 ? rest : rest[..end];
            var room = Math.Min(part.Length, most - _line.Length);
            _line.Append(part[..room]);
            cut |= room < part.Length;
            any = true;
            _position += part.Length;
            if (end >= 0)
            {
                _skipLineFeed = rest[end] == '\r';
                _position++;
                return (_line.ToString(), cut);
            }
        }
    }

    public void Dispose() => _reader.Dispose();
}
