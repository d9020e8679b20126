using System.CommandLine;
using System.Text.Json;

namespace McpWorkflows.Server.CommandLine;

/// <summary><c>--args JSON|@FILE</c></summary>
internal static class ArgsOption
{
    public static Option<string?> Create() => new("--args")
    {
        Description = "What the script finds in args: JSON, or @FILE with JSON in it.",
        HelpName = "JSON|@FILE",
    };

    /// <summary>JSON text, or null. Throws <see cref="UsageException"/> that names the position of an error.</summary>
    public static async Task<string?> ReadAsync(string? value, CancellationToken cancellationToken)
    {
        if (value is null)
            return null;
        if (string.IsNullOrWhiteSpace(value))
            throw new UsageException("--args is empty. Give it JSON, for example --args '{\"folder\":\"src\"}', or leave it out.");
        var (json, place) = value.StartsWith('@')
            ? (await ReadFileAsync(value[1..], cancellationToken), value[1..])
            : (value, "--args");
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 500 });
            return json;
        }
        catch (JsonException exception)
        {
            var line = (exception.LineNumber ?? 0) + 1;
            var column = (exception.BytePositionInLine ?? 0) + 1;
            throw new UsageException(
                $"{place}:{line}:{column}: not valid JSON. {Cause(exception)} Quote it for the shell, for example --args '{{\"folder\":\"src\"}}', or use --args @FILE.");
        }
    }

    private static async Task<string> ReadFileAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllTextAsync(path, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--args @{path}: the file cannot be read ({(File.Exists(path) ? "access denied" : "there is none")}).");
        }
    }

    // The library repeats path and position after the cause.
    private static string Cause(JsonException exception)
    {
        var end = exception.Message.IndexOf(" Path:", StringComparison.Ordinal);
        if (end < 0)
            end = exception.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? exception.Message : exception.Message[..end];
    }
}
