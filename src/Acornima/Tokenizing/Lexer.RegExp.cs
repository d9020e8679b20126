namespace Acornima;

internal sealed partial class Lexer
{
    /// <summary>Reads the current `/` or `/=` again, as the start of a regular expression.</summary>
    public void ReadRegExp()
    {
        var start = Start;
        _pos = start + 1;
        var inClass = false;
        while (true)
        {
            var c = CharAt(_pos);
            if (_pos >= _end || CharClass.IsLineTerminator(c))
            {
                Raise(start, Messages.UnterminatedRegExp);
            }

            _pos++;
            if (c == '\\')
            {
                if (_pos >= _end || CharClass.IsLineTerminator(_input[_pos]))
                {
                    Raise(start, Messages.UnterminatedRegExp);
                }

                _pos++;
            }
            else if (c == '[')
            {
                inClass = true;
            }
            else if (c == ']')
            {
                inClass = false;
            }
            else if (c == '/' && !inClass)
            {
                break;
            }
        }

        Value = _input[(start + 1)..(_pos - 1)];
        var flags = _pos;
        while (_pos < _end)
        {
            var c = _input[_pos];
            if (c == '\\')
            {
                Raise(start, Messages.InvalidRegExpFlags);
            }

            var code = char.IsHighSurrogate(c) && char.IsLowSurrogate(CharAt(_pos + 1)) ? char.ConvertToUtf32(c, _input[_pos + 1]) : c;
            if (!CharClass.IsIdentifierPart(code))
            {
                break;
            }

            _pos += code >= 0x10000 ? 2 : 1;
        }

        Raw = flags == _pos ? string.Empty : _names.Get(_input.AsSpan(flags, _pos - flags));
        Type = TT.RegExp;
        End = _pos;
    }
}
