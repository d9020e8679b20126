namespace Acornima.RegularExpressions;

/// <summary>A set of UTF-16 code units, kept as sorted ranges that neither overlap nor touch.</summary>
internal sealed class CodeUnitSet
{
    public static readonly CodeUnitSet Empty = new([]);
    public static readonly CodeUnitSet All = new([('\0', '\uFFFF')]);
    public static readonly CodeUnitSet Digits = new([('0', '9')]);
    public static readonly CodeUnitSet Word = new([('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')]);

    /// <summary>WhiteSpace and LineTerminator of ECMA-262, which is what <c>\s</c> matches.</summary>
    public static readonly CodeUnitSet Space = new(
    [
        ('\t', '\r'), (' ', ' '), ('\u00A0', '\u00A0'), ('\u1680', '\u1680'), ('\u2000', '\u200A'), ('\u2028', '\u2029'),
        ('\u202F', '\u202F'), ('\u205F', '\u205F'), ('\u3000', '\u3000'), ('\uFEFF', '\uFEFF'),
    ]);

    public static readonly CodeUnitSet LineTerminators = new([('\n', '\n'), ('\r', '\r'), ('\u2028', '\u2029')]);

    private readonly (char First, char Last)[] _ranges;

    private CodeUnitSet((char First, char Last)[] ranges) => _ranges = ranges;

    public IReadOnlyList<(char First, char Last)> Ranges => _ranges;

    public static CodeUnitSet Of(IEnumerable<(char First, char Last)> ranges)
    {
        var sorted = ranges.Order().ToArray();
        var count = 0;
        foreach (var range in sorted)
        {
            if (count > 0 && range.First <= sorted[count - 1].Last + 1)
            {
                sorted[count - 1].Last = (char)Math.Max(sorted[count - 1].Last, range.Last);
            }
            else
            {
                sorted[count++] = range;
            }
        }

        return new CodeUnitSet(sorted[..count]);
    }

    public CodeUnitSet Complement()
    {
        var gaps = new List<(char, char)>(_ranges.Length + 1);
        var next = 0;
        foreach (var (first, last) in _ranges)
        {
            if (next < first)
            {
                gaps.Add(((char)next, (char)(first - 1)));
            }

            next = last + 1;
        }

        if (next <= char.MaxValue)
        {
            gaps.Add(((char)next, char.MaxValue));
        }

        return new CodeUnitSet([.. gaps]);
    }

    public bool Equals(CodeUnitSet other) => _ranges.AsSpan().SequenceEqual(other._ranges);

    /// <summary>
    /// The set closed under Canonicalize without <c>u</c> or <c>v</c>, or null where that reaches into the
    /// case pairs beyond ASCII. The canonical form of a character beyond ASCII is never an ASCII one, so the
    /// two halves are closed separately; the upper half is accepted when it, or what it lacks, is white space, which
    /// has no case.
    /// </summary>
    public CodeUnitSet? CloseUnderCase()
    {
        if (!HasOnlySpaceBeyondAscii() && !Complement().HasOnlySpaceBeyondAscii())
        {
            return null;
        }

        var ranges = new List<(char First, char Last)>(_ranges);
        foreach (var (first, last) in _ranges)
        {
            Mirror(first, last, 'A', 'Z', 'a' - 'A');
            Mirror(first, last, 'a', 'z', 'A' - 'a');
        }

        return Of(ranges);

        void Mirror(char first, char last, char from, char to, int offset)
        {
            var (low, high) = (Math.Max(first, from), Math.Min(last, to));
            if (low <= high)
            {
                ranges.Add(((char)(low + offset), (char)(high + offset)));
            }
        }
    }

    private bool HasOnlySpaceBeyondAscii()
        => _ranges.All(static r => r.Last < '\u0080' || Space.Covers((char)Math.Max(r.First, '\u0080'), r.Last));

    private bool Covers(char first, char last) => _ranges.Any(r => r.First <= first && last <= r.Last);
}
