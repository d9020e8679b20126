using System.Globalization;
using McpWorkflows.Server.Reports;

namespace McpWorkflows.Server.CommandLine;

/// <summary>A rehearsal for people.</summary>
internal static class RehearsalPrinter
{
    private const int ListedCalls = 40;

    public static void Print(RehearsalReport report, TextWriter writer)
    {
        writer.WriteLine($"REHEARSED {report.Name}: {report.State}, {RunPrinter.Agents(report.Agents)}, {Size(report.PromptChars)} of prompts, no tokens spent");
        if (report.Error is not null)
            writer.WriteLine($"error: {report.Error}");
        foreach (var phase in report.Phases)
            writer.WriteLine($"  {phase.Title}: {RunPrinter.Agents(phase.Agents)}, {phase.WithSchema} with a schema, {Size(phase.PromptChars)} of prompts");
        foreach (var call in report.Calls.Take(ListedCalls))
            writer.WriteLine($"    {call.Label}: {Size(call.PromptChars)}{(call.Schema ? ", schema" : "")}{(call.Model is null ? "" : $", {call.Model}")}");
        if (report.Calls.Count > ListedCalls)
            writer.WriteLine($"    and {report.Calls.Count - ListedCalls} more (--json lists all)");
        foreach (var failure in report.Failures)
            writer.WriteLine($"  failed: {failure.Label}: {failure.Cause}");
        foreach (var warning in report.Warnings)
            writer.WriteLine($"  warning: {warning.Line}:{warning.Column}: {warning.Message}");
        writer.WriteLine("Made-up answers steer the script: a real run may take other paths and start more or fewer agents.");
    }

    private static string Size(long characters) => string.Create(CultureInfo.InvariantCulture, $"{characters:N0} characters");
}
