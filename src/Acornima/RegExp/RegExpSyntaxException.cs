namespace Acornima.RegularExpressions;

/// <summary>Ends the parse of a pattern; never leaves <see cref="RegExpPattern"/>.</summary>
internal sealed class RegExpSyntaxException(string message, int index) : Exception(message)
{
    /// <summary>Where in the pattern, in code units.</summary>
    public int Index { get; } = index;
}
