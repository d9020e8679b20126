namespace McpWorkflows.Server.Settings;

/// <summary>Patterns of names in settings: <c>*</c> stands for any characters, everything else for itself, in any case.</summary>
internal static class NamePattern
{
    public static bool Fits(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        var star = pattern.IndexOf('*');
        if (star < 0)
            return pattern.Equals(name, StringComparison.OrdinalIgnoreCase);
        if (!name.StartsWith(pattern[..star], StringComparison.OrdinalIgnoreCase))
            return false;

        var rest = pattern[(star + 1)..];
        for (var start = star; start <= name.Length; start++)
        {
            if (Fits(rest, name[start..]))
                return true;
        }

        return false;
    }

    /// <summary>A pattern without a slash is one of the model at any provider.</summary>
    public static bool FitsModel(string pattern, string model) => Fits(pattern, pattern.Contains('/') ? model : model.AsSpan(model.IndexOf('/') + 1));
}
