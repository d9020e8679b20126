namespace Acornima.RegularExpressions;

/// <summary>The flags of ECMA-262, RegExpInitialize; declared in the order in which engines print them.</summary>
[Flags]
internal enum RegExpFlags
{
    None = 0,
    HasIndices = 1 << 0,
    Global = 1 << 1,
    IgnoreCase = 1 << 2,
    Multiline = 1 << 3,
    DotAll = 1 << 4,
    Unicode = 1 << 5,
    UnicodeSets = 1 << 6,
    Sticky = 1 << 7,
}

internal static class RegExpFlagsText
{
    private const string Letters = "dgimsuvy";

    /// <summary>False for an unknown or repeated flag, for <c>u</c> with <c>v</c>, and for a flag of a later edition.</summary>
    public static bool TryParse(string text, EcmaVersion ecmaVersion, out RegExpFlags flags)
    {
        flags = RegExpFlags.None;
        foreach (var letter in text)
        {
            var bit = Letters.IndexOf(letter, StringComparison.Ordinal);
            if (bit < 0 || flags.HasFlag((RegExpFlags)(1 << bit)) || ecmaVersion < FirstVersion(letter))
            {
                return false;
            }

            flags |= (RegExpFlags)(1 << bit);
        }

        return !flags.HasFlag(RegExpFlags.Unicode | RegExpFlags.UnicodeSets);
    }

    /// <summary>The flags in the order of <c>RegExp.prototype.flags</c>, which is how messages show them.</summary>
    public static string Print(RegExpFlags flags)
        => string.Concat(Letters.Where((_, bit) => flags.HasFlag((RegExpFlags)(1 << bit))));

    private static EcmaVersion FirstVersion(char letter) => letter switch
    {
        'u' or 'y' => EcmaVersion.ES2015,
        's' => EcmaVersion.ES2018,
        'd' => EcmaVersion.ES2022,
        'v' => EcmaVersion.ES2024,
        _ => EcmaVersion.Unknown,
    };
}
