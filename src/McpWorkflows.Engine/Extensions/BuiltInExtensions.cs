using Acornima.Ast;

namespace McpWorkflows.Engine.Extensions;

/// <summary>The extensions of this release: the files of <c>prompts/patterns</c>.</summary>
public static class BuiltInExtensions
{
    public static IReadOnlyList<string> Names { get; } = ["verify", "judge", "tournament", "converge"];

    private static readonly Lazy<IReadOnlyDictionary<string, string>> Sources = new(() => Names.ToDictionary(name => name, Read));

    /// <summary>Commented source, for people too.</summary>
    public static string Source(string name) => Sources.Value[name];

    /// <summary>The extensions that a script may call: those whose name occurs in it as an identifier, declared or not.</summary>
    internal static IReadOnlyList<string> UsedBy(Program program)
    {
        var used = new HashSet<string>();
        var open = new Stack<Node>([program]);
        while (open.TryPop(out var node))
        {
            if (node is Identifier identifier && Names.Contains(identifier.Name))
                used.Add(identifier.Name);
            foreach (var child in node.ChildNodes)
                open.Push(child);
        }

        return [.. Names.Where(used.Contains)];
    }

    /// <summary>The same without parsing: too many rather than too few.</summary>
    internal static IEnumerable<string> NamedIn(string script) =>
        Names.Where(name => script.Contains(name, StringComparison.Ordinal));

    private static string Read(string name)
    {
        using var stream = typeof(BuiltInExtensions).Assembly.GetManifestResourceStream($"prompts/patterns/{name}.js")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
