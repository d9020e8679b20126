using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Runs;

/// <summary>Bounds of the engine.</summary>
public sealed record EngineOptions
{
    /// <summary>Agents in flight over all runs.</summary>
    /// <value>16</value>
    public int Concurrency { get; init; } = 16;

    /// <summary>Other processes run the agents, and take the slots for them: the width only bounds what is handed to them at once.</summary>
    /// <value>false</value>
    public bool AgentsElsewhere { get; init; }

    public ScriptLimits ScriptLimits { get; init; } = new();

    /// <summary>
    /// A run that does nothing but wait for a person or a quota leaves the memory after this time, and is replayed when
    /// there is an answer or its time has come; null: never.
    /// </summary>
    /// <value>5 min</value>
    public TimeSpan? UnloadAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>What dead processes left interrupted goes on by itself when <see cref="WorkflowEngine.Attend"/> begins.</summary>
    /// <value>false</value>
    public bool ResumeInterrupted { get; init; }

    /// <summary>
    /// What another process leaves interrupted goes on here, within seconds of its death, from <see cref="WorkflowEngine.Attend"/> on; for a
    /// journal that several servers share.
    /// </summary>
    /// <value>false</value>
    public bool TakeOver { get; init; }

    /// <summary>Spans also carry prompts and answers.</summary>
    /// <value>false</value>
    public bool TraceContent { get; init; }

    /// <summary>Agents are told what past runs of their project taught, where it applies to their task.</summary>
    /// <value>true</value>
    public bool UseLessons { get; init; } = true;
}

/// <summary>Checks a person's answer to a question; validators of JSON Schema are no part of the engine.</summary>
public interface IAnswerValidator
{
    /// <summary>Null when the answer matches the schema, else what is wrong, with its place in the answer.</summary>
    string? FindFault(string schemaJson, string answerJson);
}

/// <summary>Where run ids and seeds come from.</summary>
public interface IIdSource
{
    /// <summary>A new id: <c>wf_</c> and 12 lower-case letters and digits.</summary>
    string NewRunId();

    long NewSeed();
}
