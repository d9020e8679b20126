using System.Diagnostics;
using McpWorkflows.Agents.Providers;
using McpWorkflows.Engine.Telemetry;

namespace McpWorkflows.Agents.Telemetry;

/// <summary>What the conventions want to be said of every request to a model.</summary>
internal sealed class ModelCallTags(ModelReference model, ProviderClient provider)
{
    public string Provider { get; } = GenAI.ProviderName(model.Provider);

    public string Model => model.Name;

    /// <summary>Nothing is to be said.</summary>
    public bool AreSilent => provider.IsCanned;

    public TagList ToTagList()
    {
        var tags = new TagList
        {
            { GenAI.Operation, GenAI.Chat },
            { GenAI.Provider, Provider },
            { GenAI.RequestModel, Model },
        };
        if (provider.Provider?.BaseUrl is { } address)
        {
            tags.Add(GenAI.ServerAddress, address.Host);
            tags.Add(GenAI.ServerPort, address.Port);
        }

        return tags;
    }
}
