using Acornima;
using Acornima.Ast;

namespace McpWorkflows.Engine.Scripts;

/// <summary>Reads <c>export const meta = {…}</c> off the syntax tree, without running anything.</summary>
internal sealed class MetaReader(SourceText source, List<Scripting.ScriptError> errors)
{
    public const string Remedy = "Begin the file with: export const meta = { name: 'my-workflow', description: 'What it does' }";

    /// <summary>Null when something is wrong; the errors say what.</summary>
    public WorkflowMeta? Read(Program program)
    {
        var found = errors.Count;
        if (Find(program) is not { } declaration)
        {
            return null;
        }

        if (declaration.Init is not ObjectExpression literal)
        {
            Refuse(declaration.Init ?? (Node)declaration, "meta must be an object literal, since it is read without running the script. " + Remedy + ".");
            return null;
        }

        var values = ReadObject(literal);
        if (errors.Count > found)
        {
            return null;
        }

        var meta = new WorkflowMeta
        {
            Name = RequiredText(values!, "name", literal),
            Description = RequiredText(values!, "description", literal),
            Title = OptionalText(values!, "title"),
            WhenToUse = OptionalText(values!, "whenToUse"),
            Phases = ReadPhases(values!),
        };
        return errors.Count > found ? null : meta;
    }

    private VariableDeclarator? Find(Program program)
    {
        var elsewhere = program.Body.Select(MetaOf).FirstOrDefault(declarator => declarator is not null);
        if (program.Body.Count == 0 || elsewhere is null)
        {
            errors.Add(source.ErrorAt(program.Body.Count == 0 ? 0 : program.Body[0].Start, $"The script has no meta. {Remedy}."));
            return null;
        }

        if (MetaOf(program.Body[0]) is not { } declaration)
        {
            Refuse(elsewhere.Id, "export const meta must be the first statement. Move it to the top of the file; only comments may stand before it.");
            return null;
        }

        return declaration;
    }

    private static VariableDeclarator? MetaOf(Statement statement)
    {
        if (statement is ExportNamedDeclaration { Declaration: VariableDeclaration { Kind: VariableDeclarationKind.Const } declaration }
            && declaration.Declarations.Count == 1
            && declaration.Declarations[0].Id is Identifier { Name: "meta" })
        {
            return declaration.Declarations[0];
        }

        return null;
    }

    private Dictionary<string, object?>? ReadObject(ObjectExpression literal)
    {
        var values = new Dictionary<string, object?>();
        foreach (var member in literal.Properties)
        {
            if (member is not ObjectProperty { Kind: PropertyKind.Init, Method: false, Computed: false, Shorthand: false } property)
            {
                Refuse(member, "meta is read without running the script, so it may hold only plain keys with literal values: no spreads, methods, shorthands or computed keys. Write the value out.");
                continue;
            }

            var key = property.Key switch
            {
                Identifier name => name.Name,
                StringLiteral text => text.Value,
                NumericLiteral number => number.Raw,
                _ => "",
            };
            values[key] = ReadValue(property.Value);
        }

        return values;
    }

    private object? ReadValue(Node value)
    {
        switch (value)
        {
            case StringLiteral text:
                return text.Value;
            case NumericLiteral number:
                return number.Value;
            case BooleanLiteral truth:
                return truth.Value;
            case NullLiteral:
                return null;
            case TemplateLiteral { Expressions.Count: 0 } template:
                return template.Quasis[0].Value.Cooked;
            case NonUpdateUnaryExpression { Operator: Operator.UnaryNegation, Argument: NumericLiteral number }:
                return -number.Value;
            case ObjectExpression nested:
                return ReadObject(nested);
            case ArrayExpression array:
                return ReadArray(array);
            default:
                Refuse(value, "meta is read without running the script, so its values must be literals; this one is computed. Write the value out.");
                return null;
        }
    }

    private List<object?> ReadArray(ArrayExpression array)
    {
        var values = new List<object?>();
        foreach (var element in array.Elements)
        {
            if (element is null)
            {
                Refuse(array, "An array in meta has a hole. Remove the extra comma.");
            }
            else
            {
                values.Add(ReadValue(element));
            }
        }

        return values;
    }

    private string RequiredText(Dictionary<string, object?> values, string key, Node literal)
    {
        if (values.GetValueOrDefault(key) is string text && !string.IsNullOrWhiteSpace(text))
        {
            return text;
        }

        Refuse(literal, values.ContainsKey(key)
            ? $"meta.{key} must be a non-empty string."
            : $"meta.{key} is missing. Add {key}: '…' to meta.");
        return "";
    }

    private static string? OptionalText(Dictionary<string, object?> values, string key) =>
        values.GetValueOrDefault(key) is string { Length: > 0 } text ? text : null;

    private static List<WorkflowPhase> ReadPhases(Dictionary<string, object?> values)
    {
        var phases = new List<WorkflowPhase>();
        if (values.GetValueOrDefault("phases") is List<object?> entries)
        {
            foreach (var entry in entries.OfType<Dictionary<string, object?>>())
            {
                if (OptionalText(entry, "title") is { } title)
                {
                    phases.Add(new WorkflowPhase(title, OptionalText(entry, "detail"), OptionalText(entry, "model")));
                }
            }
        }

        return phases;
    }

    private void Refuse(Node place, string message) => errors.Add(source.ErrorAt(place.Start, message));
}
