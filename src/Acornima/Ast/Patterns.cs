namespace Acornima.Ast;

/// <summary>An array or object pattern.</summary>
public abstract class DestructuringPattern : Node
{
    private protected DestructuringPattern(NodeType type) : base(type)
    {
    }
}

/// <summary>An array pattern; a hole is null.</summary>
public sealed class ArrayPattern : DestructuringPattern
{
    private readonly NodeList<Node?> _elements;

    public ArrayPattern(in NodeList<Node?> elements) : base(NodeType.ArrayPattern)
    {
        _elements = elements;
    }

    public ref readonly NodeList<Node?> Elements => ref _elements;

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitArrayPattern(this);

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, in _elements);
}

/// <summary>An object pattern.</summary>
public sealed class ObjectPattern : DestructuringPattern
{
    private readonly NodeList<Node> _properties;

    public ObjectPattern(in NodeList<Node> properties) : base(NodeType.ObjectPattern)
    {
        _properties = properties;
    }

    public ref readonly NodeList<Node> Properties => ref _properties;

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitObjectPattern(this);

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, in _properties);
}

/// <summary>An assignment pattern.</summary>
public sealed class AssignmentPattern : Node
{
    public AssignmentPattern(Node left, Expression right) : base(NodeType.AssignmentPattern)
    {
        Left = left;
        Right = right;
    }

    public Node Left { get; }

    public Expression Right { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitAssignmentPattern(this);

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, Left, Right);
}

/// <summary>A rest element.</summary>
public sealed class RestElement : Node
{
    public RestElement(Node argument) : base(NodeType.RestElement)
    {
        Argument = argument;
    }

    public Node Argument { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitRestElement(this);

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, Argument);
}
