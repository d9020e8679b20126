using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using McpWorkflows.Journal.History;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Reports;

namespace McpWorkflows.Server.CommandLine;

/// <summary><c>prune</c></summary>
internal static class PruneCommand
{
    public static Command Create(SharedOptions shared)
    {
        var olderThan = new Option<string?>("--older-than") { Description = "Runs that ended longer ago than this: 30d, 12h, 90m.", HelpName = "AGE" };
        var keep = new Option<int?>("--keep") { Description = "All but the newest so many runs.", HelpName = "N" };
        var interrupted = new Option<bool>("--interrupted") { Description = "Interrupted runs too, which could still be resumed." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be deleted." };
        var compact = new Option<bool>("--compact") { Description = "Give the freed space back to the disk; rewrites the journal's file, or its tables." };
        var command = new Command("prune", "Deletes old runs that have ended. Live, waiting, paused and planned runs always stay.")
        {
            olderThan, keep, interrupted, dryRun, compact,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var request = new PruneRequest
            {
                Before = parsed.GetValue(olderThan) is { } age ? DateTimeOffset.UtcNow - Age(age) : null,
                Keep = parsed.GetValue(keep),
                Interrupted = parsed.GetValue(interrupted),
                DryRun = parsed.GetValue(dryRun),
                Compact = parsed.GetValue(compact),
            };
            if (request is { Before: null, Keep: null })
                throw new UsageException("Say what may go: --older-than 30d, or --keep 100, or both.");
            if (request.Keep < 0)
                throw new UsageException("--keep: name 0 or more runs.");

            await using var journal = await JournalOpener.OpenAsync(parsed.GetValue(shared.Journal), readsOnly: false, cancellationToken);
            var report = await journal.PruneAsync(request, cancellationToken);
            if (parsed.GetValue(shared.Json))
                Console.Out.WriteLine(JsonSerializer.Serialize(PruneSummary.Of(report, request.DryRun), ReportJson.Indented.PruneSummary));
            else
                Print(report, request);
            return ExitCodes.Completed;
        });
        return command;
    }

    internal static TimeSpan Age(string text)
    {
        var unit = text.Length == 0 ? '\0' : text[^1];
        if (!double.TryParse(text.AsSpan(0, Math.Max(0, text.Length - 1)), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || number > 36_500)
            throw NoAge(text);
        return unit switch
        {
            'd' => TimeSpan.FromDays(number),
            'h' => TimeSpan.FromHours(number),
            'm' => TimeSpan.FromMinutes(number),
            _ => throw NoAge(text),
        };
    }

    private static UsageException NoAge(string text) => new($"--older-than '{text}' is no age. Write days, hours or minutes: 30d, 12h, 90m.");

    private static void Print(PruneReport report, PruneRequest request)
    {
        if (request.DryRun)
            report.RunIds.ToList().ForEach(Console.Out.WriteLine);
        var runs = report.RunIds.Count == 1 ? "1 run" : $"{report.RunIds.Count.ToString(CultureInfo.InvariantCulture)} runs";
        var space = report.FreedBytes > 0 && !request.Compact
            ? $" {Megabytes(report.FreedBytes)} are free for further runs; --compact would give them back to the disk."
            : "";
        Console.Error.WriteLine(request.DryRun ? $"{runs} would be deleted." : $"{runs} deleted.{space} The journal takes {Megabytes(report.FileBytes)}.");
    }

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1_000_000.0:0.0} MB");
}
