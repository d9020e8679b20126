using System.Text.Json;
using Microsoft.Extensions.AI;

namespace McpWorkflows.Agents.StructuredOutput;

/// <summary>The tool through which a model gives a structured answer; its parameters are the answer's schema.</summary>
internal sealed class StructuredOutputTool(JsonElement schema) : AIFunctionDeclaration
{
    public const string ToolName = "StructuredOutput";

    public override string Name => ToolName;

    public override string Description => "Gives the final answer of this task. Call it once, when the work is done; its arguments are the answer.";

    public override JsonElement JsonSchema { get; } = schema;
}
