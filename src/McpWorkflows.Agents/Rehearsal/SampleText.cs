using McpWorkflows.Agents.Schemas;

namespace McpWorkflows.Agents.Rehearsal;

/// <summary>Makes strings: by format, by pattern where it is simple, else from the property's name.</summary>
internal static class SampleText
{
    private static readonly string[] Guesses =
    [
        "a", "A", "1", "abc", "ABC", "Abc", "a1", "123", "1234", "12345", "0.1.0", "2026-01-01", "12:00", "a-b", "a_b", "a.b", "A-1", "ABC-123",
        "#000000", "#abcdef", "https://example.com/a", "a@example.com", "src/example.cs", "src/example.cs:1", "example.cs:1", "/", "0000000", "abcdef0",
    ];

    public static string Make(string name, int number, SampleRules rules)
    {
        if (rules.Get("pattern")?.GetString() is { } pattern)
        {
            return FromPattern(pattern, name, number, rules);
        }

        return Fit(rules.Get("format")?.ToString() switch
        {
            "date-time" => $"2026-01-{1 + (number % 28):00}T00:00:00Z",
            "date" => $"2026-01-{1 + (number % 28):00}",
            "time" => "00:00:00Z",
            "duration" => "PT1M",
            "email" => $"rehearsal{number}@example.com",
            "hostname" => "example.com",
            "ipv4" => "192.0.2.1",
            "ipv6" => "2001:db8::1",
            "uri" or "url" or "iri" => $"https://example.com/{number}",
            "uuid" => $"00000000-0000-4000-8000-{number:000000000000}",
            _ => Plain(name, number),
        }, rules);
    }

    private static string FromPattern(string pattern, string name, int number, SampleRules rules)
    {
        var candidates = new[] { Fit(Plain(name, number), rules), SamplePattern.TryMake(pattern, number) }
            .Concat(Guesses)
            .OfType<string>();
        return candidates.FirstOrDefault(text => Patterns.Matches(pattern, text) && Fit(text, rules) == text) ?? Fit(Plain(name, number), rules);
    }

    private static string Plain(string name, int number) => $"rehearsed {(name.Length == 0 ? "text" : name)} {number}";

    private static string Fit(string text, SampleRules rules)
    {
        var least = (int)(rules.Least("minLength") ?? 0);
        var most = (int)Math.Min(rules.Most("maxLength") ?? int.MaxValue, int.MaxValue);
        var padded = text.Length >= least ? text : text + new string('.', Math.Min(least, 100_000) - text.Length);
        // The number at the end tells items apart, so the beginning goes.
        return padded.Length <= most ? padded : padded[^most..].TrimStart() is var cut && cut.Length >= least ? cut : padded[^most..];
    }
}
