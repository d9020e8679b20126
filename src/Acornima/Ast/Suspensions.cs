namespace Acornima.Ast;

/// <summary>An await expression.</summary>
public sealed class AwaitExpression : Expression
{
    public AwaitExpression(Expression argument) : base(NodeType.AwaitExpression)
    {
        Argument = argument;
    }

    public Expression Argument { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitAwaitExpression(this);

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, Argument);
}

/// <summary>A yield expression.</summary>
public sealed class YieldExpression : Expression
{
    public YieldExpression(Expression? argument, bool @delegate) : base(NodeType.YieldExpression)
    {
        Argument = argument;
        Delegate = @delegate;
    }

    public Expression? Argument { get; }

    public bool Delegate { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitYieldExpression(this);

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, Argument);
}
