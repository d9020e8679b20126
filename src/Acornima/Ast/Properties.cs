namespace Acornima.Ast;

/// <summary>A member with a key in an object literal or an object pattern.</summary>
public abstract class Property : Node, IProperty
{
    private protected Property(PropertyKind kind, Expression key, Node value, bool computed, bool shorthand) : base(NodeType.Property)
    {
        Kind = kind;
        Key = key;
        Value = value;
        Computed = computed;
        Shorthand = shorthand;
    }

    public PropertyKind Kind { get; }

    public Expression Key { get; }

    public Node Value { get; }

    public bool Computed { get; }

    /// <summary>Whether the key is written only once; then it is the value, or the target of the value's default.</summary>
    public bool Shorthand { get; }

    internal override Node? NextChild(ref int cursor) => Children.Next(ref cursor, Shorthand ? null : Key, Value);
}

/// <summary>A property of an object literal.</summary>
public sealed class ObjectProperty : Property
{
    public ObjectProperty(PropertyKind kind, Expression key, Node value, bool computed, bool shorthand, bool method)
        : base(kind, key, value, computed, shorthand)
    {
        Method = method;
    }

    public bool Method { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitObjectProperty(this);
}

/// <summary>A property of an object pattern.</summary>
public sealed class AssignmentProperty : Property
{
    public AssignmentProperty(Expression key, Node value, bool computed, bool shorthand)
        : base(PropertyKind.Init, key, value, computed, shorthand)
    {
    }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitAssignmentProperty(this);
}
