using System.Buffers;
using System.Globalization;
using System.Text;

namespace McpWorkflows.Journal.Texts;

/// <summary>
/// Makes any JavaScript string fit for a UTF-8 text column, without loss. Lone surrogates have no UTF-8 form and NUL
/// ends texts in some databases, so each is written as <c>U+FFFF</c> and four hex digits, and <c>U+FFFF</c> itself likewise.
/// All other texts, which is nearly all of them, are stored as they are.
/// </summary>
internal static class StoredText
{
    private const char Mark = '\uFFFF';

    private static readonly SearchValues<char> MarkOrNul = SearchValues.Create(Mark, '\0');

    public static string? EncodeOrNull(string? text) => text is null ? null : Encode(text);

    public static string? DecodeOrNull(string? stored) => stored is null ? null : Decode(stored);

    public static string Encode(string text)
    {
        var span = text.AsSpan();
        if (!span.ContainsAny(MarkOrNul) && !HasLoneSurrogate(span))
        {
            return text;
        }

        var result = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                result.Append(c).Append(text[++i]);
            }
            else if (char.IsSurrogate(c) || MarkOrNul.Contains(c))
            {
                result.Append(Mark).Append(CultureInfo.InvariantCulture, $"{(int)c:x4}");
            }
            else
            {
                result.Append(c);
            }
        }

        return result.ToString();
    }

    public static string Decode(string stored)
    {
        if (!stored.Contains(Mark))
        {
            return stored;
        }

        var result = new StringBuilder(stored.Length);
        for (var i = 0; i < stored.Length; i++)
        {
            if (stored[i] == Mark)
            {
                result.Append((char)ushort.Parse(stored.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                i += 4;
            }
            else
            {
                result.Append(stored[i]);
            }
        }

        return result.ToString();
    }

    private static bool HasLoneSurrogate(ReadOnlySpan<char> text)
    {
        for (var at = text.IndexOfAnyInRange('\uD800', '\uDFFF'); at >= 0; at = text.IndexOfAnyInRange('\uD800', '\uDFFF'))
        {
            if (at + 1 >= text.Length || !char.IsSurrogatePair(text[at], text[at + 1]))
            {
                return true;
            }

            text = text[(at + 2)..];
        }

        return false;
    }
}
