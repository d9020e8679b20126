namespace McpWorkflows.Agents.Rehearsal;

/// <summary>
/// What the name of a property says about the value that lets a script end: claims stand, work is done, nothing is
/// left over, scores are good.
/// </summary>
internal static class SampleNames
{
    private static readonly string[] True =
    [
        "done", "complet", "finish", "converg", "approv", "pass", "valid", "success", "resolv", "accept", "real", "confirm", "verif",
        "stop", "agree", "exist", "ok", "ready", "satisf", "correct", "holds", "safe", "fixed", "good", "final", "supported", "survive",
    ];

    private static readonly string[] False =
    [
        "refut", "reject", "more", "continu", "need", "fail", "error", "block", "remain", "again", "retry", "duplicate", "invalid", "incomplet",
        "unresolv", "not", "missing", "left", "false", "skip", "unsafe", "incorrect", "wrong", "unsupported", "unverif", "fixable", "bad",
    ];

    private static readonly string[] High = ["score", "confidence", "rating", "quality", "grade", "certainty", "coverage", "percent", "probability"];

    private static readonly string[] Low = ["remaining", "left", "open", "errors", "failures", "failed", "missing", "issues"];

    public static bool Boolean(string name) => !Mentions(name, False) && Mentions(name, True);

    public static bool WantsHigh(string name) => Mentions(name, High);

    public static bool WantsLow(string name) => Mentions(name, Low);

    private static bool Mentions(string name, string[] words) =>
        Array.Exists(words, word => name.Contains(word, StringComparison.OrdinalIgnoreCase));
}
