using System.Text.Json.Nodes;

namespace McpWorkflows.Agents.Rehearsal;

/// <summary>Makes numbers within their bounds.</summary>
internal static class SampleNumber
{
    public static JsonNode Make(string name, SampleRules rules)
    {
        var step = rules.Most("multipleOf");
        var whole = rules.Kind() == "integer";
        var unit = step is > 0 ? step.Value : whole ? 1 : 0;
        var above = rules.Least("exclusiveMinimum");
        var below = rules.Most("exclusiveMaximum");
        var lowest = Max(rules.Least("minimum"), above + unit);
        var highest = Min(rules.Most("maximum"), below - unit);
        var wanted = SampleNames.WantsHigh(name) && highest is { } high ? high : SampleNames.WantsLow(name) ? lowest ?? 0 : lowest is > 0 ? lowest.Value : 1;
        var value = Math.Max(Math.Min(wanted, highest ?? wanted), lowest ?? double.MinValue);
        if (unit > 0)
        {
            var rounded = Math.Ceiling(Math.Round(value / unit, 9)) * unit;
            value = rounded > highest ? Math.Floor(Math.Round(value / unit, 9)) * unit : rounded;
        }
        else if (value <= above || value >= below)
        {
            // Open bounds: a place between them.
            value = ((lowest ?? highest!.Value - 1) + (highest ?? lowest!.Value + 1)) / 2;
        }

        // Decimals keep 0.3 from becoming 0.30000000000000004.
        return Math.Abs(value) < 1e15 ? JsonValue.Create(Normal((decimal)value)) : JsonValue.Create(value);
    }

    private static decimal Normal(decimal value) => value == decimal.Truncate(value) ? decimal.Truncate(value) : value;

    private static double? Max(double? left, double? right) => left is null ? right : right is null ? left : Math.Max(left.Value, right.Value);

    private static double? Min(double? left, double? right) => left is null ? right : right is null ? left : Math.Min(left.Value, right.Value);
}
