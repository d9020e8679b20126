using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace McpWorkflows.Server.Http;

/// <summary>
/// Headers <c>Mcp-Param-NAME</c>: a tool's input schema can mark parameters with <c>x-mcp-header</c>, and a call must then
/// repeat their values in headers, by which intermediaries route. Source: SEP-2243, revision 2026-07-28.
/// </summary>
internal static class ParameterHeaders
{
    private const string Prefix = "Mcp-Param-";

    // Beyond it the two ends may read different numbers.
    private const double MaxSafeInteger = 9_007_199_254_740_991;

    /// <summary>Null when all marked parameters stand in their headers.</summary>
    public static Refusal? Check(IHeaderDictionary headers, JsonElement schema, JsonObject? arguments)
    {
        if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object)
            return null;
        foreach (var property in properties.EnumerateObject().Where(property => property.Value.ValueKind == JsonValueKind.Object))
        {
            var value = arguments?[property.Name];
            var refusal = property.Value.TryGetProperty("x-mcp-header", out var name) && name.ValueKind == JsonValueKind.String
                ? CheckOne(headers, $"{Prefix}{name.GetString()}", property.Name, value)
                : Check(headers, property.Value, value as JsonObject);
            if (refusal is not null)
                return refusal;
        }

        return null;
    }

    private static Refusal? CheckOne(IHeaderDictionary headers, string header, string parameter, JsonNode? value)
    {
        var stands = headers.TryGetValue(header, out var raw);
        if (value is null)
            return stands ? Refusal.Header($"The header {header} is there, the parameter '{parameter}' is not. Leave both out.") : null;
        if (!stands)
            return Refusal.Header($"The header {header} is missing: send the parameter '{parameter}' in it.");
        var text = raw.ToString().Trim();
        if (text.Any(character => character is (< ' ' and not '\t') or > '~'))
            return Refusal.Header($"The header {header} holds characters that headers cannot carry. Wrap it as =?base64?…?=.");
        if (HeaderText.Decode(text) is not { } decoded)
            return Refusal.Header($"The header {header} is not Base64 of UTF-8.");
        return Equal(decoded, value)
            ? null
            : Refusal.Header($"The header {header} does not hold the parameter '{parameter}'. Send the same in both; whole numbers up to 2^53.");
    }

    private static bool Equal(string header, JsonNode value)
    {
        if (value is JsonValue text && text.TryGetValue(out string? plain))
            return header == plain;
        if (value.GetValueKind() == JsonValueKind.Number)
        {
            return double.TryParse(header, NumberStyles.Float, CultureInfo.InvariantCulture, out var shown)
                && double.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var stated)
                && shown.Equals(stated) && Math.Abs(shown) <= MaxSafeInteger;
        }

        return header == value.ToJsonString();
    }
}
