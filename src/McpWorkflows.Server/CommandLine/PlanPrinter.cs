using System.Globalization;
using McpWorkflows.Engine.Planning;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Server.Planning;
using McpWorkflows.Server.Reports;

namespace McpWorkflows.Server.CommandLine;

/// <summary>Plans for people at a terminal.</summary>
internal static class PlanPrinter
{
    /// <summary>What a planned run waits for, and what its slice showed.</summary>
    public static void Write(RunStatus status, TextWriter writer)
    {
        if (SliceReport.Of(status.Run) is { } slice)
        {
            var cost = slice.WholeCost is { } dollars ? PlanText.Dollars(dollars) : "a price that is not known";
            writer.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"This was the first {slice.Items} items of every fan-out. By what they took, the whole takes about {slice.WholeAgents:N0} agents, {slice.WholeInputTokens:N0} input and {slice.WholeOutputTokens:N0} output tokens, {cost}; what is done is not paid for again."));
        }
        else if (PlanReport.Of(status) is { } plan)
        {
            foreach (var line in plan.Summary)
                writer.WriteLine($"  {line}");
            if (plan.File is not null)
                writer.WriteLine($"  file: {plan.File}");
        }

        writer.WriteLine($"Waits for approval. Run it with: mcp-workflows resume {status.Run.Id} --approve (or with an edited script: --script FILE)");
    }

    public static void Write(StartedPlan started, string? waitsBecause, TextWriter writer)
    {
        // A plan that waits is shown with the run that it is.
        if (waitsBecause is null)
        {
            foreach (var line in PlanText.Lines(started.Plan))
                writer.WriteLine($"plan: {line}");
        }

        if (waitsBecause is null || started.Problem is not null)
            writer.WriteLine(started.File is { } file ? $"plan: {file}" : $"plan: {started.Problem}");
        if (waitsBecause is not null)
            writer.WriteLine(waitsBecause);
    }

    /// <summary>Whether the person at the terminal wants the plan run.</summary>
    public static bool Approves()
    {
        Console.Error.Write("Run it? [y/N] ");
        return Console.In.ReadLine()?.Trim() is { } answer && (answer.Equals("y", StringComparison.OrdinalIgnoreCase) || answer.Equals("yes", StringComparison.OrdinalIgnoreCase));
    }
}
