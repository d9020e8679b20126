using System.Text.Json;
using System.Text.Json.Serialization;

namespace McpWorkflows.Agents.AgentTypes;

/// <summary>A named kind of agent: what it is told, what it may use, what it runs on.</summary>
public sealed record AgentTypeDefinition
{
    public required string Name { get; init; }

    public string? Description { get; init; }

    /// <summary>Patterns of tools it may use; null leaves the choice to the call.</summary>
    public IReadOnlyList<string>? Tools { get; init; }

    public IReadOnlyList<string>? DisallowedTools { get; init; }

    /// <summary>Model or alias; null for the run's.</summary>
    public string? Model { get; init; }

    /// <summary><c>low</c> to <c>max</c>; null for the model's own.</summary>
    public string? Effort { get; init; }

    /// <summary>System prompt.</summary>
    public required string Instructions { get; init; }

    /// <summary>A program that is the agent; null for agents on a model.</summary>
    public AgentCommand? Command { get; init; }

    public AgentTypeOrigin Origin { get; init; }

    internal string ToJson() => JsonSerializer.Serialize(this, AgentTypeJson.Default.AgentTypeDefinition);

    internal static AgentTypeDefinition FromJson(string json) =>
        JsonSerializer.Deserialize(json, AgentTypeJson.Default.AgentTypeDefinition) ?? throw new JsonException("null");
}

/// <summary>The command line of a program that reads a prompt and prints an answer.</summary>
public sealed record AgentCommand
{
    /// <summary>Program and arguments; <c>{prompt}</c>, <c>{model}</c> and <c>{workspace}</c> are filled in. Without <c>{prompt}</c> it comes on standard input.</summary>
    public required IReadOnlyList<string> Line { get; init; }

    /// <summary>Names of variables that are passed on besides the harmless ones.</summary>
    public IReadOnlyList<string> Env { get; init; } = [];

    public double? TimeoutSeconds { get; init; }

    /// <summary>Time without output after which it is ended.</summary>
    public double? StallSeconds { get; init; }
}

/// <summary>Where a definition stands; a workspace's may not start programs unless that is allowed.</summary>
public enum AgentTypeOrigin
{
    Workspace,
    Home,
    BuiltIn,
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(AgentTypeDefinition))]
internal sealed partial class AgentTypeJson : JsonSerializerContext;
