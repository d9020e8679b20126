using System.Globalization;
using System.Numerics;

namespace Acornima;

internal sealed partial class Lexer
{
    private void ReadNumber()
    {
        StrictError = null;
        var start = _pos;
        if (_input[start] == '0')
        {
            switch (CharAt(start + 1))
            {
                case 'x' or 'X':
                    ReadRadixNumber(start, 4);
                    return;
                case 'o' or 'O':
                    ReadRadixNumber(start, 3);
                    return;
                case 'b' or 'B':
                    ReadRadixNumber(start, 1);
                    return;
                case >= '0' and <= '9':
                    if (ReadLegacyNumber(start))
                    {
                        return;
                    }

                    break;
                case '_':
                    Raise(start + 1, Messages.SeparatorAfterZero);
                    break;
            }
        }

        var separators = false;
        var integer = true;
        SkipDigits(ref separators);
        if (CharAt(_pos) == 'n' && StrictError is null)
        {
            FinishBigInt(start, separators, 10);
            return;
        }

        if (CharAt(_pos) == '.')
        {
            integer = false;
            _pos++;
            if (CharAt(_pos) == '_')
            {
                Raise(_pos, Messages.InvalidToken);
            }

            SkipDigits(ref separators);
        }

        if (CharAt(_pos) is 'e' or 'E')
        {
            integer = false;
            _pos++;
            if (CharAt(_pos) is '+' or '-')
            {
                _pos++;
            }

            if (CharAt(_pos) is not (>= '0' and <= '9'))
            {
                Raise(start, Messages.InvalidToken);
            }

            SkipDigits(ref separators);
        }

        Type = TT.Number;
        CheckNumberEnd(start);
        var text = _input.AsSpan(start, _pos - start);
        if (integer && !separators && text.Length <= 15)
        {
            long value = 0;
            foreach (var c in text)
            {
                value = value * 10 + (c - '0');
            }

            Number = value;
            return;
        }

        Number = double.Parse(
            separators ? text.ToString().Replace("_", string.Empty, StringComparison.Ordinal) : text,
            NumberStyles.Float,
            CultureInfo.InvariantCulture);
    }

    private void SkipDigits(ref bool separators)
    {
        var previous = '_';
        while (true)
        {
            var c = CharAt(_pos);
            if (c == '_')
            {
                if (previous == '_')
                {
                    Raise(_pos, Messages.RepeatedSeparator);
                }

                separators = true;
            }
            else if (c is not (>= '0' and <= '9'))
            {
                break;
            }

            previous = c;
            _pos++;
        }

        if (previous == '_' && separators && _input[_pos - 1] == '_')
        {
            Raise(_pos - 1, Messages.TrailingSeparator);
        }
    }

    private void ReadRadixNumber(int start, int bitsPerDigit)
    {
        var radix = 1 << bitsPerDigit;
        if (bitsPerDigit == 3)
        {
            radix = 8;
        }

        _pos += 2;
        var separators = false;
        var previous = '_';
        var first = _pos;
        double value = 0;
        while (true)
        {
            var c = CharAt(_pos);
            if (c == '_')
            {
                if (previous == '_')
                {
                    Raise(_pos, _pos == first ? Messages.InvalidToken : Messages.RepeatedSeparator);
                }

                separators = true;
            }
            else
            {
                var digit = CharClass.HexValue(c);
                if (digit < 0 || digit >= radix)
                {
                    break;
                }

                value = value * radix + digit;
            }

            previous = c;
            _pos++;
        }

        if (_pos == first)
        {
            Raise(start, Messages.InvalidToken);
        }

        if (previous == '_')
        {
            Raise(_pos - 1, Messages.TrailingSeparator);
        }

        if (CharAt(_pos) == 'n')
        {
            FinishBigInt(start, separators, radix);
            return;
        }

        Type = TT.Number;
        CheckNumberEnd(start);

        // Past 53 bits every step rounds; only the exact integer rounds once.
        Number = value < 9007199254740992 ? value : RoundExactly(_input.AsSpan(first, _pos - first), bitsPerDigit);
    }

    /// <summary>Reads `017` and `089`. False: a decimal number with a leading zero, which may go on with a fraction.</summary>
    private bool ReadLegacyNumber(int start)
    {
        var pos = start + 1;
        var octal = true;
        while (CharAt(pos) is var c and >= '0' and <= '9')
        {
            octal &= c < '8';
            pos++;
        }

        if (CharAt(pos) == '_')
        {
            Raise(pos, Messages.SeparatorAfterZero);
        }

        StrictErrorIndex = start;
        if (!octal)
        {
            StrictError = Messages.StrictDecimalWithLeadingZero;
            return false;
        }

        StrictError = Messages.StrictOctalLiteral;
        _pos = pos;
        Type = TT.Number;
        CheckNumberEnd(start);
        double value = 0;
        for (var i = start + 1; i < pos; i++)
        {
            value = value * 8 + (_input[i] - '0');
        }

        Number = value < 9007199254740992 ? value : RoundExactly(_input.AsSpan(start + 1, pos - start - 1), 3);
        return true;
    }

    private void FinishBigInt(int start, bool separators, int radix)
    {
        _pos++;
        Type = TT.BigInt;
        CheckNumberEnd(start);
        var length = _pos - start - 1;
        Value = separators
            ? _input.Substring(start, length).Replace("_", string.Empty, StringComparison.Ordinal)
            : _input.Substring(start, length);
        Number = radix;
    }

    private void CheckNumberEnd(int start)
    {
        var c = CharAt(_pos);
        if (c < 128)
        {
            if (!CharClass.IsAsciiIdentifierPart(c) && c != '\\')
            {
                return;
            }
        }
        else if (!CharClass.IsIdentifierStart(
            char.IsHighSurrogate(c) && char.IsLowSurrogate(CharAt(_pos + 1)) ? char.ConvertToUtf32(c, _input[_pos + 1]) : c))
        {
            return;
        }

        Raise(start, Messages.InvalidToken);
    }

    private static double RoundExactly(ReadOnlySpan<char> digits, int bitsPerDigit) => RoundToDouble(ParseDigits(digits, bitsPerDigit));

    /// <summary>The value of a BigInt token.</summary>
    public BigInteger BigIntValue()
    {
        var text = Value.AsSpan();
        return (int)Number switch
        {
            16 => ParseDigits(text[2..], 4),
            8 => ParseDigits(text[2..], 3),
            2 => ParseDigits(text[2..], 1),
            _ => BigInteger.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture),
        };
    }

    private static BigInteger ParseDigits(ReadOnlySpan<char> digits, int bitsPerDigit)
    {
        // Least significant first, into bytes: linear in the number of digits.
        var bytes = new byte[digits.Length * bitsPerDigit / 8 + 2];
        var bit = 0;
        for (var i = digits.Length - 1; i >= 0; i--)
        {
            if (digits[i] == '_')
            {
                continue;
            }

            var value = CharClass.HexValue(digits[i]) << (bit & 7);
            bytes[bit >> 3] |= (byte)value;
            if (value > 255)
            {
                bytes[(bit >> 3) + 1] |= (byte)(value >> 8);
            }

            bit += bitsPerDigit;
        }

        return new BigInteger(bytes, isUnsigned: true);
    }

    private static double RoundToDouble(BigInteger value)
    {
        var length = (int)value.GetBitLength();
        if (length <= 53)
        {
            return (double)value;
        }

        if (length > 1024)
        {
            return double.PositiveInfinity;
        }

        var shift = length - 53;
        var mantissa = value >> shift;
        var rest = value - (mantissa << shift);
        var half = BigInteger.One << (shift - 1);
        var compared = rest.CompareTo(half);
        if (compared > 0 || (compared == 0 && !mantissa.IsEven))
        {
            mantissa += 1;
        }

        return Math.ScaleB((double)mantissa, shift);
    }
}
