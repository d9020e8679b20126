using Acornima.Ast;

namespace McpWorkflows.Engine.Scripts;

/// <summary>
/// The names that a script declares and those that it refers to. Scopes are not told apart: a name declared anywhere
/// counts everywhere, which misses a use outside of its scope but never suspects one inside.
/// </summary>
internal sealed class NameUses
{
    // On the heap, as trees may be deep. Binding: an identifier there declares a name.
    private readonly Stack<(Node Node, bool Binding)> _open = new();

    private NameUses()
    {
    }

    /// <summary>Declared, or asked for in a way that fails for no name: by <c>typeof</c> or on <c>globalThis</c>.</summary>
    public HashSet<string> Declared { get; } = [];

    /// <summary>In no particular order.</summary>
    public List<Identifier> References { get; } = [];

    /// <summary>Whether the script handles the global object as a value, so that it may define any name.</summary>
    public bool MayDefineAny { get; private set; }

    /// <summary>Of a program without imports.</summary>
    public static NameUses Of(Program program)
    {
        var uses = new NameUses();
        uses.Open(program);
        while (uses._open.TryPop(out var next))
        {
            uses.Visit(next.Node, next.Binding);
        }

        return uses;
    }

    private void Visit(Node node, bool binding)
    {
        switch (node)
        {
            case Identifier name when binding:
                Declared.Add(name.Name);
                break;
            case Identifier name:
                References.Add(name);
                MayDefineAny |= name.Name == "globalThis";
                break;
            case VariableDeclarator variable:
                Open(variable.Id, binding: true);
                Open(variable.Init);
                break;
            case IFunction function:
                Open(function.Id, binding: true);
                foreach (var parameter in function.Params)
                {
                    Open(parameter, binding: true);
                }

                Open(function.Body);
                break;
            case IClass type:
                Open(type.Id, binding: true);
                Open(type.SuperClass);
                Open(type.Body);
                break;
            case CatchClause handler:
                Open(handler.Param, binding: true);
                Open(handler.Body);
                break;
            case AssignmentPattern pattern:
                Open(pattern.Left, binding);
                Open(pattern.Right);
                break;
            case IProperty property:
                Open(property.Computed ? property.Key : null);
                Open(property.Value, binding);
                break;
            case ArrayPattern or ObjectPattern or RestElement:
                OpenChildren(node, binding);
                break;
            case MemberExpression { Object: Identifier { Name: "globalThis" } } member when GlobalNamed(member) is { } name:
                Declared.Add(name);
                break;
            case MemberExpression member:
                Open(member.Object);
                Open(member.Computed ? member.Property : null);
                break;
            case UnaryExpression { Operator: Acornima.Operator.TypeOf, Argument: Identifier name }:
                Declared.Add(name.Name);
                break;
            case LabeledStatement labeled:
                Open(labeled.Body);
                break;
            case BreakStatement or ContinueStatement or MetaProperty or ExportSpecifier:
                break;
            default:
                OpenChildren(node, binding: false);
                break;
        }
    }

    private static string? GlobalNamed(MemberExpression member) => member switch
    {
        { Computed: false, Property: Identifier name } => name.Name,
        { Computed: true, Property: StringLiteral text } => text.Value,
        _ => null,
    };

    private void Open(Node? node, bool binding = false)
    {
        if (node is not null)
        {
            _open.Push((node, binding));
        }
    }

    private void OpenChildren(Node node, bool binding)
    {
        foreach (var child in node.ChildNodes)
        {
            Open(child, binding);
        }
    }
}
