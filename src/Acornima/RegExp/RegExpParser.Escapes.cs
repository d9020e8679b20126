namespace Acornima.RegularExpressions;

internal sealed partial class RegExpParser
{
    private RegExpNode ParseAtomEscape()
    {
        var start = _position;
        switch (Peek(1))
        {
            case -1:
                throw Error("\\ at end of pattern");
            case >= '1' and <= '9':
                _position++;
                if (TryParseDecimal(out var number) && number <= _captureTotal)
                {
                    return new RegExpBackreference(number, null);
                }

                _position = start;
                return _unicode ? throw Error("Invalid escape") : new RegExpCharacter(ParseCharacterEscape(inClass: false));
            case 'k' when _unicode || _hasGroupNames:
                _position += 2;
                if (!TryEat('<'))
                {
                    throw Error("Invalid named reference", start);
                }

                var name = ParseGroupName();
                _namedReferences.Add((name, start));
                return new RegExpBackreference(0, name);
            case var _ when TryParseClassEscape(out var units):
                return new RegExpSet(units, isNegated: false);
            case 'p' or 'P' when _unicode:
                ParseProperty(inClass: false);
                return new RegExpSet(null, isNegated: false);
            default:
                return new RegExpCharacter(ParseCharacterEscape(inClass: false));
        }
    }

    private bool TryParseClassEscape(out CodeUnitSet units)
    {
        var set = Peek(1) switch
        {
            'd' => CodeUnitSet.Digits,
            'D' => CodeUnitSet.Digits.Complement(),
            's' => CodeUnitSet.Space,
            'S' => CodeUnitSet.Space.Complement(),
            'w' => CodeUnitSet.Word,
            'W' => CodeUnitSet.Word.Complement(),
            _ => null,
        };

        units = set ?? CodeUnitSet.Empty;
        _position += set is null ? 0 : 2;
        return set is not null;
    }

    /// <summary>Reads <c>\p{…}</c> or <c>\P{…}</c>; true when it may match more than one character.</summary>
    private bool ParseProperty(bool inClass)
    {
        var start = _position;
        var isNegated = Peek(1) == 'P';
        _position += 2;
        var end = Current == '{' ? _pattern.IndexOf('}', _position) : -1;
        if (end > 0)
        {
            var property = _pattern.AsSpan(_position + 1, end - _position - 1);
            _position = end + 1;
            if (UnicodePropertyNames.IsCharacterProperty(property))
            {
                return false;
            }

            if (_unicodeSets && !isNegated && UnicodePropertyNames.IsStringProperty(property))
            {
                return true;
            }
        }

        throw Error(inClass ? "Invalid property name in character class" : "Invalid property name", start);
    }

    /// <summary>Reads an escape that stands for one character, from its backslash.</summary>
    private int ParseCharacterEscape(bool inClass)
    {
        var start = _position++;
        if (Current < 0)
        {
            throw Error("\\ at end of pattern");
        }

        var character = ReadCharacter();
        switch (character)
        {
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'v':
                return '\v';
            case 'c':
                return ParseControlEscape(start, inClass);
            case '0' when !IsDigit(Current):
                return 0;
            case >= '0' and <= '7' when _unicode:
                throw Error(inClass ? "Invalid class escape" : "Invalid decimal escape", start);
            case >= '0' and <= '7':
                return ParseLegacyOctal(character - '0');
            case 'x' when TryParseHex(2, out var value):
                return value;
            case 'u' when TryParseUnicodeEscape(_unicode, out var value):
                return value;
            case 'u' when _unicode:
                throw Error("Invalid Unicode escape", start);
            case 'k' when _hasGroupNames:
                throw Error("Invalid escape", start);
            default:
                return !_unicode || IsSyntaxCharacter(character) || (character == '-' && inClass)
                    ? character
                    : throw Error("Invalid escape", start);
        }
    }

    private int ParseControlEscape(int start, bool inClass)
    {
        if (Current >= 0 && char.IsAsciiLetter((char)Current))
        {
            return _pattern[_position++] & 0x1F;
        }

        if (_unicode)
        {
            throw Error("Invalid Unicode escape", start);
        }

        // Annex B: digits and the underscore count as control letters in a class.
        if (inClass && (IsDigit(Current) || Current == '_'))
        {
            return _pattern[_position++] & 0x1F;
        }

        // Annex B: otherwise the backslash stands for itself, and the "c" is read again.
        _position = start + 1;
        return '\\';
    }

    private int ParseLegacyOctal(int value)
    {
        for (var digits = 1; digits < 3 && value < 0x20 && Current is >= '0' and <= '7'; digits++)
        {
            value = (value * 8) + (_pattern[_position++] - '0');
        }

        return value;
    }

    /// <summary>Reads what follows <c>\u</c>; anything else is left where it is.</summary>
    private bool TryParseUnicodeEscape(bool isUnicode, out int value)
    {
        var start = _position;
        if (isUnicode && TryEat('{'))
        {
            value = 0;
            while (Current >= 0 && char.IsAsciiHexDigit((char)Current) && value <= 0x10FFFF)
            {
                value = (value * 16) + HexValue(_pattern[_position++]);
            }

            if (_position > start + 1 && value <= 0x10FFFF && TryEat('}'))
            {
                return true;
            }

            _position = start;
            return false;
        }

        if (!TryParseHex(4, out value))
        {
            return false;
        }

        var lead = value;
        var end = _position;
        if (isUnicode && char.IsHighSurrogate((char)lead))
        {
            if (TryEat('\\') && TryEat('u') && TryParseHex(4, out var trail) && char.IsLowSurrogate((char)trail))
            {
                value = char.ConvertToUtf32((char)lead, (char)trail);
                return true;
            }

            _position = end;
        }

        return true;
    }

    private bool TryParseHex(int length, out int value)
    {
        value = 0;
        for (var i = 0; i < length; i++)
        {
            if (Peek(i) < 0 || !char.IsAsciiHexDigit((char)Peek(i)))
            {
                return false;
            }

            value = (value * 16) + HexValue((char)Peek(i));
        }

        _position += length;
        return true;
    }

    private static int HexValue(char digit) => char.IsAsciiDigit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private static bool IsSyntaxCharacter(int character)
        => character < 0x80 && "^$\\.*+?()[]{}|/".Contains((char)character, StringComparison.Ordinal);
}
