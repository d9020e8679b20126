using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Acornima.RegularExpressions;

namespace Acornima;

public sealed partial class Tokenizer
{
    /// <summary>
    /// Checks a pattern and flags against the grammar of ECMA-262. The error carries the message of V8's
    /// <c>RegExp</c> constructor; its position is relative to the pattern, lines from 1 and columns from 0.
    /// </summary>
    public static bool ValidateRegExp(
        string pattern,
        string flags,
        [NotNullWhen(false)] out ParseError? error,
        EcmaVersion ecmaVersion = EcmaVersion.Latest,
        ExperimentalESFeatures experimentalESFeatures = ExperimentalESFeatures.None)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        ArgumentNullException.ThrowIfNull(flags);

        return RegExpPattern.TryParse(pattern, flags, ecmaVersion, out _, out error);
    }

    /// <summary>
    /// Converts a pattern to a <see cref="Regex"/> with the same group numbers that finds the same matches, where there
    /// is one: not with <c>u</c> or <c>v</c>, nor where .NET keeps captures that JavaScript drops, nor beyond ten
    /// thousand code units. <c>g</c>, <c>y</c> and <c>d</c> concern the caller alone and do not change the conversion.
    /// </summary>
    /// <param name="pattern">The text between the slashes.</param>
    /// <param name="flags">The letters after them.</param>
    /// <param name="compiled">Whether to pay for <see cref="RegexOptions.Compiled"/>.</param>
    /// <param name="matchTimeout">How long one match may take; <see langword="null"/> for no limit.</param>
    /// <param name="throwIfNotAdaptable">Whether a pattern that cannot be converted throws instead of returning a failure.</param>
    /// <param name="ecmaVersion">The edition whose syntax is accepted.</param>
    /// <param name="experimentalESFeatures">No such feature concerns regular expressions.</param>
    /// <exception cref="ParseErrorException">The pattern or the flags are invalid.</exception>
    public static RegExpParseResult AdaptRegExp(
        string pattern,
        string flags,
        bool compiled = false,
        TimeSpan? matchTimeout = null,
        bool throwIfNotAdaptable = false,
        EcmaVersion ecmaVersion = EcmaVersion.Latest,
        ExperimentalESFeatures experimentalESFeatures = ExperimentalESFeatures.None)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        ArgumentNullException.ThrowIfNull(flags);

        if (!RegExpPattern.TryParse(pattern, flags, ecmaVersion, out var parsed, out var error))
        {
            throw new ParseErrorException(error);
        }

        if (RegExpConverter.TryConvert(pattern, parsed, out var converted, out var refusal))
        {
            try
            {
                var options = RegExpConverter.Options | (compiled ? RegexOptions.Compiled : RegexOptions.None);
                var regex = new Regex(converted, options, matchTimeout ?? Regex.InfiniteMatchTimeout);
                return RegExpParseResult.ForRegex(regex, parsed.GroupNames);
            }
            catch (RegexParseException exception)
            {
                // .NET has limits of its own, on nesting among others.
                refusal = exception.Message;
            }
        }

        error = RegExpPattern.ErrorAt(pattern, parsed.Flags, $"Cannot be converted to a .NET regular expression: {refusal}", 0);
        return throwIfNotAdaptable ? throw new ParseErrorException(error) : RegExpParseResult.ForFailure(error);
    }
}
