using System.CommandLine;
using System.Text.Json;
using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.Scripts;
using McpWorkflows.Server.Reports;

namespace McpWorkflows.Server.CommandLine;

/// <summary><c>validate FILE|DIR…</c></summary>
internal static class ValidateCommand
{
    private static readonly string[] SkippedFolders = ["node_modules", ".git", "bin", "obj"];

    public static Command Create(SharedOptions shared)
    {
        var paths = new Argument<string[]>("FILE|DIR") { Description = "Script files, or folders of them.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("validate", "Checks scripts without running them.") { paths };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var files = new List<ValidatedFile>();
            foreach (var path in parsed.GetRequiredValue(paths).SelectMany(Expand))
                files.Add(await CheckAsync(path, cancellationToken));
            var report = new ValidationReport { Valid = files.All(file => file.Errors.Count == 0), Files = files };
            if (parsed.GetValue(shared.Json))
                Console.Out.WriteLine(JsonSerializer.Serialize(report, ReportJson.Indented.ValidationReport));
            else
                Print(report);
            return report.Valid ? ExitCodes.Completed : ExitCodes.Failed;
        });
        return command;
    }

    private static IEnumerable<string> Expand(string path)
    {
        if (File.Exists(path))
            return [path];
        if (!Directory.Exists(path))
            throw new UsageException($"There is no file or folder '{path}'.");
        var found = Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".js" or ".mjs")
            .Where(file => !Path.GetRelativePath(path, file).Split(Path.DirectorySeparatorChar).Any(part => SkippedFolders.Contains(part)))
            .Order(StringComparer.Ordinal)
            .ToList();
        return found.Count > 0 ? found : throw new UsageException($"There is no .js or .mjs file in '{path}'.");
    }

    private static async Task<ValidatedFile> CheckAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            var script = WorkflowScript.Parse(await File.ReadAllTextAsync(path, cancellationToken), path);
            // What fails whenever it is reached is told as an error, although such a script may run past it.
            return new ValidatedFile
            {
                File = path,
                Name = script.Meta.Name,
                Errors = [.. script.Defects.Select(Finding)],
                Warnings = [.. script.Warnings.Except(script.Defects).Concat(script.Advice).OrderBy(warning => (warning.Line, warning.Column)).Select(Finding)],
                Notes = [.. script.Notes.Select(Finding)],
            };
        }
        catch (ScriptRefusedException refusal)
        {
            return new ValidatedFile { File = path, Errors = [.. refusal.Errors.Select(Finding)], Warnings = [] };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            var finding = new ScriptFinding { Line = 0, Column = 0, Message = "The file cannot be read.", Text = $"{path}: the file cannot be read" };
            return new ValidatedFile { File = path, Errors = [finding], Warnings = [] };
        }
    }

    private static ScriptFinding Finding(ScriptError error) =>
        new() { Line = error.Line, Column = error.Column, Message = error.Message, SourceLine = error.SourceLine, Text = error.ToString() };

    private static void Print(ValidationReport report)
    {
        foreach (var file in report.Files)
        {
            foreach (var error in file.Errors)
                Console.Out.WriteLine(error.Text);
            foreach (var warning in file.Warnings)
                Print(file, "warning", warning);
            foreach (var note in file.Notes)
                Print(file, "note", note);
            if (file.Errors.Count == 0)
                Console.Error.WriteLine($"{file.File}: valid ({file.Name})");
        }
    }

    private static void Print(ValidatedFile file, string kind, ScriptFinding finding) =>
        Console.Out.WriteLine($"{file.File}:{finding.Line}:{finding.Column}: {kind}: {finding.Message}{(finding.SourceLine is null ? "" : $"\n  {finding.SourceLine}")}");
}
