namespace Acornima.RegularExpressions;

internal sealed partial class RegExpParser
{
    private RegExpSet ParseClass()
    {
        _position++;
        if (_unicodeSets)
        {
            ParseClassSet();
            return new RegExpSet(null, isNegated: false);
        }

        var isNegated = TryEat('^');
        var ranges = new List<(char First, char Last)>();
        while (Current != ']')
        {
            ParseClassRange(ranges);
        }

        _position++;
        return new RegExpSet(_unicode ? null : CodeUnitSet.Of(ranges), isNegated);
    }

    private void ParseClassRange(List<(char First, char Last)> ranges)
    {
        var start = _position;
        var first = ParseClassAtom(ranges);
        if (Current != '-' || Peek(1) == ']')
        {
            Add(first, first);
            return;
        }

        _position++;
        var last = ParseClassAtom(ranges);
        if (first >= 0 && last >= 0)
        {
            Add(first, first <= last ? last : throw Error("Range out of order in character class", start));
            return;
        }

        if (_unicode)
        {
            throw Error("Invalid character class", start);
        }

        // Annex B: next to a class escape the hyphen is a member.
        Add(first, first);
        Add('-', '-');
        Add(last, last);

        void Add(int from, int to)
        {
            if (from >= 0 && !_unicode)
            {
                ranges.Add(((char)from, (char)to));
            }
        }
    }

    /// <summary>Reads one member and returns its character, or adds the members of a class escape and returns -1.</summary>
    private int ParseClassAtom(List<(char First, char Last)> ranges)
    {
        switch (Current)
        {
            case -1:
                throw Error("Unterminated character class");
            case '\\' when TryParseClassEscape(out var units):
                ranges.AddRange(units.Ranges);
                return -1;
            case '\\' when _unicode && Peek(1) is 'p' or 'P':
                ParseProperty(inClass: true);
                return -1;
            case '\\' when Peek(1) == 'b':
                _position += 2;
                return '\b';
            case '\\':
                return ParseCharacterEscape(inClass: true);
            default:
                return ReadCharacter();
        }
    }
}
