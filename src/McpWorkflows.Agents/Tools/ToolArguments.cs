using System.Globalization;
using System.Text.Json;
using McpWorkflows.Agents.Schemas;
using Microsoft.Extensions.AI;

namespace McpWorkflows.Agents.Tools;

/// <summary>Arguments as models send them: numbers as strings and the other way round are forgiven.</summary>
internal sealed class ToolArguments(IDictionary<string, object?>? values)
{
    /// <summary>As they came.</summary>
    public IReadOnlyDictionary<string, object?> Values { get; } = new Dictionary<string, object?>(values ?? new Dictionary<string, object?>());

    public string Json() => JsonSerializer.Serialize(Values, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(IReadOnlyDictionary<string, object?>)));

    public string? Text(string name) => Value(name) switch
    {
        null => null,
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } element => JsonText.Read(element),
        JsonElement { ValueKind: JsonValueKind.Null } => null,
        var other => Convert.ToString(other, CultureInfo.InvariantCulture),
    };

    public string Required(string name) => Text(name) is { Length: > 0 } text
        ? text
        : throw new ToolException($"The argument '{name}' is missing.");

    /// <summary>A number from 1 to <paramref name="most"/>; beyond that it is brought in.</summary>
    public int Number(string name, int absent, int most)
    {
        var text = Text(name);
        if (string.IsNullOrEmpty(text))
        {
            return absent;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? (int)Math.Clamp(number, 1, most)
            : throw new ToolException($"The argument '{name}' must be a whole number, but is '{text}'.");
    }

    public bool Flag(string name) => string.Equals(Text(name), "true", StringComparison.OrdinalIgnoreCase);

    private object? Value(string name) => values is not null && values.TryGetValue(name, out var value) ? value : null;
}
