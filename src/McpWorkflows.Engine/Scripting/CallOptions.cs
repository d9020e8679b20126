using System.Text.Json;
using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Engine.Scripting;

/// <summary>The options of one <c>agent()</c> call, read from their JSON text and checked.</summary>
internal sealed record CallOptions(AgentOptions Agent, string? Label, string? Phase, IReadOnlyList<string> Unknown)
{
    public static readonly CallOptions None = new(AgentOptions.None, null, null, []);

    private static readonly string[] Efforts = ["low", "medium", "high", "xhigh", "max"];

    private static readonly JsonDocumentOptions Depth = new() { MaxDepth = 1_000 };

    /// <summary>Every option there is, as the script writes it.</summary>
    public static IReadOnlyList<string> Known { get; } =
    [
        "label", "phase", "schema", "model", "effort", "isolation", "agentType", "stallMs", "tools", "disallowedTools",
        "timeoutMs", "maxTurns", "retries",
    ];

    /// <summary>Throws <see cref="CallRefusedException"/>.</summary>
    public static CallOptions Read(string json)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json, Depth);
        }
        catch (JsonException)
        {
            // The text comes from JSON.stringify, so only its depth can be at fault.
            throw TypeFault("options", "are nested more than 1,000 deep. Flatten the schema");
        }

        using (document)
        {
            try
            {
                return document.RootElement.ValueKind == JsonValueKind.Object
                    ? Read(document.RootElement)
                    : throw TypeFault("options", "must be an object. Write agent(prompt, { … })");
            }
            catch (InvalidOperationException)
            {
                // What the reader says to the escape of a lone surrogate.
                throw TypeFault("options", "hold half of a surrogate pair, which is no text. Cut strings between characters");
            }
        }
    }

    private static CallOptions Read(JsonElement options)
    {
        var agent = AgentOptions.None;
        string? label = null;
        string? phase = null;
        List<string>? unknown = null;
        foreach (var option in options.EnumerateObject())
        {
            var value = option.Value;
            if (value.ValueKind == JsonValueKind.Null)
            {
                // What JSON has no word for (NaN, Infinity) and an explicit null count as absent.
                continue;
            }

            switch (option.Name)
            {
                case "label":
                    label = Display(value, "label");
                    break;
                case "phase":
                    phase = Display(value, "phase");
                    break;
                case "schema":
                    agent = agent with { SchemaJson = Schema(value) };
                    break;
                case "model":
                    agent = agent with { Model = Text(value, "model", "a model name") };
                    break;
                case "effort":
                    agent = agent with { Effort = Effort(value) };
                    break;
                case "isolation":
                    agent = agent with { Isolation = Isolation(value) };
                    break;
                case "agentType":
                    agent = agent with { AgentType = Text(value, "agentType", "the name of an agent type") };
                    break;
                case "stallMs":
                    agent = agent with { Stall = Milliseconds(value, "stallMs") };
                    break;
                case "timeoutMs":
                    agent = agent with { Timeout = Milliseconds(value, "timeoutMs") };
                    break;
                case "maxTurns":
                    agent = agent with { MaxTurns = Count(value, "maxTurns", 1) };
                    break;
                case "retries":
                    agent = agent with { Retries = Count(value, "retries", 0) };
                    break;
                case "tools":
                    agent = agent with { Tools = Names(value, "tools") };
                    break;
                case "disallowedTools":
                    agent = agent with { DisallowedTools = Names(value, "disallowedTools") };
                    break;
                default:
                    (unknown ??= []).Add(option.Name);
                    break;
            }
        }

        return new CallOptions(agent, label, phase, unknown ?? []);
    }

    private static string Display(JsonElement value, string name) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => throw TypeFault($"options.{name}", "must be a string"),
    };

    private static string Schema(JsonElement value) => SchemaCheck.FindFault(value) is { } fault
        ? throw new CallRefusedException("TypeError", $"agent() got an invalid schema: {fault}")
        : value.GetRawText();

    private static string Text(JsonElement value, string name, string what) =>
        value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text
            : throw TypeFault($"options.{name}", $"must be {what}");

    private static string Effort(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && Array.IndexOf(Efforts, value.GetString()) >= 0
            ? value.GetString()!
            : throw TypeFault("options.effort", "must be 'low', 'medium', 'high', 'xhigh' or 'max', got " + value.GetRawText());

    private static string Isolation(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.GetString() == "worktree"
            ? "worktree"
            : throw TypeFault("options.isolation", "must be 'worktree', got " + value.GetRawText());

    private static TimeSpan Milliseconds(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Number && value.GetDouble() is > 0 and <= int.MaxValue
            ? TimeSpan.FromMilliseconds(value.GetDouble())
            : throw TypeFault($"options.{name}", "must be a number of milliseconds above 0, got " + value.GetRawText());

    private static int Count(JsonElement value, string name, int least) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) && count >= least
            ? count
            : throw TypeFault($"options.{name}", $"must be a whole number of {least} or more, got {value.GetRawText()}");

    private static string[] Names(JsonElement value, string name)
    {
        if (value.ValueKind == JsonValueKind.Array
            && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String))
        {
            return [.. value.EnumerateArray().Select(item => item.GetString()!)];
        }

        throw TypeFault($"options.{name}", "must be an array of tool names");
    }

    private static CallRefusedException TypeFault(string place, string fault) =>
        new("TypeError", $"agent() {place} {fault}.");
}

/// <summary>A call of <c>agent()</c> rejects with this error.</summary>
internal sealed class CallRefusedException(string name, string message) : Exception(message)
{
    public string Name { get; } = name;
}
