using Acornima.Ast;
using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Scripts;

/// <summary>What a script that parses may still get wrong, as far as its syntax tree shows it. By place.</summary>
/// <param name="Defects">Fail whenever they are reached.</param>
/// <param name="Doubts">May go wrong, depending on what agents say.</param>
/// <param name="Advice">Makes a run harder to follow, no more.</param>
internal sealed record ScriptChecks(IReadOnlyList<ScriptError> Defects, IReadOnlyList<ScriptError> Doubts, IReadOnlyList<ScriptError> Advice)
{
    private const int MostReported = 20;

    /// <summary>For scripts that are not refused.</summary>
    public static ScriptChecks Of(SourceText source, Program program)
    {
        var code = new ScriptCode(program);
        return new ScriptChecks(
            Ordered(FanOutChecks.Find(source, code).Concat(SchemaChecks.Find(source, code))),
            Ordered(LoopChecks.Find(source, code)),
            Ordered(LabelChecks.Find(source, code)));
    }

    private static List<ScriptError> Ordered(IEnumerable<ScriptError> found) =>
        [.. found.DistinctBy(error => (error.Line, error.Column)).OrderBy(error => (error.Line, error.Column)).Take(MostReported)];
}
