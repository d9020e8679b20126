using System.Buffers;
using System.Text;

namespace Acornima;

internal sealed partial class Lexer
{
    // Short strings are often property names: shared with the names of the source they compare by reference.
    private const int SharedStringLength = 24;

    private static readonly SearchValues<char> s_doubleQuoteStops = SearchValues.Create("\"\\\n\r");
    private static readonly SearchValues<char> s_singleQuoteStops = SearchValues.Create("'\\\n\r");
    private static readonly SearchValues<char> s_templateStops = SearchValues.Create("`\\$\r\n\u2028\u2029");

    private readonly StringBuilder _builder = new();

    private void ReadString(char quote)
    {
        var start = _pos++;
        var stops = quote == '"' ? s_doubleQuoteStops : s_singleQuoteStops;
        Type = TT.String;
        Escaped = false;
        StrictError = null;
        var rest = _input.AsSpan(_pos, _end - _pos);
        var length = rest.IndexOfAny(stops);
        if (length >= 0 && rest[length] == quote)
        {
            _pos += length + 1;
            Value = length <= SharedStringLength ? _names.Get(rest[..length]) : rest[..length].ToString();
            return;
        }

        Escaped = true;
        _builder.Clear();
        while (true)
        {
            if (length < 0 || rest[length] is '\n' or '\r')
            {
                Raise(start, Messages.InvalidToken);
            }

            _builder.Append(rest[..length]);
            _pos += length + 1;
            if (rest[length] == quote)
            {
                break;
            }

            var escape = _pos - 1;
            if (!ReadEscape(template: false, out var error))
            {
                Raise(escape, error!);
            }

            rest = _input.AsSpan(_pos, _end - _pos);
            length = rest.IndexOfAny(stops);
        }

        Value = _builder.Length <= SharedStringLength ? _names.Get(_builder.ToString()) : _builder.ToString();
    }

    /// <summary>Reads the text up to the next substitution or to the end of the template.</summary>
    public void ReadTemplatePart()
    {
        LastEnd = End;
        LastEndLine = _line;
        LastEndLineStart = _lineStart;
        Start = _pos;
        Line = _line;
        LineStart = _lineStart;
        Type = TT.TemplatePart;
        TemplateError = null;
        var cooked = true;
        var plain = true;
        _builder.Clear();
        while (true)
        {
            var rest = _input.AsSpan(_pos, _end - _pos);
            var length = rest.IndexOfAny(s_templateStops);
            if (length < 0)
            {
                Raise(_end, Messages.UnterminatedTemplate);
            }

            _builder.Append(rest[..length]);
            _pos += length;
            var c = rest[length];
            if (c == '`' || (c == '$' && CharAt(_pos + 1) == '{'))
            {
                break;
            }

            _pos++;
            switch (c)
            {
                case '$':
                    _builder.Append('$');
                    break;
                case '\\':
                    plain = false;
                    var escape = _pos - 1;
                    if (!ReadEscape(template: true, out var error))
                    {
                        cooked = false;
                        if (TemplateError is null)
                        {
                            TemplateError = error;
                            TemplateErrorIndex = escape;
                        }
                    }

                    break;
                default:
                    if (c == '\r')
                    {
                        plain = false;
                        if (CharAt(_pos) == '\n')
                        {
                            _pos++;
                        }

                        c = '\n';
                    }

                    _builder.Append(c);
                    _line++;
                    _lineStart = _pos;
                    break;
            }
        }

        End = _pos;
        Tail = _input[_pos] == '`';
        Value = cooked ? _builder.ToString() : null;
        Raw = plain ? Value! : NormalizeLines(_input[Start..End]);
    }

    /// <summary>Why the template part has no cooked text, and where; null if it has.</summary>
    public string? TemplateError { get; private set; }

    public int TemplateErrorIndex { get; private set; }

    /// <summary>Steps past the delimiter behind a template part.</summary>
    public void SkipTemplateDelimiter()
    {
        _pos += Tail ? 1 : 2;
        End = _pos;
    }

    private static string NormalizeLines(string text)
        => text.Contains('\r', StringComparison.Ordinal)
            ? text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n')
            : text;

    /// <summary>Reads on from behind a backslash and appends what the escape stands for.</summary>
    private bool ReadEscape(bool template, out string? error)
    {
        error = null;
        if (_pos >= _end)
        {
            return true;
        }

        var escape = _pos - 1;
        var c = _input[_pos];
        switch (c)
        {
            case 'n':
                c = '\n';
                break;
            case 'r':
                c = '\r';
                break;
            case 't':
                c = '\t';
                break;
            case 'b':
                c = '\b';
                break;
            case 'v':
                c = '\v';
                break;
            case 'f':
                c = '\f';
                break;
            case '\r' or '\n' or '\u2028' or '\u2029':
                _pos++;
                if (c == '\r' && CharAt(_pos) == '\n')
                {
                    _pos++;
                }

                _line++;
                _lineStart = _pos;
                return true;
            case 'x':
                _pos++;
                return Append(ReadHexDigits(2, Messages.InvalidHexEscape, out error));
            case 'u':
                return Append(ReadUnicodeEscape(out error));
            case '8' or '9':
                if (template)
                {
                    error = Messages.TemplateEightNine;
                    return false;
                }

                StrictError ??= Messages.StrictEightNine;
                StrictErrorIndex = escape;
                break;
            case >= '0' and <= '7':
                return ReadOctalEscape(c, escape, template, out error);
        }

        _pos++;
        _builder.Append(c);
        return true;
    }

    private bool Append(int code)
    {
        if (code < 0)
        {
            return false;
        }

        if (code >= 0x10000)
        {
            _builder.Append(char.ConvertFromUtf32(code));
        }
        else
        {
            _builder.Append((char)code);
        }

        return true;
    }

    private bool ReadOctalEscape(char c, int escape, bool template, out string? error)
    {
        error = null;
        _pos++;
        var next = CharAt(_pos);
        if (c == '0' && next is not (>= '0' and <= '9'))
        {
            _builder.Append('\0');
            return true;
        }

        if (template)
        {
            error = Messages.TemplateOctalEscape;
            return false;
        }

        if (StrictError is null)
        {
            StrictError = Messages.StrictOctalEscape;
            StrictErrorIndex = escape;
        }

        var code = c - '0';
        for (var i = c <= '3' ? 2 : 1; i > 0 && CharAt(_pos) is >= '0' and <= '7'; i--)
        {
            code = code * 8 + (_input[_pos++] - '0');
        }

        _builder.Append((char)code);
        return true;
    }
}
