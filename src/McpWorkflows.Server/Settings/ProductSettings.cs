using McpWorkflows.Agents.McpTools;
using McpWorkflows.Agents.Pricing;
using McpWorkflows.Agents.Providers;
using McpWorkflows.Agents.Tools;

namespace McpWorkflows.Server.Settings;

/// <summary>What the settings files say.</summary>
internal sealed record ProductSettings
{
    public ModelSettings Models { get; init; } = new();

    public IReadOnlyList<ModelPrice> Prices { get; init; } = [];

    /// <summary>The project's: for models that neither the user nor the product prices, since a lower price would lift a ceiling in dollars.</summary>
    public IReadOnlyList<ModelPrice> SparePrices { get; init; } = [];

    /// <summary>What a run may use that states no budget of its own.</summary>
    public BudgetSettings Budget { get; init; } = new(null, null);

    /// <summary>Agents at a time.</summary>
    public int? Concurrency { get; init; }

    /// <summary>By name.</summary>
    public IReadOnlyDictionary<string, McpServerDefinition> McpServers { get; init; } = new Dictionary<string, McpServerDefinition>();

    public GrantedTools Granted { get; init; } = GrantedTools.None;

    public SandboxMode? Sandbox { get; init; }

    /// <summary>Exported traces also carry prompts and answers.</summary>
    public bool TraceContent { get; init; }

    public PlanSettings Plan { get; init; } = new();

    /// <summary>Runs go to a background server, unless the command line or the environment says otherwise.</summary>
    public bool? Detach { get; init; }

    /// <summary>Long calls become tasks for clients that ask for them.</summary>
    public bool? Tasks { get; init; }

    public LessonSettings Lessons { get; init; } = new();

    /// <summary>Address of the message broker by which agents are run on workers.</summary>
    public string? Dispatch { get; init; }

    /// <summary>Sentences for people: unknown keys, and what a project may not say.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>Ceilings of a run; null for none.</summary>
/// <param name="Tokens">Output tokens.</param>
/// <param name="Dollars">US dollars.</param>
internal sealed record BudgetSettings(long? Tokens, decimal? Dollars)
{
    /// <summary>These ceilings, and the others where there is none.</summary>
    public BudgetSettings Or(BudgetSettings other) => new(Tokens ?? other.Tokens, Dollars ?? other.Dollars);

    /// <summary>The lower ceiling of each kind.</summary>
    public BudgetSettings Within(BudgetSettings other) => new(Lower(Tokens, other.Tokens), Lower(Dollars, other.Dollars));

    internal static T? Lower<T>(T? left, T? right)
        where T : struct, IComparable<T> => left is null || right is null ? left ?? right : left.Value.CompareTo(right.Value) <= 0 ? left : right;
}
