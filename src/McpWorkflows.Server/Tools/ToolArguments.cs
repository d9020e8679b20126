using System.Globalization;
using System.Text.Json;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Engine.Scripting;
using McpWorkflows.Server.Reports;
using McpWorkflows.Server.Settings;

namespace McpWorkflows.Server.Tools;

/// <summary>
/// The arguments of one tool call. Lenient where models err (numbers as text, null for absent), strict where
/// leniency would hide a mistake (unknown names).
/// </summary>
internal sealed class ToolArguments
{
    private readonly IDictionary<string, JsonElement> values;

    /// <summary>Throws <see cref="ToolInputException"/> for names that the tool does not know.</summary>
    public ToolArguments(IDictionary<string, JsonElement>? arguments, JsonElement inputSchema)
    {
        values = arguments ?? new Dictionary<string, JsonElement>();
        var known = inputSchema.GetProperty("properties").EnumerateObject().Select(property => property.Name).ToList();
        if (values.Keys.FirstOrDefault(name => !known.Contains(name)) is { } unknown)
        {
            var nearest = NearestName.Find(unknown, known) is { } name ? $" Did you mean '{name}'?" : "";
            var list = known.Count == 0 ? "This tool takes no arguments." : $"Known: {string.Join(", ", known)}.";
            throw new ToolInputException($"Unknown argument '{unknown}'.{nearest} {list}");
        }
    }

    /// <summary>The text, or null when absent, null or blank.</summary>
    public string? Text(string name)
    {
        if (Present(name) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.String)
            throw new ToolInputException($"'{name}' must be a string, not {Kind(value)}.");
        var text = value.GetString()!;
        return string.IsNullOrWhiteSpace(text) ? null : text;
    }

    public string RequiredText(string name, string remedy) =>
        Text(name) ?? throw new ToolInputException($"'{name}' is missing. {remedy}");

    public long? Positive(string name)
    {
        var number = Whole(name);
        return number is <= 0 ? throw new ToolInputException($"'{name}' must be a whole number above 0.") : number;
    }

    /// <summary>A number of output tokens, or an object with <c>tokens</c>, <c>dollars</c> or both.</summary>
    public BudgetSettings Budget()
    {
        const string Rule = "'budget' must be a whole number of output tokens above 0, or an object such as {\"tokens\": 200000, \"dollars\": 2.5}.";
        if (Present("budget") is not { } value)
            return new BudgetSettings(null, null);
        if (value.ValueKind == JsonValueKind.String && value.GetString()!.TrimStart().StartsWith('{'))
            value = Parse(value.GetString()!);
        if (value.ValueKind != JsonValueKind.Object)
            return new BudgetSettings(Positive("budget"), null);
        if (value.EnumerateObject().FirstOrDefault(member => member.Name is not ("tokens" or "dollars")) is { Name: { } odd })
            throw new ToolInputException($"'budget' knows tokens and dollars, not '{odd}'. {Rule}");
        var tokens = Amount("tokens");
        return tokens is null || tokens == Math.Truncate(tokens.Value) ? new BudgetSettings((long?)tokens, Amount("dollars")) : throw new ToolInputException(Rule);

        decimal? Amount(string member) => !value.TryGetProperty(member, out var amount) || amount.ValueKind == JsonValueKind.Null ? null
            : amount.ValueKind == JsonValueKind.Number && amount.TryGetDecimal(out var number) && number is > 0 and < 1e15m ? number
            : throw new ToolInputException(Rule);

        static JsonElement Parse(string json)
        {
            try
            {
                return JsonElement.Parse(json);
            }
            catch (JsonException)
            {
                throw new ToolInputException(Rule);
            }
        }
    }

    /// <summary>Seconds to wait; more than the most is taken as the most, since the caller will ask again anyway.</summary>
    public TimeSpan Wait()
    {
        var seconds = Whole("waitSeconds") ?? 0;
        return seconds < 0
            ? throw new ToolInputException("'waitSeconds' must be between 0 and 45.")
            : TimeSpan.FromSeconds(Math.Min(seconds, RunWatch.MaxSeconds));
    }

    /// <summary>True or false, also as text; null when absent.</summary>
    public bool? Flag(string name) => Present(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { ValueKind: JsonValueKind.String } text when bool.TryParse(text.GetString(), out var flag) => flag,
        { } other => throw new ToolInputException($"'{name}' must be true or false, not {Kind(other)}."),
    };

    public IReadOnlyList<string> Texts(string name)
    {
        if (Present(name) is not { } value)
            return [];
        if (value.ValueKind == JsonValueKind.String)
            return [value.GetString()!];
        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String))
            throw new ToolInputException($"'{name}' must be an array of strings.");
        return [.. value.EnumerateArray().Select(item => item.GetString()!)];
    }

    /// <summary>
    /// JSON text of whatever was given. A string is passed on as a string: the engine takes one that holds an object
    /// or array as text for that.
    /// </summary>
    public string? Json(string name) => Present(name)?.GetRawText();

    /// <summary>Answers by number: an object, or JSON text of one.</summary>
    public IReadOnlyList<QuestionAnswer> Answers()
    {
        var answers = new List<QuestionAnswer>();
        if (Present("answers") is not { } given)
            return answers;

        var byNumber = given.ValueKind == JsonValueKind.String ? RunReports.Element(given.GetString()!) : given;
        if (byNumber.ValueKind != JsonValueKind.Object)
            throw new ToolInputException("'answers' must be an object of answers by the question's number, for example {\"1\": true}.");
        foreach (var answer in byNumber.EnumerateObject())
        {
            if (!int.TryParse(answer.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                throw new ToolInputException($"'answers' has the key '{RunReports.Cut(answer.Name, 40)}', which is no question's number. Write {{\"1\": …}}.");
            answers.Add(new QuestionAnswer(number, answer.Value.GetRawText()));
        }

        return answers;
    }

    private long? Whole(string name)
    {
        if (Present(name) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number == Math.Truncate(number) && Math.Abs(number) < 1e15)
            return (long)number;
        if (value.ValueKind == JsonValueKind.String && long.TryParse(value.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var parsed))
            return parsed;
        throw new ToolInputException($"'{name}' must be a whole number, not {Kind(value)}.");
    }

    private JsonElement? Present(string name) =>
        values.TryGetValue(name, out var value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined) ? value : null;

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => $"the string \"{RunReports.Cut(value.GetString()!, 40)}\"",
        _ => value.GetRawText(),
    };
}
