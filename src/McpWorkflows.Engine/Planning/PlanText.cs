using System.Globalization;

namespace McpWorkflows.Engine.Planning;

/// <summary>A plan in lines for people, in the terminal, in a question and at the head of the plan's file.</summary>
public static class PlanText
{
    private const int ListedPhases = 20;

    public static IReadOnlyList<string> Lines(WorkflowPlan plan)
    {
        var lines = new List<string> { $"{plan.Name}: {Flat(plan.Description)}" };
        if (plan.OneAgentBecause is { } reason)
            lines.Add($"One agent does this as well: {Flat(reason)}");
        lines.Add($"{Range(plan.Agents)} {(plan.Agents.High == 1 ? "agent" : "agents")}, {Range(plan.InputTokens)} input and {Range(plan.OutputTokens)} output tokens, {Cost(plan.Cost)}");
        lines.AddRange(plan.Phases.Take(ListedPhases).Select(phase => $"  {Flat(phase.Title)}: {Range(phase.Agents)}"));
        if (plan.Phases.Count > ListedPhases)
            lines.Add($"  and {plan.Phases.Count - ListedPhases} more phases");
        if (plan.Models.Count > 0)
            lines.Add($"models: {string.Join(", ", plan.Models)}");
        lines.AddRange(plan.Wants.Select(Flat));
        lines.AddRange(plan.Basis.Select(Flat));
        lines.AddRange(plan.Warnings.Select(warning => $"warning: {Flat(warning)}"));
        return lines;
    }

    /// <summary>One line.</summary>
    public static string Size(WorkflowPlan plan) => $"{Range(plan.Agents)} {(plan.Agents.High == 1 ? "agent" : "agents")}, {Cost(plan.Cost)}";

    public static string Cost(PlanCost? cost) => cost is null ? "at a price that is not known"
        : cost.Low == cost.High ? Dollars(cost.Low)
        : $"{Dollars(cost.Low)} to {Dollars(cost.High)}";

    public static string Dollars(decimal amount) =>
        string.Create(CultureInfo.InvariantCulture, $"${(amount >= 1 ? decimal.Round(amount, 2) : decimal.Round(amount, 4)):0.00##}");

    private static string Range(PlanRange range) => range.Low == range.High ? Number(range.Low) : $"{Number(range.Low)} to {Number(range.High)}";

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Flat(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
