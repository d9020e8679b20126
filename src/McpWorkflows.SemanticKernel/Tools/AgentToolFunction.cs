using System.Text.Json;
using McpWorkflows.Agents.Tools;
using Microsoft.Extensions.AI;

namespace McpWorkflows.SemanticKernel.Tools;

/// <summary>One of our tools as a function that a kernel can take over.</summary>
internal sealed class AgentToolFunction(AgentTool tool, string name) : AIFunction
{
    public override string Name => name;

    public override string Description => tool.Description;

    public override JsonElement JsonSchema { get; } = FlatSchema.Of(tool.JsonSchema);

    protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken) =>
        await tool.InvokeAsync(new ToolArguments(arguments), cancellationToken).ConfigureAwait(false);
}
