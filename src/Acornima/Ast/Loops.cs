namespace Acornima.Ast;

/// <summary>A do while statement.</summary>
public sealed class DoWhileStatement : Statement
{
    public DoWhileStatement(Statement body, Expression test) : base(NodeType.DoWhileStatement)
    {
        Body = body;
        Test = test;
    }

    public Statement Body { get; }

    public Expression Test { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitDoWhileStatement(this);

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, Body, Test);
}

/// <summary>A for in statement.</summary>
public sealed class ForInStatement : Statement
{
    public ForInStatement(Node left, Expression right, Statement body) : base(NodeType.ForInStatement)
    {
        Left = left;
        Right = right;
        Body = body;
    }

    public Node Left { get; }

    public Expression Right { get; }

    public Statement Body { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitForInStatement(this);

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, Left, Right, Body);
}

/// <summary>A `for…of` or `for await…of` statement.</summary>
public sealed class ForOfStatement : Statement
{
    public ForOfStatement(Node left, Expression right, Statement body, bool await) : base(NodeType.ForOfStatement)
    {
        Left = left;
        Right = right;
        Body = body;
        Await = await;
    }

    public Node Left { get; }

    public Expression Right { get; }

    public Statement Body { get; }

    public bool Await { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitForOfStatement(this);

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, Left, Right, Body);
}

/// <summary>A for statement.</summary>
public sealed class ForStatement : Statement
{
    public ForStatement(StatementOrExpression? init, Expression? test, Expression? update, Statement body) : base(NodeType.ForStatement)
    {
        Init = init;
        Test = test;
        Update = update;
        Body = body;
    }

    public StatementOrExpression? Init { get; }

    public Expression? Test { get; }

    public Expression? Update { get; }

    public Statement Body { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitForStatement(this);

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, Init, Test, Update, Body);
}

/// <summary>A while statement.</summary>
public sealed class WhileStatement : Statement
{
    public WhileStatement(Expression test, Statement body) : base(NodeType.WhileStatement)
    {
        Test = test;
        Body = body;
    }

    public Expression Test { get; }

    public Statement Body { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitWhileStatement(this);

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, Test, Body);
}
