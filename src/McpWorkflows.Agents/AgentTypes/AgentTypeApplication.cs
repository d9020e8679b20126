using McpWorkflows.Agents.Prompts;
using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Agents.AgentTypes;

/// <summary>What a type says where the call is silent.</summary>
internal static class AgentTypeApplication
{
    /// <summary>The call's tools go before the type's; what either disallows is disallowed.</summary>
    public static AgentRequest With(this AgentRequest request, AgentTypeDefinition type) => request with
    {
        Instructions = AgentPrompts.OfType(type.Instructions),
        Options = request.Options with
        {
            Model = request.Options.Model ?? type.Model,
            Effort = request.Options.Effort ?? type.Effort,
            Tools = request.Options.Tools ?? type.Tools,
            DisallowedTools = type.DisallowedTools is { } more ? [.. request.Options.DisallowedTools ?? [], .. more] : request.Options.DisallowedTools,
        },
    };
}
