using Acornima.Ast;
using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Scripts;

/// <summary>Finds agents that displays and reports can only name by the beginning of their prompt.</summary>
internal static class LabelChecks
{
    public static IEnumerable<ScriptError> Find(SourceText source, ScriptCode code) =>
        code.Calls("agent").Where(call => !MayHaveLabel(code, call)).Select(call => source.ErrorAt(
            call.Start, "This agent has no label, so that reports name it by the beginning of its prompt. Add one that tells it from the others: { label: `review ${file}` }."));

    private static bool MayHaveLabel(ScriptCode code, CallExpression call)
    {
        if (call.Arguments.Count < 2)
        {
            // A spread may bring the options along.
            return call.Arguments.Any(argument => argument is SpreadElement);
        }

        return code.Resolve(call.Arguments[1]) is not ObjectExpression options
            || options.Properties.Any(member => member is not ObjectProperty property || NameOf(property) is null or "label");
    }

    private static string? NameOf(ObjectProperty property) => property switch
    {
        { Computed: true } => null,
        { Key: Identifier name } => name.Name,
        { Key: StringLiteral text } => text.Value,
        _ => "",
    };
}
