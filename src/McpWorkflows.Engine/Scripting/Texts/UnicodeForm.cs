using System.Text;

namespace McpWorkflows.Engine.Scripting.Texts;

/// <summary>The normalization forms of Unicode (UAX #15). Lone surrogates stay where they are.</summary>
internal static class UnicodeForm
{
    private const int FirstSyllable = 0xAC00;
    private const int Leads = 0x1100;
    private const int Vowels = 0x1161;
    private const int Tails = 0x11A7;
    private const int VowelCount = 21;
    private const int TailCount = 28;
    private const int SyllableCount = 19 * VowelCount * TailCount;

    /// <param name="form"><c>NFC</c>, <c>NFD</c>, <c>NFKC</c> or <c>NFKD</c>.</param>
    public static string Normalize(string text, string form)
    {
        if (Ascii.IsValid(text))
        {
            return text;
        }

        var points = Decompose(text, compatible: form.Contains('K'));
        return Write(form.EndsWith('C') ? Compose(points) : points);
    }

    /// <summary>The text's code points, taken apart and with marks in canonical order.</summary>
    public static List<int> Decompose(string text, bool compatible)
    {
        var points = new List<int>(text.Length + 8);
        for (var i = 0; i < text.Length; i++)
        {
            var point = (int)text[i];
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                point = char.ConvertToUtf32(text[i], text[++i]);
            }

            Add(points, point, compatible);
        }

        Order(points);
        return points;
    }

    private static void Add(List<int> points, int point, bool compatible)
    {
        if (point < 0x80)
        {
            points.Add(point);
        }
        else if ((uint)(point - FirstSyllable) < SyllableCount)
        {
            var index = point - FirstSyllable;
            points.Add(Leads + (index / (VowelCount * TailCount)));
            points.Add(Vowels + (index % (VowelCount * TailCount) / TailCount));
            if (index % TailCount != 0)
            {
                points.Add(Tails + (index % TailCount));
            }
        }
        else if (UnicodeTables.Instance.PartsOf(point, compatible) is { } parts)
        {
            foreach (var part in parts)
            {
                Add(points, part, compatible);
            }
        }
        else
        {
            points.Add(point);
        }
    }

    /// <summary>Marks that follow each other go by their classes, and within a class as they came.</summary>
    private static void Order(List<int> points)
    {
        for (var start = 0; start < points.Count; start++)
        {
            var end = start;
            while (end < points.Count && points[end] >= 0x300 && UnicodeTables.Instance.ClassOf(points[end]) > 0)
            {
                end++;
            }

            if (end - start > 1)
            {
                var sorted = points.GetRange(start, end - start).OrderBy(UnicodeTables.Instance.ClassOf).ToArray();
                for (var i = 0; i < sorted.Length; i++)
                {
                    points[start + i] = sorted[i];
                }
            }

            start = end;
        }
    }

    private static List<int> Compose(List<int> points)
    {
        var composed = new List<int>(points.Count);
        var starter = -1;
        byte last = 0;
        foreach (var point in points)
        {
            var mark = UnicodeTables.Instance.ClassOf(point);

            // Blocked by a mark of the same or a higher class between the two.
            var reaches = starter >= 0 && (composed.Count - 1 == starter || (last != 0 && last < mark));
            if (reaches && Join(composed[starter], point) is { } whole)
            {
                composed[starter] = whole;
                continue;
            }

            composed.Add(point);
            last = mark;
            if (mark == 0)
            {
                starter = composed.Count - 1;
            }
        }

        return composed;
    }

    private static int? Join(int first, int second)
    {
        if ((uint)(first - Leads) < 19 && (uint)(second - Vowels) < VowelCount)
        {
            return FirstSyllable + ((((first - Leads) * VowelCount) + second - Vowels) * TailCount);
        }

        if ((uint)(first - FirstSyllable) < SyllableCount && (first - FirstSyllable) % TailCount == 0 && second is > Tails and < Tails + TailCount)
        {
            return first + second - Tails;
        }

        return UnicodeTables.Instance.Compose(first, second);
    }

    private static string Write(List<int> points)
    {
        var text = new StringBuilder(points.Count);
        foreach (var point in points)
        {
            if (point < 0x1_0000)
            {
                text.Append((char)point);
            }
            else
            {
                text.Append(char.ConvertFromUtf32(point));
            }
        }

        return text.ToString();
    }
}
