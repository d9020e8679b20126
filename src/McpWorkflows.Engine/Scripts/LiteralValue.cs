using System.Text.Json.Nodes;
using Acornima;
using Acornima.Ast;

namespace McpWorkflows.Engine.Scripts;

/// <summary>An expression of literals as JSON, with the place of each of its parts.</summary>
internal sealed class LiteralValue
{
    private const int MaxDepth = 60;

    private readonly Dictionary<string, int> _places = [];
    private readonly ScriptCode _code;

    private LiteralValue(ScriptCode code) => _code = code;

    public JsonNode? Json { get; private set; }

    /// <summary>Null where something in it is computed.</summary>
    public static LiteralValue? Read(ScriptCode code, Node node)
    {
        var value = new LiteralValue(code);
        try
        {
            value.Json = value.Read(node, "schema", 0);
            return value;
        }
        catch (ComputedException)
        {
            return null;
        }
    }

    /// <summary>Offset of the part at a path such as <c>schema/properties/a</c>, or of the nearest one above.</summary>
    public int PlaceOf(string path)
    {
        while (true)
        {
            if (_places.TryGetValue(path, out var place))
            {
                return place;
            }

            path = path[..Math.Max(0, path.LastIndexOf('/'))];
        }
    }

    private JsonNode? Read(Node node, string path, int depth)
    {
        _places.TryAdd(path, node.Start);
        var value = _code.Resolve(node);
        if (depth > MaxDepth)
        {
            throw new ComputedException();
        }

        return value switch
        {
            StringLiteral text => text.Value,
            NumericLiteral number when double.IsFinite(number.Value) => number.Value,
            BooleanLiteral truth => truth.Value,
            NullLiteral => null,
            TemplateLiteral { Expressions.Count: 0 } template => template.Quasis[0].Value.Cooked,
            NonUpdateUnaryExpression { Operator: Operator.UnaryNegation, Argument: NumericLiteral number } => -number.Value,
            ObjectExpression members => ReadObject(members, path, depth),
            ArrayExpression items => ReadArray(items, path, depth),
            _ => throw new ComputedException(),
        };
    }

    private JsonObject ReadObject(ObjectExpression literal, string path, int depth)
    {
        var json = new JsonObject();
        foreach (var member in literal.Properties)
        {
            if (member is not ObjectProperty { Kind: PropertyKind.Init, Method: false, Computed: false } property)
            {
                throw new ComputedException();
            }

            var name = property.Key switch
            {
                Identifier key => key.Name,
                StringLiteral key => key.Value,
                NumericLiteral key => key.Raw,
                _ => throw new ComputedException(),
            };
            var at = $"{path}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";
            // undefined is an absent member.
            if (property.Value is not Identifier { Name: "undefined" })
            {
                json[name] = Read(property.Value, at, depth + 1);
            }
        }

        return json;
    }

    private JsonArray ReadArray(ArrayExpression literal, string path, int depth)
    {
        var json = new JsonArray();
        foreach (var element in literal.Elements)
        {
            json.Add(Read(element ?? throw new ComputedException(), $"{path}/{json.Count}", depth + 1));
        }

        return json;
    }

    private sealed class ComputedException : Exception;
}
