using System.Globalization;
using System.Text;

namespace McpWorkflows.Server.CommandLine.Live;

/// <summary>
/// Text as a terminal shows it. Labels and logs come from scripts and models: nothing in them may steer the terminal, and
/// what they take of a line must be known.
/// </summary>
internal static class TerminalText
{
    // Ranges of East Asian wide and full-width characters and of emoji, after Unicode's EastAsianWidth.txt.
    private static readonly (int First, int Last)[] Wide =
    [
        (0x1100, 0x115f), (0x231a, 0x231b), (0x2329, 0x232a), (0x23e9, 0x23ec), (0x23f0, 0x23f0), (0x23f3, 0x23f3), (0x25fd, 0x25fe),
        (0x2614, 0x2615), (0x2648, 0x2653), (0x267f, 0x267f), (0x2693, 0x2693), (0x26a1, 0x26a1), (0x26aa, 0x26ab), (0x26bd, 0x26be),
        (0x26c4, 0x26c5), (0x26ce, 0x26ce), (0x26d4, 0x26d4), (0x26ea, 0x26ea), (0x26f2, 0x26f3), (0x26f5, 0x26f5), (0x26fa, 0x26fa),
        (0x26fd, 0x26fd), (0x2705, 0x2705), (0x270a, 0x270b), (0x2728, 0x2728), (0x274c, 0x274c), (0x274e, 0x274e), (0x2753, 0x2755),
        (0x2757, 0x2757), (0x2795, 0x2797), (0x27b0, 0x27b0), (0x27bf, 0x27bf), (0x2b1b, 0x2b1c), (0x2b50, 0x2b50), (0x2b55, 0x2b55),
        (0x2e80, 0x303e), (0x3041, 0x33ff), (0x3400, 0x4dbf), (0x4e00, 0x9fff), (0xa000, 0xa4cf), (0xa960, 0xa97c), (0xac00, 0xd7a3),
        (0xf900, 0xfaff), (0xfe10, 0xfe19), (0xfe30, 0xfe6f), (0xff00, 0xff60), (0xffe0, 0xffe6), (0x16fe0, 0x18d08), (0x1aff0, 0x1b2fb),
        (0x1f004, 0x1f004), (0x1f0cf, 0x1f0cf), (0x1f18e, 0x1f18e), (0x1f191, 0x1f19a), (0x1f200, 0x1f320), (0x1f32d, 0x1f335),
        (0x1f337, 0x1f37c), (0x1f37e, 0x1f393), (0x1f3a0, 0x1f3ca), (0x1f3cf, 0x1f3d3), (0x1f3e0, 0x1f3f0), (0x1f3f4, 0x1f3f4),
        (0x1f3f8, 0x1f43e), (0x1f440, 0x1f440), (0x1f442, 0x1f4fc), (0x1f4ff, 0x1f53d), (0x1f54b, 0x1f54e), (0x1f550, 0x1f567),
        (0x1f57a, 0x1f57a), (0x1f595, 0x1f596), (0x1f5a4, 0x1f5a4), (0x1f5fb, 0x1f64f), (0x1f680, 0x1f6c5), (0x1f6cc, 0x1f6cc),
        (0x1f6d0, 0x1f6d2), (0x1f6d5, 0x1f6d7), (0x1f6dc, 0x1f6df), (0x1f6eb, 0x1f6ec), (0x1f6f4, 0x1f6fc), (0x1f7e0, 0x1f7eb),
        (0x1f7f0, 0x1f7f0), (0x1f90c, 0x1f93a), (0x1f93c, 0x1f945), (0x1f947, 0x1f9ff), (0x1fa70, 0x1faff), (0x20000, 0x3fffd),
    ];

    /// <summary>One line without anything that steers a terminal: white space folded, the rest of it replaced.</summary>
    public static string Line(string text) => Clean(text, keepLines: false);

    /// <summary>The same with its line breaks.</summary>
    public static string Lines(string text) => Clean(text, keepLines: true);

    /// <summary>Columns that the text takes.</summary>
    public static int Width(string text)
    {
        var width = 0;
        foreach (var rune in text.EnumerateRunes())
            width += Width(rune);
        return width;
    }

    /// <summary>At most so many columns, with an ellipsis where something is left out.</summary>
    public static string Cut(string text, int columns)
    {
        if (columns <= 0)
            return "";
        // A character takes two columns at most.
        if (text.Length * 2 <= columns || Width(text) <= columns)
            return text;
        var cut = new StringBuilder(columns);
        var width = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            width += Width(rune);
            if (width > columns - 1)
                break;
            cut.Append(rune.ToString());
        }

        return cut.Append('…').ToString();
    }

    /// <summary>The end of the text in at most so many columns: of what is being said the newest counts.</summary>
    public static string Tail(string text, int columns)
    {
        if (columns <= 0 || Width(text) <= columns)
            return columns <= 0 ? "" : text;
        var runes = text.EnumerateRunes().ToList();
        var (start, width) = (runes.Count, 0);
        while (start > 0 && width + Width(runes[start - 1]) <= columns - 1)
            width += Width(runes[--start]);
        return "…" + string.Concat(runes.Skip(start));
    }

    /// <summary>Exactly so many columns.</summary>
    public static string Fit(string text, int columns)
    {
        var cut = Cut(text, columns);
        return cut + new string(' ', Math.Max(0, columns - Width(cut)));
    }

    private static int Width(Rune rune)
    {
        var value = rune.Value;
        if (value < 0x300)
            return 1;
        if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format)
            return 0;
        return value >= Wide[0].First && Wide.Any(range => value >= range.First && value <= range.Last) ? 2 : 1;
    }

    private static string Clean(string text, bool keepLines)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var isBreak = rune.Value is '\n' or '\r' or '\t';
            if (isBreak && keepLines)
                clean.Append(rune.Value == '\r' ? "" : rune.ToString());
            else if (isBreak || Rune.GetUnicodeCategory(rune) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
                clean.Append(' ');
            else if (Rune.IsControl(rune) || IsTurning(rune.Value))
                clean.Append('\ufffd');
            else
                clean.Append(rune.ToString());
        }

        return clean.ToString();
    }

    /// <summary>Marks that turn the direction of what follows, and invisible ones that hide in names.</summary>
    private static bool IsTurning(int value) => value is (>= 0x202a and <= 0x202e) or (>= 0x2066 and <= 0x2069) or 0x200e or 0x200f or 0x061c or 0xfeff;
}
