using System.Globalization;
using System.Text;

namespace McpWorkflows.Engine.Scripting.Texts;

/// <summary>
/// The order of <c>localeCompare</c>: letters without regard to case and accents first, then accents, then lower case before
/// upper, after the root of the Unicode collation algorithm for what people write in Latin, Greek and Cyrillic; other characters follow by
/// code point. The same on every machine, for every locale.
/// </summary>
internal static class TextOrder
{
    /// <summary>Signs as collations order them; any other sign comes after these.</summary>
    private const string Signs = "\t\n\v\f\r _‾-‐‑‒–—,;:!¡?¿.…·'‘’‚‹›\"“”„«»()[]{}§¶@*/\\&#%‰†‡•`´^¯¨¸°©®←→↑↓+±÷×<=>¬|¦~−∞¤¢$£¥€";

    private const long SignGroup = 1L << 32;
    private const long DigitGroup = 2L << 32;
    private const long LetterGroup = 3L << 32;

    /// <summary>-1, 0 or 1.</summary>
    public static int Compare(string left, string right, TextOrderOptions options)
    {
        if (left == right)
        {
            return 0;
        }

        var (a, b) = (Elements(left, options), Elements(right, options));
        var order = CompareBy(a, b, static (x, y) => x.Primary != y.Primary ? x.Primary.CompareTo(y.Primary) : CompareDigits(x.Digits, y.Digits));
        if (order == 0 && options.Accents)
        {
            order = CompareBy(a, b, static (x, y) => string.CompareOrdinal(x.Accents, y.Accents));
        }

        if (order == 0 && options.Case)
        {
            order = CompareBy(a, b, static (x, y) => x.IsUpper.CompareTo(y.IsUpper));
            order = options.UpperFirst ? -order : order;
        }

        return Math.Sign(order);
    }

    private static int CompareBy(List<Element> left, List<Element> right, Comparison<Element> compare)
    {
        for (var i = 0; i < left.Count && i < right.Count; i++)
        {
            if (compare(left[i], right[i]) is not 0 and var order)
            {
                return order;
            }
        }

        return left.Count.CompareTo(right.Count);
    }

    /// <summary>Without leading zeros the longer number is the larger one.</summary>
    private static int CompareDigits(string left, string right) =>
        left.Length != right.Length ? left.Length.CompareTo(right.Length) : string.CompareOrdinal(left, right);

    private static List<Element> Elements(string text, TextOrderOptions options)
    {
        var points = UnicodeForm.Decompose(text, compatible: true);
        var elements = new List<Element>(points.Count);
        for (var i = 0; i < points.Count; i++)
        {
            var point = points[i];
            if (IsMark(point))
            {
                if (elements.Count > 0)
                {
                    elements[^1] = elements[^1] with { Accents = elements[^1].Accents + char.ConvertFromUtf32(point) };
                }

                continue;
            }

            if (point is >= '0' and <= '9' && options.Numeric)
            {
                elements.Add(new Element(DigitGroup, false, "", Number(points, ref i)));
                continue;
            }

            Add(elements, point, options);
        }

        return elements;
    }

    private static void Add(List<Element> elements, int point, TextOrderOptions options)
    {
        if (Letters(point) is { } letters)
        {
            foreach (var letter in letters)
            {
                var lower = char.ToLowerInvariant(letter);
                elements.Add(new Element(LetterGroup + lower, letter != lower, "\u0338", ""));
            }

            return;
        }

        if (!Rune.IsValid(point) || Rune.IsLetter(new Rune(point)))
        {
            var lower = Rune.IsValid(point) ? Rune.ToLowerInvariant(new Rune(point)).Value : point;
            elements.Add(new Element(LetterGroup + lower, lower != point, "", ""));
            return;
        }

        var rune = new Rune(point);
        if (Rune.IsNumber(rune))
        {
            // Any script's digit sorts by its value.
            elements.Add(new Element(DigitGroup + (long)(Math.Max(0, Rune.GetNumericValue(rune)) * 1_000) + 1, false, "", ""));
        }
        else if (point is '\t' or '\n' or '\v' or '\f' or '\r' || !Rune.IsControl(rune))
        {
            var known = point < 0x1_0000 ? Signs.IndexOf((char)point, StringComparison.Ordinal) : -1;
            if (!options.IgnoresPunctuation || !(Rune.IsPunctuation(rune) || Rune.IsWhiteSpace(rune)))
            {
                elements.Add(new Element(SignGroup + (known >= 0 ? known : 1_000 + point), false, "", ""));
            }
        }
    }

    private static string Number(List<int> points, ref int i)
    {
        var digits = new StringBuilder();
        for (; i < points.Count && points[i] is >= '0' and <= '9'; i++)
        {
            digits.Append((char)points[i]);
        }

        i--;
        return digits.ToString().TrimStart('0');
    }

    private static bool IsMark(int point) =>
        point >= 0x300 && CharUnicodeInfo.GetUnicodeCategory(point) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format;

    /// <summary>Latin letters that Unicode does not take apart, but people do.</summary>
    private static string? Letters(int point) => point switch
    {
        'æ' => "ae",
        'Æ' => "AE",
        'œ' => "oe",
        'Œ' => "OE",
        'ß' => "ss",
        'ẞ' => "SS",
        'ø' => "o",
        'Ø' => "O",
        'đ' => "d",
        'Đ' => "D",
        'ł' => "l",
        'Ł' => "L",
        'ħ' => "h",
        'Ħ' => "H",
        _ => null,
    };

    /// <summary>What one character, with its marks, weighs.</summary>
    /// <param name="Digits">Of a whole number, without leading zeros.</param>
    private readonly record struct Element(long Primary, bool IsUpper, string Accents, string Digits);
}

/// <summary>What <c>localeCompare</c> is to regard.</summary>
internal readonly record struct TextOrderOptions(bool Accents, bool Case, bool Numeric, bool UpperFirst, bool IgnoresPunctuation);
