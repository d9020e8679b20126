namespace Acornima.Ast;

/// <summary>An identifier.</summary>
public sealed class Identifier : Expression
{
    public Identifier(string name) : base(NodeType.Identifier)
    {
        Name = name;
    }

    public string Name { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitIdentifier(this);
}

/// <summary>A this expression.</summary>
public sealed class ThisExpression : Expression
{
    public ThisExpression() : base(NodeType.ThisExpression)
    {
    }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitThisExpression(this);
}

/// <summary>A super.</summary>
public sealed class Super : Expression
{
    public Super() : base(NodeType.Super)
    {
    }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitSuper(this);
}

/// <summary>`new.target` or `import.meta`.</summary>
public sealed class MetaProperty : Expression
{
    public MetaProperty(Identifier meta, Identifier property) : base(NodeType.MetaProperty)
    {
        Meta = meta;
        Property = property;
    }

    public Identifier Meta { get; }

    public Identifier Property { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitMetaProperty(this);

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, Meta, Property);
}

/// <summary>An array literal; a hole is null.</summary>
public sealed class ArrayExpression : Expression
{
    private readonly NodeList<Expression?> _elements;

    public ArrayExpression(in NodeList<Expression?> elements) : base(NodeType.ArrayExpression)
    {
        _elements = elements;
    }

    public ref readonly NodeList<Expression?> Elements => ref _elements;

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitArrayExpression(this);

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, in _elements);
}

/// <summary>An object expression.</summary>
public sealed class ObjectExpression : Expression
{
    private readonly NodeList<Node> _properties;

    public ObjectExpression(in NodeList<Node> properties) : base(NodeType.ObjectExpression)
    {
        _properties = properties;
    }

    public ref readonly NodeList<Node> Properties => ref _properties;

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitObjectExpression(this);

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, in _properties);
}

/// <summary>A spread element.</summary>
public sealed class SpreadElement : Expression
{
    // Offset of a comma behind the element plus one: as the end of a pattern that is an error.
    internal int _trailingComma;

    public SpreadElement(Expression argument) : base(NodeType.SpreadElement)
    {
        Argument = argument;
    }

    public Expression Argument { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitSpreadElement(this);

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, Argument);
}

/// <summary>Parentheses; the parser leaves them out.</summary>
public sealed class ParenthesizedExpression : Expression
{
    public ParenthesizedExpression(Expression expression) : base(NodeType.ParenthesizedExpression)
    {
        Expression = expression;
    }

    public Expression Expression { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitParenthesizedExpression(this);

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, Expression);
}
