using System.Globalization;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Runs;

/// <summary>A ceiling that a policy sets.</summary>
/// <param name="Rule">The rule and its file, for messages: <c>policy.agents in /etc/mcpworkflows/policy.json</c>.</param>
public sealed record RunCap(decimal Most, string Rule);

/// <summary>What a policy grants a run at most; null for what it does not bound. Counts beside what the run itself was started with.</summary>
public sealed record RunCaps
{
    public static RunCaps None { get; } = new();

    /// <summary>Calls of <c>agent()</c>.</summary>
    public RunCap? Agents { get; init; }

    /// <summary>Output tokens.</summary>
    public RunCap? Tokens { get; init; }

    /// <summary>US dollars.</summary>
    public RunCap? Dollars { get; init; }

    /// <summary>Agents at a time.</summary>
    public RunCap? Concurrency { get; init; }

    /// <summary>Minutes of the run's own time; waiting for a person or a quota is not counted.</summary>
    public RunCap? Time { get; init; }

    /// <summary>The rules that bound a run of these settings more than they do themselves.</summary>
    internal LimitRules? RulesOver(RunSettings settings)
    {
        var rules = new LimitRules(
            Agents is { } agents && agents.Most < settings.MaxAgents ? agents.Rule : null,
            Tokens is { } tokens && tokens.Most < (settings.Budget ?? long.MaxValue) ? tokens.Rule : null,
            Dollars is { } dollars && dollars.Most < (settings.BudgetDollars ?? decimal.MaxValue) ? dollars.Rule : null);
        return rules is { Agents: null, Tokens: null, Dollars: null } ? null : rules;
    }

    /// <summary>Lines for the log: what the run asked for and does not get.</summary>
    internal IEnumerable<string> Lowered(RunSettings settings)
    {
        if (Tokens is { } tokens && settings.Budget > tokens.Most)
            yield return string.Create(CultureInfo.InvariantCulture, $"The budget is {tokens.Most:N0} output tokens instead of {settings.Budget:N0}: {tokens.Rule}.");
        if (Dollars is { } dollars && settings.BudgetDollars > dollars.Most)
            yield return string.Create(CultureInfo.InvariantCulture, $"The budget is ${dollars.Most:0.00##} instead of ${settings.BudgetDollars:0.00##}: {dollars.Rule}.");
    }
}

/// <summary>What the machine, the user and the project allow runs to do.</summary>
public interface IRunPolicy
{
    /// <summary>As of now, for runs in that workspace. Throws what <see cref="Refuse"/> would say where the policy cannot be read.</summary>
    RunCaps Caps(string workspace);

    /// <summary>Why a script must not run there, naming the rule and its file; null when it may. Also asked for child workflows.</summary>
    /// <param name="savedAs">The name under which it was found saved; null for any other script.</param>
    string? Refuse(string workspace, string? savedAs);
}

/// <summary>A policy forbids it; the message names the rule and its file.</summary>
public sealed class PolicyRefusedException(string message) : Exception(message);

/// <summary>Whatever runs ask for.</summary>
internal sealed class NoPolicy : IRunPolicy
{
    public static NoPolicy Instance { get; } = new();

    public RunCaps Caps(string workspace) => RunCaps.None;

    public string? Refuse(string workspace, string? savedAs) => null;
}
