namespace McpWorkflows.Agents.Providers;

/// <summary>A model by provider and name; the name may itself contain slashes.</summary>
internal sealed record ModelReference(string Provider, string Name)
{
    public const string OpenAI = "openai";
    public const string RehearsalName = "rehearsal";

    public static ModelReference Rehearsal { get; } = new(RehearsalName, RehearsalName);

    public bool IsRehearsal => Provider == RehearsalName;

    public override string ToString() => IsRehearsal ? RehearsalName : $"{Provider}/{Name}";
}
