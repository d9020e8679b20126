using System.Globalization;

namespace Acornima.RegularExpressions;

/// <summary>ID_Start and ID_Continue of Unicode, with the additions of ECMA-262, Names and Keywords.</summary>
internal static class GroupNameCharacter
{
    public static bool IsStart(int codePoint) => codePoint switch
    {
        '$' or '_' => true,
        < 0x80 => char.IsAsciiLetter((char)codePoint),
        // VERTICAL TILDE is a letter by category and Pattern_Syntax by property.
        0x2E2F => false,
        // Other_ID_Start.
        0x1885 or 0x1886 or 0x2118 or 0x212E or 0x309B or 0x309C => true,
        _ => CharUnicodeInfo.GetUnicodeCategory(codePoint) is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter
            or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter
            or UnicodeCategory.LetterNumber,
    };

    public static bool IsPart(int codePoint) => IsStart(codePoint) || codePoint switch
    {
        < 0x80 => char.IsAsciiDigit((char)codePoint),
        // ZERO WIDTH NON-JOINER and JOINER, which ECMA-262 adds.
        0x200C or 0x200D => true,
        // Other_ID_Continue.
        0xB7 or 0x387 or (>= 0x1369 and <= 0x1371) or 0x19DA or 0x30FB or 0xFF65 => true,
        _ => CharUnicodeInfo.GetUnicodeCategory(codePoint) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
            or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.ConnectorPunctuation,
    };
}
