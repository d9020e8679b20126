namespace Acornima.Ast;

/// <summary>A node of the syntax tree.</summary>
public abstract class Node : INode
{
    internal SourceLocation _location;
    internal Range _range;

    protected Node(NodeType type) => Type = type;

    public NodeType Type { get; }

    public Range Range
    {
        get => _range;
        init => _range = value;
    }

    public int Start => _range.Start;

    public int End => _range.End;

    public SourceLocation Location
    {
        get => _location;
        init => _location = value;
    }

    public ref readonly SourceLocation LocationRef => ref _location;

    /// <summary>Whatever a consumer wants to keep with the node; the parser neither reads nor writes it.</summary>
    public object? UserData { get; set; }

    /// <summary>The children that are present, in source order; each node once.</summary>
    public ChildNodes ChildNodes => new(this);

    /// <summary>The children of a node type that is defined outside this assembly, or null if it has none.</summary>
    protected internal virtual IEnumerator<Node>? GetChildNodes() => null;

    /// <summary>Calls the visitor's method for this node's type.</summary>
    protected internal virtual object? Accept(AstVisitor visitor) => throw new NotSupportedException($"{GetType()} cannot be visited.");

    /// <summary>The next present child, or null at the end. A cursor of -1 afterwards means: ask <see cref="GetChildNodes"/>.</summary>
    internal virtual Node? NextChild(ref int cursor)
    {
        cursor = -1;
        return null;
    }
}

/// <summary>What every node offers.</summary>
public interface INode
{
    NodeType Type { get; }
}

/// <summary>A statement or an expression.</summary>
public abstract class StatementOrExpression : Node
{
    private protected StatementOrExpression(NodeType type) : base(type)
    {
    }
}

/// <summary>A statement, which includes declarations.</summary>
public abstract class Statement : StatementOrExpression
{
    private protected Statement(NodeType type) : base(type)
    {
    }

    /// <summary>The label that directly precedes the statement.</summary>
    public Identifier? LabelSet { get; internal set; }
}

/// <summary>A declaration.</summary>
public abstract class Declaration : Statement
{
    private protected Declaration(NodeType type) : base(type)
    {
    }
}

/// <summary>An expression.</summary>
public abstract class Expression : StatementOrExpression
{
    private protected Expression(NodeType type) : base(type)
    {
    }

    // Offset of the innermost opening parenthesis around the expression plus one; 0 when there is none.
    internal int _parenthesis;

    internal bool IsParenthesized => _parenthesis != 0;
}
