using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace McpWorkflows.Agents.Schemas;

/// <summary>The regular expressions of <c>pattern</c> and <c>patternProperties</c>.</summary>
internal static class Patterns
{
    private const int MaxCached = 256;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);
    private static readonly ConcurrentDictionary<string, Regex?> Cache = new(StringComparer.Ordinal);

    /// <summary>An expression that .NET cannot read, or that takes too long, forbids nothing.</summary>
    public static bool Matches(string pattern, string text)
    {
        if (Cache.Count > MaxCached)
        {
            Cache.Clear();
        }

        try
        {
            return Cache.GetOrAdd(pattern, Compile)?.IsMatch(text) ?? true;
        }
        catch (RegexMatchTimeoutException)
        {
            return true;
        }
    }

    private static Regex? Compile(string pattern)
    {
        try
        {
            return new Regex(EcmaPattern.Translate(pattern), RegexOptions.CultureInvariant, Patience);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
