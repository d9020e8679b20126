using System.Runtime.CompilerServices;
using System.Text.Json;

namespace McpWorkflows.Agents.Schemas;

/// <summary>One value on its way through a schema.</summary>
internal sealed partial class SchemaEvaluation(SchemaResources resources, int maxErrors)
{
    /// <summary>Alternatives multiply; beyond this many steps a schema is its author's mistake.</summary>
    private const int MaxSteps = 2_000_000;

    private readonly HashSet<(string Address, string Path)> _following = [];
    private int _steps;

    public void Run(JsonElement value, List<SchemaError> errors) =>
        Validate(resources.Root.Schema, value, "", new SchemaScope(resources.Root.Resource, null), errors, NewSeen());

    /// <summary>Nobody counts unless some schema asks.</summary>
    private Evaluated? NewSeen() => resources.HasUnevaluated ? new Evaluated() : null;

    private bool IsValid(JsonElement schema, JsonElement value, string path, SchemaScope scope, Evaluated? seen)
    {
        var errors = new List<SchemaError>();
        var own = seen is null ? null : NewSeen();
        Validate(schema, value, path, scope, errors, own);
        if (errors.Count == 0 && own is not null)
        {
            seen!.Add(own);
        }

        return errors.Count == 0;
    }

    private void Validate(JsonElement schema, JsonElement value, string path, SchemaScope scope, List<SchemaError> errors, Evaluated? seen)
    {
        if (schema.ValueKind == JsonValueKind.False)
        {
            errors.Add(new SchemaError(path, "is not allowed"));
        }

        if (schema.ValueKind != JsonValueKind.Object || errors.Count > maxErrors)
        {
            return;
        }

        if (++_steps > MaxSteps || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            errors.Add(new SchemaError(path, "is nested too deeply for the schema to be followed"));
            return;
        }

        var here = resources.Enter(new SchemaPlace(schema, scope.Resource));
        scope = here.Resource == scope.Resource ? scope : new SchemaScope(here.Resource, scope);
        if (Text(schema, "$ref") is { } reference)
        {
            Follow(resources.Resolve(scope.Resource, reference), value, path, scope, errors, seen);
        }

        if (Text(schema, "$dynamicRef") is { } dynamicReference)
        {
            Follow(resources.ResolveDynamic(scope, dynamicReference), value, path, scope, errors, seen);
        }

        if (!ValueRules.CheckType(schema, value, path, errors))
        {
            // Everything else would only repeat that the kind is wrong.
            return;
        }

        ValueRules.Check(schema, value, path, errors);
        if (value.ValueKind == JsonValueKind.Object)
        {
            ValidateObject(schema, value, path, scope, errors, seen);
        }
        else if (value.ValueKind == JsonValueKind.Array)
        {
            ValidateArray(schema, value, path, scope, errors, seen);
        }

        Combine(schema, value, path, scope, errors, seen);
        if (seen is not null)
        {
            ValidateUnevaluated(schema, value, path, scope, errors, seen);
        }
    }

    private void Follow(
        (SchemaPlace Place, string Address)? target, JsonElement value, string path, SchemaScope scope, List<SchemaError> errors, Evaluated? seen)
    {
        if (target is not { } found)
        {
            return;
        }

        if (!_following.Add((found.Address, path)))
        {
            errors.Add(new SchemaError(path, "cannot be checked: the schema refers to itself without end"));
            return;
        }

        var inner = found.Place.Resource == scope.Resource ? scope : new SchemaScope(found.Place.Resource, scope);
        Validate(found.Place.Schema, value, path, inner, errors, seen);
        _following.Remove((found.Address, path));
    }

    private void Combine(JsonElement schema, JsonElement value, string path, SchemaScope scope, List<SchemaError> errors, Evaluated? seen)
    {
        foreach (var part in Members(schema, "allOf"))
        {
            Apply(part, value, path, scope, errors, seen);
        }

        if (Member(schema, "anyOf", JsonValueKind.Array) is { } anyOf)
        {
            // All of them, where somebody wants to know what they looked at.
            var matches = seen is null
                ? anyOf.EnumerateArray().Any(part => IsValid(part, value, path, scope, null))
                : anyOf.EnumerateArray().Count(part => IsValid(part, value, path, scope, seen)) > 0;
            if (!matches)
            {
                TellNearest(anyOf, value, path, scope, errors);
            }
        }

        if (Member(schema, "oneOf", JsonValueKind.Array) is { } oneOf)
        {
            var matches = oneOf.EnumerateArray().Count(part => IsValid(part, value, path, scope, seen));
            if (matches > 1)
            {
                errors.Add(new SchemaError(path, $"matches {matches} of the alternatives of oneOf, but must match exactly one"));
            }
            else if (matches == 0)
            {
                TellNearest(oneOf, value, path, scope, errors);
            }
        }

        if (schema.TryGetProperty("not", out var not) && IsValid(not, value, path, scope, NewSeen()))
        {
            errors.Add(new SchemaError(path, $"must not match {Brief.Json(not)}"));
        }

        if (schema.TryGetProperty("if", out var condition)
            && schema.TryGetProperty(IsValid(condition, value, path, scope, seen) ? "then" : "else", out var branch))
        {
            Apply(branch, value, path, scope, errors, seen);
        }
    }

    /// <summary>What a part has looked at counts only if the part is content.</summary>
    private void Apply(JsonElement part, JsonElement value, string path, SchemaScope scope, List<SchemaError> errors, Evaluated? seen)
    {
        var before = errors.Count;
        var own = seen is null ? null : NewSeen();
        Validate(part, value, path, scope, errors, own);
        if (own is not null && errors.Count == before)
        {
            seen!.Add(own);
        }
    }

    /// <summary>The errors of the alternative that comes nearest tell a model more than "none matches".</summary>
    private void TellNearest(JsonElement alternatives, JsonElement value, string path, SchemaScope scope, List<SchemaError> errors)
    {
        List<SchemaError>? nearest = null;
        foreach (var alternative in alternatives.EnumerateArray())
        {
            var found = new List<SchemaError>();
            Validate(alternative, value, path, scope, found, NewSeen());
            if (nearest is null || Distance(found, path) < Distance(nearest, path))
            {
                nearest = found;
            }
        }

        errors.Add(new SchemaError(path, "matches none of the alternatives; the nearest one says:"));
        errors.AddRange(nearest ?? []);

        static int Distance(List<SchemaError> found, string path) => found.Count + (found.Exists(error => error.Path == path) ? 100 : 0);
    }

    private static string? Text(JsonElement schema, string keyword) =>
        schema.TryGetProperty(keyword, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static JsonElement.ArrayEnumerator Members(JsonElement schema, string name) =>
        Member(schema, name, JsonValueKind.Array)?.EnumerateArray() ?? default;

    private static JsonElement? Member(JsonElement schema, string name, JsonValueKind? kind) =>
        schema.TryGetProperty(name, out var member) && (kind is null || member.ValueKind == kind) ? member : null;
}
