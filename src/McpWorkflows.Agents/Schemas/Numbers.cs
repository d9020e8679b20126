using System.Text.Json;

namespace McpWorkflows.Agents.Schemas;

/// <summary>Numbers of JSON compared as they are written, as far as decimals reach: 0.3 is a multiple of 0.1.</summary>
internal static class Numbers
{
    public static int Compare(JsonElement left, JsonElement right) =>
        left.TryGetDecimal(out var exactLeft) && right.TryGetDecimal(out var exactRight)
            ? exactLeft.CompareTo(exactRight)
            : left.GetDouble().CompareTo(right.GetDouble());

    public static bool IsMultiple(JsonElement value, JsonElement divisor)
    {
        if (value.TryGetDecimal(out var exact) && divisor.TryGetDecimal(out var exactDivisor) && exactDivisor != 0)
        {
            return exact % exactDivisor == 0;
        }

        // Beyond decimals, doubles have no fraction to lose.
        var rest = Math.Abs(Math.IEEERemainder(value.GetDouble(), divisor.GetDouble()));
        return rest <= Math.Abs(divisor.GetDouble()) * 1e-9;
    }
}
