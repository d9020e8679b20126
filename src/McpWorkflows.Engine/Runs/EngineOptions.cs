using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Runs;

/// <summary>Bounds of the engine.</summary>
public sealed record EngineOptions
{
    /// <summary>Agents in flight over all runs.</summary>
    /// <value>16</value>
    public int Concurrency { get; init; } = 16;

    public ScriptLimits ScriptLimits { get; init; } = new();
}

/// <summary>Where run ids and seeds come from.</summary>
public interface IIdSource
{
    /// <summary>A new id: <c>wf_</c> and 12 lower-case letters and digits.</summary>
    string NewRunId();

    long NewSeed();
}
