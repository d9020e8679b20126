using System.Text;

namespace Acornima;

internal sealed partial class Lexer
{
    private void ReadWord()
    {
        Value = ReadName(out Type);
        if (Escaped && Type.IsReservedWord())
        {
            Type = TT.EscapedKeyword;
        }
    }

    private void ReadPrivateName()
    {
        _pos++;
        var c = CharAt(_pos);
        if (!CharClass.IsAsciiIdentifierPart(c) && c is not '\\' && c < 128)
        {
            Raise(_pos - 1, Messages.InvalidToken);
        }

        Value = ReadName(out _);
        Type = TT.PrivateName;
    }

    private string ReadName(out TT type)
    {
        Escaped = false;
        var input = _input;
        var start = _pos;
        var pos = start;
        var hash = NameTable.HashSeed;
        var c = '\0';
        while (pos < _end && CharClass.IsAsciiIdentifierPart(c = input[pos]))
        {
            hash = NameTable.HashStep(hash, c);
            pos++;
        }

        if (pos < _end && (c == '\\' || c >= 128) || pos == start || input[start] is >= '0' and <= '9')
        {
            return ReadNameSlowly(out type);
        }

        _pos = pos;
        return _names.Get(input.AsSpan(start, pos - start), hash, out type);
    }

    private string ReadNameSlowly(out TT type)
    {
        var word = _pos;
        var builder = new StringBuilder();
        var first = true;
        while (_pos < _end)
        {
            var start = _pos;
            var c = _input[_pos];
            int code;
            var escaped = c == '\\';
            if (escaped)
            {
                Escaped = true;
                _pos++;
                if (CharAt(_pos) != 'u')
                {
                    Raise(word, Messages.InvalidToken);
                }

                code = ReadUnicodeEscape(out var error);
                if (code < 0)
                {
                    Raise(start, error!);
                }
            }
            else if (char.IsHighSurrogate(c) && char.IsLowSurrogate(CharAt(_pos + 1)))
            {
                code = char.ConvertToUtf32(c, _input[_pos + 1]);
                _pos += 2;
            }
            else
            {
                code = c;
                _pos++;
            }

            if (!(first ? CharClass.IsIdentifierStart(code) : CharClass.IsIdentifierPart(code)))
            {
                if (first || escaped)
                {
                    Raise(word, Messages.InvalidToken);
                }

                _pos = start;
                break;
            }

            first = false;
            if (code >= 0x10000)
            {
                builder.Append(char.ConvertFromUtf32(code));
            }
            else
            {
                builder.Append((char)code);
            }
        }

        if (first)
        {
            Raise(_pos, Messages.InvalidToken);
        }

        var name = builder.ToString();
        return _names.Get(name, NameTable.Hash(name), out type);
    }

    /// <summary>Reads on from the `u` of an escape. A negative result means an error.</summary>
    private int ReadUnicodeEscape(out string? error)
    {
        error = null;
        _pos++;
        if (CharAt(_pos) == '{')
        {
            _pos++;
            var code = 0;
            var digits = 0;
            int digit;
            while ((digit = _pos < _end ? CharClass.HexValue(_input[_pos]) : -1) >= 0)
            {
                code = code * 16 + digit;
                digits++;
                _pos++;
                if (code > 0x10FFFF)
                {
                    error = Messages.UndefinedCodePoint;
                    return -1;
                }
            }

            if (digits == 0 || CharAt(_pos) != '}')
            {
                error = Messages.InvalidUnicodeEscape;
                return -1;
            }

            _pos++;
            return code;
        }

        return ReadHexDigits(4, Messages.InvalidUnicodeEscape, out error);
    }

    private int ReadHexDigits(int count, string message, out string? error)
    {
        error = null;
        var code = 0;
        for (var i = 0; i < count; i++)
        {
            var digit = _pos < _end ? CharClass.HexValue(_input[_pos]) : -1;
            if (digit < 0)
            {
                error = message;
                return -1;
            }

            code = code * 16 + digit;
            _pos++;
        }

        return code;
    }
}
