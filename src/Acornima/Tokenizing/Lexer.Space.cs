using System.Buffers;

namespace Acornima;

internal sealed partial class Lexer
{
    private static readonly SearchValues<char> s_lineTerminators = SearchValues.Create("\n\r\u2028\u2029");
    private static readonly SearchValues<char> s_commentStops = SearchValues.Create("*\n\r\u2028\u2029");

    private void SkipSpace()
    {
        NewlineBefore = false;
        var input = _input;
        while (_pos < _end)
        {
            var c = input[_pos];
            switch (c)
            {
                case ' ' or '\t' or '\v' or '\f':
                    _pos++;
                    continue;
                case '\n':
                    _pos++;
                    StartLine();
                    continue;
                case '\r':
                    _pos += CharAt(_pos + 1) == '\n' ? 2 : 1;
                    StartLine();
                    continue;
                case '/':
                    switch (CharAt(_pos + 1))
                    {
                        case '/':
                            SkipLineComment();
                            continue;
                        case '*':
                            SkipBlockComment();
                            continue;
                    }

                    return;
                case '<' when !_module && Matches("<!--"):
                    SkipLineComment();
                    continue;
                case '-' when !_module && (NewlineBefore || !_started) && Matches("-->"):
                    SkipLineComment();
                    continue;
                case '\u2028' or '\u2029':
                    _pos++;
                    StartLine();
                    continue;
                case >= '\u0080' when CharClass.IsUnicodeSpace(c):
                    _pos++;
                    continue;
                default:
                    return;
            }
        }
    }

    private void StartLine()
    {
        NewlineBefore = true;
        _line++;
        _lineStart = _pos;
    }

    private bool Matches(string text)
        => _end - _pos >= text.Length && _input.AsSpan(_pos, text.Length).SequenceEqual(text);

    private void SkipLineComment()
    {
        var length = _input.AsSpan(_pos, _end - _pos).IndexOfAny(s_lineTerminators);
        _pos = length < 0 ? _end : _pos + length;
    }

    private void SkipBlockComment()
    {
        var start = _pos;
        _pos += 2;
        while (true)
        {
            var length = _input.AsSpan(_pos, _end - _pos).IndexOfAny(s_commentStops);
            if (length < 0)
            {
                Raise(start, Messages.InvalidToken);
            }

            _pos += length;
            var c = _input[_pos++];
            if (c == '*')
            {
                if (CharAt(_pos) == '/')
                {
                    _pos++;
                    return;
                }

                continue;
            }

            if (c == '\r' && CharAt(_pos) == '\n')
            {
                _pos++;
            }

            StartLine();
        }
    }

    /// <summary>Where the token after the current one begins, and whether a line terminator stands before it.</summary>
    public int PeekIndex(out bool newlineBefore)
    {
        var (pos, line, lineStart, newline) = (_pos, _line, _lineStart, NewlineBefore);
        SkipSpace();
        var index = _pos;
        newlineBefore = NewlineBefore;
        (_pos, _line, _lineStart, NewlineBefore) = (pos, line, lineStart, newline);
        return index;
    }

    /// <summary>The first character of the token after the current one, or NUL at the end.</summary>
    public char PeekChar(out bool newlineBefore) => CharAt(PeekIndex(out newlineBefore));
}
