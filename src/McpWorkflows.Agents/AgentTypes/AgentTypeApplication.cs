using McpWorkflows.Agents.Options;
using McpWorkflows.Agents.Prompts;
using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Agents.AgentTypes;

/// <summary>What a type says where the call is silent.</summary>
internal static class AgentTypeApplication
{
    extension(AgentTypeDefinition type)
    {
        public AgentTypeOptions Options => new()
        {
            Model = type.Model,
            Effort = type.Effort,
            Tools = type.Tools,
            DisallowedTools = type.DisallowedTools,
        };
    }

    /// <summary>The call with the type's system prompt.</summary>
    public static AgentRequest With(this AgentRequest request, AgentTypeDefinition type) =>
        request with { Instructions = AgentPrompts.OfType(type.Instructions) };
}
