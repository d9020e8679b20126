using System.CommandLine;
using System.Text;
using System.Text.Json;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Reports;
using McpWorkflows.Server.Reports.Files;

namespace McpWorkflows.Server.CommandLine;

/// <summary><c>report ID [--out DIR|FILE] [--format html|md|both]</c></summary>
internal static class ReportCommand
{
    private const string Html = ".html";
    private const string Markdown = ".md";

    public static Command Create(SharedOptions shared)
    {
        var id = new Argument<string>("ID") { Description = "The run's id, as runs lists it." };
        var target = new Option<string?>("--out") { Description = "The folder or file to write, - for the standard output; else the working directory.", HelpName = "DIR|FILE" };
        var format = new Option<string?>("--format") { Description = "html, md, or both; else both, or what the file's name says." };
        format.AcceptOnlyFromAmong("html", "md", "both");
        var command = new Command("report", "Writes what a run did, cost, refuted and came to: one HTML file and one Markdown file.") { id, target, format };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var workbench = new Workbench(shared.Bench(parsed) with { ReadsOnly = true });
            var files = Files(parsed.GetValue(target), parsed.GetValue(format), parsed.GetRequiredValue(id));
            var engine = await workbench.EngineAsync(cancellationToken);
            var journal = await workbench.JournalAsync(cancellationToken);
            var dossier = await Dossier.ReadAsync(engine, journal, parsed.GetRequiredValue(id), TimeProvider.System.GetUtcNow(), cancellationToken);
            foreach (var file in files)
                await WriteAsync(file, dossier, cancellationToken);
            if (parsed.GetValue(shared.Json) && files is not [("-", _)])
                Console.Out.WriteLine(JsonSerializer.Serialize(new ReportSummary { RunId = dossier.Run.Id, Files = [.. files.Select(file => file.Path)] }, ReportJson.Indented.ReportSummary));
            else if (files is not [("-", _)])
                files.ToList().ForEach(file => Console.Out.WriteLine(file.Path));
            return ExitCodes.Completed;
        });
        return command;
    }

    /// <summary>Absolute paths, or <c>-</c>, with what goes into each.</summary>
    internal static IReadOnlyList<(string Path, bool IsHtml)> Files(string? target, string? format, string runId)
    {
        var named = target is null ? "" : Path.GetExtension(target).ToLowerInvariant();
        var isFile = named is Html or ".htm" or Markdown or ".markdown" && !Directory.Exists(target);
        format ??= !isFile ? "both" : named is Html or ".htm" ? "html" : "md";
        if (target == "-")
        {
            return format == "both"
                ? throw new UsageException("Only one report fits on the standard output: add --format html or --format md.")
                : [("-", format == "html")];
        }

        var path = isFile ? Path.GetFullPath(target!) : Path.GetFullPath(Path.Combine(target ?? ".", $"{runId}.report"));
        var files = new List<(string, bool)>();
        if (format is "html" or "both")
            files.Add((isFile && named is Html or ".htm" ? path : isFile ? Path.ChangeExtension(path, Html) : path + Html, true));
        if (format is "md" or "both")
            files.Add((isFile && named is Markdown or ".markdown" ? path : isFile ? Path.ChangeExtension(path, Markdown) : path + Markdown, false));
        return files;
    }

    private static async Task WriteAsync((string Path, bool IsHtml) file, Dossier dossier, CancellationToken cancellationToken)
    {
        var text = file.IsHtml ? HtmlReport.Of(dossier) : MarkdownReport.Of(dossier);
        if (file.Path == "-")
        {
            await Console.Out.WriteAsync(text.AsMemory(), cancellationToken);
            return;
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file.Path)!);
            await File.WriteAllTextAsync(file.Path, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"'{file.Path}' cannot be written: {exception.Message} Choose another --out.");
        }
    }
}

/// <summary><c>report --json</c></summary>
internal sealed record ReportSummary
{
    public required string RunId { get; init; }

    /// <summary>Absolute paths.</summary>
    public required IReadOnlyList<string> Files { get; init; }
}
