using System.Text.Json;
using System.Text.Json.Nodes;
using Acornima.Ast;
using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Scripts;

/// <summary>Finds schemas that a call refuses, or that no answer can meet. Only those that stand in the script as literals.</summary>
internal static class SchemaChecks
{
    private static readonly JsonDocumentOptions Depth = new() { MaxDepth = 1_000 };

    public static IEnumerable<ScriptError> Find(SourceText source, ScriptCode code)
    {
        foreach (var call in code.Nodes.OfType<CallExpression>())
        {
            var isAgent = code.IsCallOf(call, "agent");
            if ((!isAgent && !code.IsCallOf(call, "checkpoint")) || call.Arguments.Count < 2 || code.Resolve(call.Arguments[1]) is not ObjectExpression options)
            {
                continue;
            }

            var schema = options.Properties.OfType<ObjectProperty>()
                .FirstOrDefault(property => property is { Computed: false, Key: Identifier { Name: "schema" } or StringLiteral { Value: "schema" } })?.Value;
            if (schema is null || LiteralValue.Read(code, schema) is not { } literal)
            {
                continue;
            }

            using var json = JsonDocument.Parse(literal.Json?.ToJsonString() ?? "null", Depth);
            var shape = isAgent ? SchemaCheck.FindFault(json.RootElement) : SchemaCheck.FindFaultOfAny(json.RootElement);
            if (shape is not null)
            {
                yield return source.ErrorAt(literal.PlaceOf(shape.Split(' ')[0]), $"{(isAgent ? "agent" : "checkpoint")}() refuses this schema: {shape}.");
            }
            else if (SchemaContradictions.Find(json.RootElement) is { } contradiction)
            {
                yield return source.ErrorAt(
                    literal.PlaceOf(contradiction.Place), $"No answer can meet this schema: {contradiction.Place} {contradiction.Fault}. Correct it, or the agent will be asked in vain.");
            }
        }
    }
}
