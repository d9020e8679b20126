using System.Runtime.CompilerServices;

namespace Acornima.RegularExpressions;

/// <summary>The set notation of the <c>v</c> flag: ECMA-262, ClassSetExpression. Sets are checked, not computed.</summary>
internal sealed partial class RegExpParser
{
    private const string InvalidSetOperation = "Invalid set operation in character class";
    private const string InvalidSetCharacter = "Invalid character in character class";

    private enum SetOperandKind
    {
        Character,
        Class,
        ClassWithStrings,
    }

    /// <summary>Reads a class from behind its bracket through its closing one; true when it may match more than one character.</summary>
    private bool ParseClassSet()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw Error("Regular expression too large");
        }

        var start = _position;
        var isNegated = TryEat('^');
        var hasStrings = !TryEat(']') && ParseClassSetContents();
        return !(isNegated && hasStrings) ? hasStrings : throw Error("Negated character class may contain strings", start);
    }

    private bool ParseClassSetContents()
    {
        var kind = ParseSetOperandOrRange(out var isRange);
        if (!isRange && IsAt("&&"))
        {
            return ParseSetOperations("&&", kind) == SetOperandKind.ClassWithStrings;
        }

        if (!isRange && IsAt("--"))
        {
            ParseSetOperations("--", kind);
            return kind == SetOperandKind.ClassWithStrings;
        }

        var hasStrings = kind == SetOperandKind.ClassWithStrings;
        while (!TryEat(']'))
        {
            if (IsAt("&&") || IsAt("--"))
            {
                throw Error(InvalidSetOperation);
            }

            if (Current == '-')
            {
                throw Error("Invalid character class");
            }

            hasStrings |= ParseSetOperandOrRange(out _) == SetOperandKind.ClassWithStrings;
        }

        return hasStrings;
    }

    /// <summary>Reads the rest of an intersection or subtraction; the result is the kind of an intersection.</summary>
    private SetOperandKind ParseSetOperations(string operation, SetOperandKind kind)
    {
        while (!TryEat(']'))
        {
            if (Current >= 0 && !IsAt(operation))
            {
                throw Error(InvalidSetOperation);
            }

            _position = Math.Min(_position + operation.Length, _pattern.Length);
            if (operation == "&&" && Current == '&')
            {
                throw Error(InvalidSetCharacter);
            }

            kind = (SetOperandKind)Math.Min((int)kind, (int)ParseSetOperand(out _));
        }

        return kind;
    }

    private SetOperandKind ParseSetOperandOrRange(out bool isRange)
    {
        var start = _position;
        var kind = ParseSetOperand(out var first);
        isRange = kind == SetOperandKind.Character && Current == '-' && Peek(1) != '-';
        if (!isRange)
        {
            return kind;
        }

        _position++;
        if (ParseSetOperand(out var last) != SetOperandKind.Character)
        {
            throw Error("Invalid character class", start);
        }

        return first <= last ? kind : throw Error("Range out of order in character class", start);
    }

    private SetOperandKind ParseSetOperand(out int character)
    {
        character = -1;
        if (TryEat('['))
        {
            return ParseClassSet() ? SetOperandKind.ClassWithStrings : SetOperandKind.Class;
        }

        if (Current == '\\')
        {
            if (TryParseClassEscape(out _))
            {
                return SetOperandKind.Class;
            }

            if (Peek(1) is 'p' or 'P')
            {
                return ParseProperty(inClass: true) ? SetOperandKind.ClassWithStrings : SetOperandKind.Class;
            }

            if (Peek(1) == 'q' && Peek(2) == '{')
            {
                return ParseStringDisjunction() ? SetOperandKind.ClassWithStrings : SetOperandKind.Class;
            }
        }

        character = ParseSetCharacter();
        return SetOperandKind.Character;
    }

    /// <summary>Reads <c>\q{…|…}</c>; true when one of the strings is not a single character.</summary>
    private bool ParseStringDisjunction()
    {
        _position += 3;
        var (hasStrings, length) = (false, 0);
        while (!TryEat('}'))
        {
            if (TryEat('|'))
            {
                hasStrings |= length != 1;
                length = 0;
                continue;
            }

            ParseSetCharacter();
            length++;
        }

        return hasStrings || length != 1;
    }

    private int ParseSetCharacter()
    {
        switch (Current)
        {
            case -1:
                throw Error("Unterminated character class");
            case '\\' when Peek(1) == 'b':
                _position += 2;
                return '\b';
            case '\\' when Peek(1) >= 0 && "&-!#%,:;<=>@`~".Contains((char)Peek(1), StringComparison.Ordinal):
                _position += 2;
                return _pattern[_position - 1];
            case '\\':
                return ParseCharacterEscape(inClass: true);
            case '(' or ')' or '[' or ']' or '{' or '}' or '/' or '-' or '|':
                throw Error(InvalidSetCharacter);
            default:
                return Current == Peek(1) && "&!#$%*+,.:;<=>?@^`~".Contains((char)Current, StringComparison.Ordinal)
                    ? throw Error(InvalidSetOperation)
                    : ReadCharacter();
        }
    }
}
