namespace Acornima.Ast;

/// <summary>A debugger statement.</summary>
public sealed class DebuggerStatement : Statement
{
    public DebuggerStatement() : base(NodeType.DebuggerStatement)
    {
    }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitDebuggerStatement(this);
}

/// <summary>An empty statement.</summary>
public sealed class EmptyStatement : Statement
{
    public EmptyStatement() : base(NodeType.EmptyStatement)
    {
    }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitEmptyStatement(this);
}

/// <summary>An expression in statement position.</summary>
public abstract class ExpressionStatement : Statement
{
    private protected ExpressionStatement(NodeType type, Expression expression) : base(type)
    {
        Expression = expression;
    }

    public Expression Expression { get; }

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, Expression);
}

/// <summary>A non special expression statement.</summary>
public sealed class NonSpecialExpressionStatement : ExpressionStatement
{
    public NonSpecialExpressionStatement(Expression expression) : base(NodeType.ExpressionStatement, expression)
    {
    }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitExpressionStatement(this);
}

/// <summary>A string literal statement of a directive prologue.</summary>
public sealed class Directive : ExpressionStatement
{
    public Directive(Expression expression, string value) : base(NodeType.ExpressionStatement, expression)
    {
        Value = value;
    }

    public string Value { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitDirective(this);
}

/// <summary>A with statement.</summary>
public sealed class WithStatement : Statement
{
    public WithStatement(Expression @object, Statement body) : base(NodeType.WithStatement)
    {
        Object = @object;
        Body = body;
    }

    public Expression Object { get; }

    public Statement Body { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitWithStatement(this);

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, Object, Body);
}
