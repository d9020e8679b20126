namespace McpWorkflows.Engine.Workflows;

/// <summary>Workflows that come with the product: the files of <c>prompts/workflows</c>.</summary>
public static class BundledWorkflows
{
    /// <summary>Their <see cref="SavedWorkflow.Origin"/>.</summary>
    public const string Origin = "bundled";

    private const string Prefix = "prompts/workflows/";

    private static readonly Lazy<IReadOnlyList<SavedWorkflow>> Read = new(() =>
    [
        .. typeof(BundledWorkflows).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => new SavedWorkflow(Path.GetFileNameWithoutExtension(name), name[Prefix.Length..], Text(name), Origin)),
    ]);

    /// <summary>By name.</summary>
    public static IReadOnlyList<SavedWorkflow> All => Read.Value;

    private static string Text(string name)
    {
        using var stream = typeof(BundledWorkflows).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
