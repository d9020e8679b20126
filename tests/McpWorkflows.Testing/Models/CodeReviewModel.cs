using System.Globalization;
using System.Text.Json.Nodes;
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
        var asked = call.ToolResults.Count - call.ToolResults.Count(result => MorePages().IsMatch(result.Content));
        var globs = Field(call, "Globs").Split(", ");
        return NextPage(call)
            ?? (asked < globs.Length ? Use(call, "list_files", new { path = Field(call, "Folder"), pattern = globs[asked] }) : null)
            ?? ModelReply.Answer(call, new
            {
                files = call.ToolResults.SelectMany(result => result.Content.Split('\n')).Where(line => line.Length > 0 && line[0] != '[').Distinct().ToArray(),
            });
    }

    private static ModelReply Find(ModelCall call)
    {
        var file = Field(call, "File");
        if (call.ToolResults.Count == 0)
        {
            return Use(call, "search_text", new { pattern = Regex.Escape(Marker), path = file });
        }

        if (!call.ToolResults[0].Content.Contains(Marker, StringComparison.Ordinal))
        {
            return ModelReply.Answer(call, new { findings = Array.Empty<object>() });
        }

        if (call.ToolResults.Count == 1)
        {
            return Use(call, "read_file", new { path = file });
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
            return Use(call, "read_file", new { path = Field(call, "File"), offset = Math.Max(1, number - 2), limit = 5 });
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

    private static ModelReply Use(ModelCall call, string tool, object arguments) =>
        call.Offers(tool) ? ModelReply.Call(tool, arguments) : ModelReply.Text($"There is no tool {tool}.");

    /// <summary>The last tool call again, further on, if its answer says that there is more.</summary>
    private static ModelReply? NextPage(ModelCall call)
    {
        if (call.ToolResults.Count == 0 || MorePages().Match(call.ToolResults[^1].Content) is not { Success: true } more)
        {
            return null;
        }

        var last = call.Messages.SelectMany(message => message.ToolCalls).Last();
        var arguments = JsonNode.Parse(last.Arguments)!;
        arguments["offset"] = int.Parse(more.Groups[1].Value, CultureInfo.InvariantCulture);
        return ModelReply.Call(last.Name, arguments.ToJsonString());
    }

    private static IEnumerable<(int Number, string Text)> Lines(ModelCall call) => call.ToolResults
        .Where(result => result.ToolName == "read_file")
        .SelectMany(result => NumberedLine().Matches(result.Content))
        .Select(match => (int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), match.Groups[2].Value));

    private static string Field(ModelCall call, string name) =>
        Regex.Match(call.Prompt, $@"^{name}: (.*)$", RegexOptions.Multiline) is { Success: true } match ? match.Groups[1].Value.Trim() : "";

    [GeneratedRegex(@"^(\d+)\t(.*)$", RegexOptions.Multiline)]
    private static partial Regex NumberedLine();

    [GeneratedRegex(@"offset (\d+) for the next page")]
    private static partial Regex MorePages();
}
