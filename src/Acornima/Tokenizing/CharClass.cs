using System.Globalization;
using System.Runtime.CompilerServices;

namespace Acornima;

/// <summary>What ECMA-262 says about characters (sections 12.2, 12.3 and 12.7).</summary>
internal static class CharClass
{
    // ASCII: bit 0 starts an identifier, bit 1 continues one.
    private static readonly byte[] s_ascii = CreateAscii();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsAsciiIdentifierPart(char c) => c < 128 && (s_ascii[c] & 2) != 0;

    public static bool IsIdentifierStart(int code)
    {
        if (code < 128)
        {
            return (s_ascii[code] & 1) != 0;
        }

        switch (CharUnicodeInfo.GetUnicodeCategory(code))
        {
            case UnicodeCategory.UppercaseLetter:
            case UnicodeCategory.LowercaseLetter:
            case UnicodeCategory.TitlecaseLetter:
            case UnicodeCategory.OtherLetter:
            case UnicodeCategory.LetterNumber:
                return true;
            case UnicodeCategory.ModifierLetter:
                return code != 0x2E2F;
            default:
                return code is 0x1885 or 0x1886 or 0x2118 or 0x212E or 0x309B or 0x309C;
        }
    }

    public static bool IsIdentifierPart(int code)
    {
        if (code < 128)
        {
            return (s_ascii[code] & 2) != 0;
        }

        if (IsIdentifierStart(code))
        {
            return true;
        }

        switch (CharUnicodeInfo.GetUnicodeCategory(code))
        {
            case UnicodeCategory.NonSpacingMark:
            case UnicodeCategory.SpacingCombiningMark:
            case UnicodeCategory.DecimalDigitNumber:
            case UnicodeCategory.ConnectorPunctuation:
                return true;
            default:
                return code is 0x200C or 0x200D or 0x00B7 or 0x0387 or (>= 0x1369 and <= 0x1371) or 0x19DA or 0x30FB or 0xFF65;
        }
    }

    public static bool IsLineTerminator(char c) => c is '\n' or '\r' or '\u2028' or '\u2029';

    public static bool IsUnicodeSpace(char c)
        => c is '\u00A0' or '\uFEFF' || (c >= 128 && CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.SpaceSeparator);

    public static int HexValue(char c) => c switch
    {
        >= '0' and <= '9' => c - '0',
        >= 'a' and <= 'f' => c - 'a' + 10,
        >= 'A' and <= 'F' => c - 'A' + 10,
        _ => -1,
    };

    private static byte[] CreateAscii()
    {
        var table = new byte[128];
        for (var c = 0; c < 128; c++)
        {
            var letter = (char)c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or '$' or '_';
            table[c] = (byte)(letter ? 3 : (char)c is >= '0' and <= '9' ? 2 : 0);
        }

        return table;
    }
}
