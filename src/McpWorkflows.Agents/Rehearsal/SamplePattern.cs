using System.Globalization;
using System.Text;

namespace McpWorkflows.Agents.Rehearsal;

/// <summary>
/// Makes a text for a simple regular expression: literals, escapes, classes, groups, the first alternative, and the
/// fewest repetitions. The caller checks the result; null where it gives up.
/// </summary>
internal sealed class SamplePattern
{
    private const int MaxRepeat = 1_000;

    private readonly string _pattern;
    private readonly int _number;
    private int _position;

    private SamplePattern(string pattern, int number)
    {
        _pattern = pattern;
        _number = number;
    }

    public static string? TryMake(string pattern, int number)
    {
        try
        {
            return new SamplePattern(pattern, number).Sequence(0);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private string Sequence(int depth)
    {
        var text = new StringBuilder();
        while (_position < _pattern.Length && _pattern[_position] is not (')' or '|'))
        {
            var part = Atom(depth);
            for (var left = Repetitions(); left > 0; left--)
            {
                text.Append(part);
            }
        }

        while (_position < _pattern.Length && _pattern[_position] == '|')
        {
            _position++;
            Sequence(depth);
        }

        return text.ToString();
    }

    private string Atom(int depth)
    {
        var character = Take();
        switch (character)
        {
            case '^' or '$':
                return "";
            case '.':
                return "a";
            case '[':
                return Class();
            case '(':
                if (depth > 20 || (Ahead("?") && !Ahead("?:")))
                {
                    throw new FormatException("Look-arounds and named groups are not simple.");
                }

                _position += Ahead("?:") ? 2 : 0;
                var inner = Sequence(depth + 1);
                _ = Take();
                return inner;
            case '\\':
                return Escape(Take());
            default:
                return character.ToString();
        }
    }

    private string Escape(char character) => character switch
    {
        'd' => (_number % 10).ToString(CultureInfo.InvariantCulture),
        'w' or 'S' or 'D' => "a",
        's' => " ",
        'W' => "-",
        'b' or 'B' => "",
        't' => "\t",
        'n' => "\n",
        _ when char.IsLetterOrDigit(character) => throw new FormatException("An escape that is not simple."),
        _ => character.ToString(),
    };

    private string Class()
    {
        if (Ahead("^"))
        {
            throw new FormatException("A negated class is not simple.");
        }

        var first = Take();
        var text = first == '\\' ? Escape(Take()) : first.ToString();
        while (Take() is var character && character != ']')
        {
            if (character == '\\')
            {
                _ = Take();
            }
        }

        return text;
    }

    private int Repetitions()
    {
        if (_position == _pattern.Length)
        {
            return 1;
        }

        var count = 1;
        switch (_pattern[_position])
        {
            case '*' or '?':
                count = 0;
                _position++;
                break;
            case '+':
                _position++;
                break;
            case '{':
                var end = _pattern.IndexOf('}', _position);
                var range = end < 0 ? [] : _pattern[(_position + 1)..end].Split(',');
                if (range.Length == 0 || !int.TryParse(range[0], NumberStyles.None, CultureInfo.InvariantCulture, out count) || count > MaxRepeat)
                {
                    throw new FormatException("Not a simple repetition.");
                }

                _position = end + 1;
                break;
            default:
                return 1;
        }

        _position += Ahead("?") ? 1 : 0;
        return count;
    }

    private bool Ahead(string text) => string.CompareOrdinal(_pattern, _position, text, 0, text.Length) == 0;

    private char Take() => _position < _pattern.Length ? _pattern[_position++] : throw new FormatException("The pattern ends early.");
}
