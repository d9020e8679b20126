using McpWorkflows.Server.Tests.EndToEnd;

namespace McpWorkflows.Server.Tests.Fixtures;

/// <summary>A script as people write it, with what is expected of it in comments at its top.</summary>
internal sealed class Fixture
{
    public static readonly string Folder = Path.Combine(TestBench.Repository, "tests", "McpWorkflows.Server.Tests", "Fixtures");

    private Fixture(string name, string text)
    {
        Name = name;
        Text = text;
    }

    public string Name { get; }

    public string Text { get; }

    /// <summary>JSON.</summary>
    public string? Args => Expected("args").SingleOrDefault();

    public int Agents => int.Parse(Expected("agents").Single(), System.Globalization.CultureInfo.InvariantCulture);

    public string State => Expected("state").SingleOrDefault() ?? "completed";

    /// <summary>Each as <c>line:column: beginning of the message</c>.</summary>
    public IReadOnlyList<string> Warnings => [.. Expected("warning")];

    /// <summary>As the warnings.</summary>
    public IReadOnlyList<string> Notes => [.. Expected("note")];

    /// <summary>JSON.</summary>
    public string Result => Expected("result").Single();

    public static IEnumerable<string> Names =>
        Directory.EnumerateFiles(Path.Combine(Folder, "Scripts"), "*.js").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)
            .Concat(LargeScripts.Names);

    public static Fixture Load(string name) => new(
        name,
        name.EndsWith(".js", StringComparison.Ordinal) ? File.ReadAllText(Path.Combine(Folder, "Scripts", name)) : LargeScripts.Create(name));

    private IEnumerable<string> Expected(string key) => Text.Split('\n')
        .TakeWhile(line => line.StartsWith("// ", StringComparison.Ordinal))
        .Where(line => line.StartsWith($"// {key}: ", StringComparison.Ordinal))
        .Select(line => line[(key.Length + 5)..].Trim());
}
