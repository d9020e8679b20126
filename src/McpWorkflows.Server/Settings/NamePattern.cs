using System.IO.Enumeration;

namespace McpWorkflows.Server.Settings;

/// <summary>Patterns of names in settings: <c>*</c> stands for any characters, <c>?</c> for one, everything else for itself, in any case.</summary>
internal static class NamePattern
{
    public static bool Fits(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name) => FileSystemName.MatchesSimpleExpression(pattern, name);

    /// <summary>A pattern without a slash is one of the model at any provider.</summary>
    public static bool FitsModel(string pattern, string model) => Fits(pattern, pattern.Contains('/') ? model : model.AsSpan(model.IndexOf('/') + 1));
}
