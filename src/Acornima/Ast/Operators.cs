namespace Acornima.Ast;

/// <summary>An assignment expression.</summary>
public sealed class AssignmentExpression : Expression
{
    public AssignmentExpression(Operator @operator, Node left, Expression right) : base(NodeType.AssignmentExpression)
    {
        Operator = @operator;
        Left = left;
        Right = right;
    }

    public Operator Operator { get; }

    public Node Left { get; }

    public Expression Right { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitAssignmentExpression(this);

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, Left, Right);
}

/// <summary>A binary or logical operation.</summary>
public abstract class BinaryExpression : Expression
{
    private protected BinaryExpression(NodeType type, Operator @operator, Expression left, Expression right) : base(type)
    {
        Operator = @operator;
        Left = left;
        Right = right;
    }

    public Operator Operator { get; }

    public Expression Left { get; }

    public Expression Right { get; }

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, Left, Right);
}

/// <summary>A non logical binary expression.</summary>
public sealed class NonLogicalBinaryExpression : BinaryExpression
{
    public NonLogicalBinaryExpression(Operator @operator, Expression left, Expression right) : base(NodeType.BinaryExpression, @operator, left, right)
    {
    }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitBinaryExpression(this);
}

/// <summary>A logical expression.</summary>
public sealed class LogicalExpression : BinaryExpression
{
    public LogicalExpression(Operator @operator, Expression left, Expression right) : base(NodeType.LogicalExpression, @operator, left, right)
    {
    }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitLogicalExpression(this);
}

/// <summary>A unary or update operation.</summary>
public abstract class UnaryExpression : Expression
{
    private protected UnaryExpression(NodeType type, Operator @operator, Expression argument) : base(type)
    {
        Operator = @operator;
        Argument = argument;
    }

    public Operator Operator { get; }

    public Expression Argument { get; }

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, Argument);
}

/// <summary>A non update unary expression.</summary>
public sealed class NonUpdateUnaryExpression : UnaryExpression
{
    public NonUpdateUnaryExpression(Operator @operator, Expression argument) : base(NodeType.UnaryExpression, @operator, argument)
    {
    }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitUnaryExpression(this);
}

/// <summary>An update expression.</summary>
public sealed class UpdateExpression : UnaryExpression
{
    public UpdateExpression(Operator @operator, Expression argument, bool prefix) : base(NodeType.UpdateExpression, @operator, argument)
    {
        Prefix = prefix;
    }

    public bool Prefix { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitUpdateExpression(this);
}

/// <summary>A conditional expression.</summary>
public sealed class ConditionalExpression : Expression
{
    public ConditionalExpression(Expression test, Expression consequent, Expression alternate) : base(NodeType.ConditionalExpression)
    {
        Test = test;
        Consequent = consequent;
        Alternate = alternate;
    }

    public Expression Test { get; }

    public Expression Consequent { get; }

    public Expression Alternate { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitConditionalExpression(this);

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, Test, Consequent, Alternate);
}

/// <summary>A sequence expression.</summary>
public sealed class SequenceExpression : Expression
{
    private readonly NodeList<Expression> _expressions;

    public SequenceExpression(in NodeList<Expression> expressions) : base(NodeType.SequenceExpression)
    {
        _expressions = expressions;
    }

    public ref readonly NodeList<Expression> Expressions => ref _expressions;

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitSequenceExpression(this);

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, in _expressions);
}
