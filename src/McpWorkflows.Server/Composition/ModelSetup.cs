using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Server.Composition;

/// <summary>Which model agents run on, from the command line and the environment.</summary>
internal sealed class ModelSetup(string? model)
{
    public const string Rehearsal = "rehearsal";

    public string? Default => model;

    public void Require(string? chosen)
    {
        if ((chosen ?? model) is null)
            throw new ModelNotConfiguredException("No model is configured.");
    }

    public IAgentHost CreateHost() => throw new ModelNotConfiguredException("No model is configured.");
}
