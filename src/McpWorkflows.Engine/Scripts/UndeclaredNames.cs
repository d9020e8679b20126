using Acornima.Ast;
using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Scripts;

/// <summary>Warns of names that a script uses but nobody declares; each would end a run only when it is reached.</summary>
internal static class UndeclaredNames
{
    private const int MostReported = 20;

    private const int ShortestMisspelt = 3;

    private const int LongestMisspelt = 64;

    private static readonly HashSet<string> Globals = [.. WrappedScript.Globals, .. ScriptSandbox.BuiltIns];

    /// <summary>Found everywhere too, but never what a misspelt name meant: the global object inherits them, all but the first.</summary>
    private static readonly HashSet<string> Inherited =
    [
        "arguments", "constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "toString",
        "valueOf", "__proto__", "__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__",
    ];

    /// <summary>One warning per name, at its first use. For scripts that are not refused.</summary>
    public static IReadOnlyList<ScriptError> Find(SourceText source, Program program)
    {
        var uses = NameUses.Of(program);
        if (uses.MayDefineAny)
        {
            return [];
        }

        return
        [
            .. uses.References
                .Where(use => !uses.Declared.Contains(use.Name) && !Globals.Contains(use.Name) && !Inherited.Contains(use.Name))
                .OrderBy(use => use.Start)
                .DistinctBy(use => use.Name)
                .Take(MostReported)
                .Select(use => source.ErrorAt(use.Start, Explain(use.Name, uses.Declared))),
        ];
    }

    private static string Explain(string name, HashSet<string> declared)
    {
        if (ForeignNames.Explain(name) is { } reason)
        {
            return $"'{name}' is not available in workflows: {reason}";
        }

        return $"'{name}' is not declared anywhere. "
            + (Near(name, declared) is { } near ? $"Did you mean '{near}'?" : "It will throw a ReferenceError when it is reached.");
    }

    /// <summary>
    /// Few edits make any short name out of any other, so the first letter must be the same, and a name of three letters
    /// is proposed only for one of three.
    /// </summary>
    private static string? Near(string name, HashSet<string> declared)
    {
        if (name.Length is < ShortestMisspelt or > LongestMisspelt)
        {
            return null;
        }

        return NearestName.Find(name, declared.Concat(Globals).Where(known =>
            known.Length >= Math.Min(name.Length, ShortestMisspelt + 1)
            && char.ToLowerInvariant(known[0]) == char.ToLowerInvariant(name[0])));
    }
}
