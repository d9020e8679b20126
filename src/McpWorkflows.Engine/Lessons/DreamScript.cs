namespace McpWorkflows.Engine.Lessons;

/// <summary>The workflow that gathers lessons: <c>prompts/lessons/dream.js</c>.</summary>
internal static class DreamScript
{
    /// <summary>Tells its runs from all others.</summary>
    public const string FileName = "prompts/lessons/dream.js";

    private static readonly Lazy<string> Read = new(() =>
    {
        using var stream = typeof(DreamScript).Assembly.GetManifestResourceStream(FileName)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    });

    public static string Text => Read.Value;
}
