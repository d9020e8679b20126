using System.Text.Json;
using Microsoft.Extensions.AI;

namespace McpWorkflows.Agents.Tools;

/// <summary>A tool of agents. What it answers is text for a model, errors too.</summary>
internal abstract class AgentTool(string name, string description, string schemaJson) : AIFunctionDeclaration
{
    public override string Name { get; } = name;

    public override string Description { get; } = description;

    public override JsonElement JsonSchema { get; } = JsonElement.Parse(schemaJson);

    /// <summary>Short text for displays: what is looked at.</summary>
    public abstract string Describe(ToolArguments arguments);

    /// <exception cref="ToolException">The call cannot be answered; the message tells the model why.</exception>
    public abstract Task<string> InvokeAsync(ToolArguments arguments, CancellationToken cancellationToken);
}

/// <summary>A refusal a model can act on: cause and remedy, no path outside the workspace.</summary>
internal sealed class ToolException(string message) : Exception(message);
