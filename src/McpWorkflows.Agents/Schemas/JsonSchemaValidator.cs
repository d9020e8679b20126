using System.Text.Json;

namespace McpWorkflows.Agents.Schemas;

/// <summary>
/// Validates values against JSON Schema 2020-12. References lead into the schema itself and to the
/// <paramref name="known"/> documents; nothing is fetched, and what a reference does not find forbids nothing.
/// <c>format</c> and <c>content*</c> are annotations. Draft-07's <c>definitions</c>, <c>dependencies</c> and array
/// <c>items</c> are understood too, since models and scripts write them. Safe for use from any thread.
/// </summary>
internal sealed class JsonSchemaValidator(JsonElement root, IReadOnlyDictionary<Uri, JsonElement>? known = null)
{
    private const int MaxErrors = 20;

    private readonly SchemaResources _resources = new(root, known);

    /// <summary>Empty when the value satisfies the schema; at most 20 errors.</summary>
    public IReadOnlyList<SchemaError> Validate(JsonElement value)
    {
        var errors = new List<SchemaError>();
        new SchemaEvaluation(_resources, MaxErrors).Run(value, errors);
        return errors.Count > MaxErrors ? errors[..MaxErrors] : errors;
    }
}
