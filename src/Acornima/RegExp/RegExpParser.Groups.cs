namespace Acornima.RegularExpressions;

internal sealed partial class RegExpParser
{
    // V8's limit; it keeps group numbers within what matchers can index.
    private const int MaximumCaptures = 65535;

    private readonly List<string?> _groupNames = [null];
    private readonly Dictionary<string, (AlternativeScope Scope, int Alternative)> _lastGroupOfName = new(StringComparer.Ordinal);
    private readonly List<(string Name, int Index)> _namedReferences = [];
    private AlternativeScope? _scope;

    private RegExpNode ParseGroup()
    {
        var start = _position++;
        if (!TryEat('?'))
        {
            return ParseCapture(null, start);
        }

        switch (Current)
        {
            case ':':
                _position++;
                return new RegExpGroup(ParseBody(), 0, RegExpFlags.None, RegExpFlags.None);
            case '=' or '!':
                var isNegative = _pattern[_position++] == '!';
                return new RegExpLookaround(ParseBody(), isBehind: false, isNegative);
            case '<' when _ecmaVersion < EcmaVersion.ES2018:
                throw Error("Invalid group", start);
            case '<' when Peek(1) is '=' or '!':
                var isNegativeBehind = Peek(1) == '!';
                _position += 2;
                return new RegExpLookaround(ParseBody(), isBehind: true, isNegativeBehind);
            case '<':
                _position++;
                var nameStart = _position;
                var name = ParseGroupName();
                DeclareGroupName(name, nameStart);
                return ParseCapture(name, start);
            default:
                return ParseModifiers(start);
        }
    }

    private RegExpGroup ParseCapture(string? name, int start)
    {
        var number = _groupNames.Count;
        if (number > MaximumCaptures)
        {
            throw Error("Too many captures", start);
        }

        _groupNames.Add(name);
        return new RegExpGroup(ParseBody(), number, RegExpFlags.None, RegExpFlags.None);
    }

    private RegExpNode ParseBody()
    {
        var body = ParseDisjunction();
        return TryEat(')') ? body : throw Error("Unterminated group");
    }

    private RegExpGroup ParseModifiers(int start)
    {
        var (added, removed, isRemoving) = (RegExpFlags.None, RegExpFlags.None, false);
        for (; Current != ':'; _position++)
        {
            if (Current == '-')
            {
                isRemoving = isRemoving ? throw Error("Multiple dashes in flag group") : true;
                continue;
            }

            var modifier = Current switch
            {
                'i' => RegExpFlags.IgnoreCase,
                'm' => RegExpFlags.Multiline,
                's' => RegExpFlags.DotAll,
                _ => throw Error("Invalid group", start),
            };

            if ((added | removed).HasFlag(modifier))
            {
                throw Error("Repeated flag in flag group");
            }

            (added, removed) = isRemoving ? (added, removed | modifier) : (added | modifier, removed);
        }

        if (_ecmaVersion < EcmaVersion.ES2025)
        {
            throw Error("Invalid group", start);
        }

        if ((added | removed) == RegExpFlags.None)
        {
            throw Error("Invalid flag group", start);
        }

        _position++;
        return new RegExpGroup(ParseBody(), 0, added, removed);
    }

    private void DeclareGroupName(string name, int index)
    {
        if (_lastGroupOfName.TryGetValue(name, out var last)
            && (_ecmaVersion < EcmaVersion.ES2025 || last.Scope.CanParticipateNow(last.Alternative)))
        {
            throw Error("Duplicate capture group name", index);
        }

        _lastGroupOfName[name] = (_scope!, _scope!.Alternative);
    }

    private void CheckNamedReferences()
    {
        foreach (var (name, index) in _namedReferences)
        {
            if (!_lastGroupOfName.ContainsKey(name))
            {
                throw Error("Invalid named capture referenced", index);
            }
        }
    }

    /// <summary>Reads a RegExpIdentifierName and the <c>&gt;</c> after it.</summary>
    private string ParseGroupName()
    {
        var start = _position;
        var name = new System.Text.StringBuilder();
        while (!TryEat('>'))
        {
            if (Current < 0)
            {
                throw Error("Invalid capture group name", start);
            }

            var codePoint = ReadCodePoint();
            if (codePoint == '\\' && TryEat('u') && !TryParseUnicodeEscape(isUnicode: true, out codePoint))
            {
                throw Error("Invalid Unicode escape");
            }

            if (!(name.Length == 0 ? GroupNameCharacter.IsStart(codePoint) : GroupNameCharacter.IsPart(codePoint)))
            {
                throw Error("Invalid capture group name", start);
            }

            name.Append(char.ConvertFromUtf32(codePoint));
        }

        return name.Length > 0 ? name.ToString() : throw Error("Invalid capture group name", start);
    }
}
