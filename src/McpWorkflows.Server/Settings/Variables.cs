using System.Text.RegularExpressions;

namespace McpWorkflows.Server.Settings;

/// <summary>Environment variables within settings, so that keys need not stand in files.</summary>
internal static partial class Variables
{
    /// <summary>Replaces <c>${NAME}</c>; a variable that is not set becomes nothing.</summary>
    public static string Expand(string text, Action<string> missing) => Reference().Replace(text, match =>
    {
        var name = match.Groups["name"].Value;
        if (Environment.GetEnvironmentVariable(name) is { } value)
            return value;
        missing(name);
        return "";
    });

    [GeneratedRegex(@"\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)\}")]
    private static partial Regex Reference();
}
