using Acornima.Ast;
using McpWorkflows.Engine.Extensions;
using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Scripts;

/// <summary>Notes where a script uses functions that Claude Code's dialect lacks. A script that declares the name has its own.</summary>
internal static class ExtensionUses
{
    private static readonly HashSet<string> Names = [.. BuiltInExtensions.Names, "checkpoint", "failures"];

    /// <summary>One note per name, at its first use.</summary>
    public static IEnumerable<ScriptError> Find(SourceText source, Program program)
    {
        var uses = NameUses.Of(program);
        return uses.References
            .Where(use => Names.Contains(use.Name) && !uses.Declared.Contains(use.Name))
            .OrderBy(use => use.Start)
            .DistinctBy(use => use.Name)
            .Select(use => source.ErrorAt(use.Start, $"{use.Name}() is not portable to Claude Code, which lacks it. {Remedy(use.Name)}"));
    }

    private static string Remedy(string name) => BuiltInExtensions.Names.Contains(name)
        ? $"To run there too, copy prompts/patterns/{name}.js into the script."
        : "To run there too, do without.";
}
