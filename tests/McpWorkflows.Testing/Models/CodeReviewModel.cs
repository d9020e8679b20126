using System.Globalization;
using System.Text.RegularExpressions;

namespace McpWorkflows.Testing.Models;

/// <summary>
/// Plays the agents of <c>examples/code-review.js</c>. It knows nothing but what the tools answer: a defect is a line
/// with <see cref="Marker"/>, which a finder reports and a skeptic confirms, unless <see cref="Guard"/> stands on the
/// line below it, which only a skeptic heeds.
/// </summary>
public static partial class CodeReviewModel
{
    public const string Marker = "PLANTED:";

    public const string Guard = "GUARDED:";

    public static ModelReply Reply(ModelCall call) => call.Prompt switch
    {
        var prompt when prompt.Contains("List the source files", StringComparison.Ordinal) => Scout(call),
        var prompt when prompt.Contains("Review one file", StringComparison.Ordinal) => Find(call),
        var prompt when prompt.Contains("Try to refute", StringComparison.Ordinal) => Refute(call),
        _ => ModelReply.Text("I was not told what to do."),
    };

    private static ModelReply Scout(ModelCall call)
    {
        var globs = Field(call, "Globs").Split(", ");
        if (call.ToolResults.Count < globs.Length)
        {
            return Use(call, "list_files", $"{Field(call, "Folder").TrimEnd('/')}/{globs[call.ToolResults.Count]}");
        }

        return NextPage(call) ?? ModelReply.Answer(call, new
        {
            files = call.ToolResults.SelectMany(result => result.Content.Split('\n'))
                .Select(line => line.Trim()).Where(line => PathLine().IsMatch(line)).Distinct().ToArray(),
        });
    }

    private static ModelReply Find(ModelCall call)
    {
        var file = Field(call, "File");
        if (call.ToolResults.Count == 0)
        {
            return Use(call, "search_text", file, pattern: Regex.Escape(Marker));
        }

        if (!call.ToolResults[0].Content.Contains(Marker, StringComparison.Ordinal))
        {
            return ModelReply.Answer(call, new { findings = Array.Empty<object>() });
        }

        if (call.ToolResults.Count == 1)
        {
            return Use(call, "read_file", file);
        }

        return NextPage(call) ?? ModelReply.Answer(call, new
        {
            findings = Lines(call).Where(line => line.Text.Contains(Marker, StringComparison.Ordinal)).Select(line => new
            {
                line = line.Number,
                title = line.Text[(line.Text.IndexOf(Marker, StringComparison.Ordinal) + Marker.Length)..].Trim(),
                evidence = line.Text.Trim(),
                severity = "high",
            }).ToArray(),
        });
    }

    private static ModelReply Refute(ModelCall call)
    {
        var number = int.Parse(Field(call, "Line"), CultureInfo.InvariantCulture);
        if (call.ToolResults.Count == 0)
        {
            return Use(call, "read_file", Field(call, "File"), from: Math.Max(1, number - 2));
        }

        var lines = Lines(call).DistinctBy(line => line.Number).ToDictionary(line => line.Number, line => line.Text);
        var stands = lines.TryGetValue(number, out var text) && text.Contains(Field(call, "Claim"), StringComparison.Ordinal);
        var guarded = lines.GetValueOrDefault(number + 1)?.Contains(Guard, StringComparison.Ordinal) == true;
        return ModelReply.Answer(call, new
        {
            refuted = !stands || guarded,
            reason = !stands ? "The line is not there." : guarded ? $"Handled below: {lines[number + 1].Trim()}" : $"Line {number} reads: {text!.Trim()}",
        });
    }

    /// <summary>Calls a tool with the arguments that its schema names.</summary>
    private static ModelReply Use(ModelCall call, string tool, string path, string? pattern = null, int? from = null)
    {
        if (!call.Offers(tool))
        {
            return ModelReply.Text($"There is no tool {tool}.");
        }

        var arguments = new Dictionary<string, object> { [tool == "list_files" ? "glob" : "path"] = path };
        if (pattern is not null)
        {
            arguments["pattern"] = pattern;
        }

        if (from is not null)
        {
            arguments["offset"] = from;
        }

        return ModelReply.Call(tool, arguments);
    }

    private static ModelReply? NextPage(ModelCall call) => null;

    private static IEnumerable<(int Number, string Text)> Lines(ModelCall call) => call.ToolResults
        .Where(result => result.ToolName == "read_file")
        .SelectMany(result => NumberedLine().Matches(result.Content))
        .Select(match => (int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), match.Groups[2].Value));

    private static string Field(ModelCall call, string name) =>
        Regex.Match(call.Prompt, $@"^{name}: (.*)$", RegexOptions.Multiline) is { Success: true } match ? match.Groups[1].Value.Trim() : "";

    [GeneratedRegex(@"^\s*(\d+)\s?[:|\t→](.*)$", RegexOptions.Multiline)]
    private static partial Regex NumberedLine();

    [GeneratedRegex(@"^[^\s\[(]\S*\.\w+$")]
    private static partial Regex PathLine();
}
