namespace Acornima.Ast;

/// <summary>A break statement.</summary>
public sealed class BreakStatement : Statement
{
    public BreakStatement(Identifier? label) : base(NodeType.BreakStatement)
    {
        Label = label;
    }

    public Identifier? Label { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitBreakStatement(this);

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, Label);
}

/// <summary>A continue statement.</summary>
public sealed class ContinueStatement : Statement
{
    public ContinueStatement(Identifier? label) : base(NodeType.ContinueStatement)
    {
        Label = label;
    }

    public Identifier? Label { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitContinueStatement(this);

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, Label);
}

/// <summary>An if statement.</summary>
public sealed class IfStatement : Statement
{
    public IfStatement(Expression test, Statement consequent, Statement? alternate) : base(NodeType.IfStatement)
    {
        Test = test;
        Consequent = consequent;
        Alternate = alternate;
    }

    public Expression Test { get; }

    public Statement Consequent { get; }

    public Statement? Alternate { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitIfStatement(this);

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, Test, Consequent, Alternate);
}

/// <summary>A labeled statement.</summary>
public sealed class LabeledStatement : Statement
{
    public LabeledStatement(Identifier label, Statement body) : base(NodeType.LabeledStatement)
    {
        Label = label;
        Body = body;
    }

    public Identifier Label { get; }

    public Statement Body { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitLabeledStatement(this);

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, Label, Body);
}

/// <summary>A return statement.</summary>
public sealed class ReturnStatement : Statement
{
    public ReturnStatement(Expression? argument) : base(NodeType.ReturnStatement)
    {
        Argument = argument;
    }

    public Expression? Argument { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitReturnStatement(this);

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, Argument);
}

/// <summary>A switch statement.</summary>
public sealed class SwitchStatement : Statement
{
    private readonly NodeList<SwitchCase> _cases;

    public SwitchStatement(Expression discriminant, in NodeList<SwitchCase> cases) : base(NodeType.SwitchStatement)
    {
        Discriminant = discriminant;
        _cases = cases;
    }

    public Expression Discriminant { get; }

    public ref readonly NodeList<SwitchCase> Cases => ref _cases;

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitSwitchStatement(this);

    internal override Node? NextChild(ref int cursor)
    {
        if (cursor < 1 && Children.Next(ref cursor, Discriminant) is { } head)
        {
            return head;
        }

        return Children.Next(ref cursor, in _cases, 1);
    }
}

/// <summary>A case of a switch, or without a test its default.</summary>
public sealed class SwitchCase : Node
{
    private readonly NodeList<Statement> _consequent;

    public SwitchCase(Expression? test, in NodeList<Statement> consequent) : base(NodeType.SwitchCase)
    {
        Test = test;
        _consequent = consequent;
    }

    public Expression? Test { get; }

    public ref readonly NodeList<Statement> Consequent => ref _consequent;

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitSwitchCase(this);

    internal override Node? NextChild(ref int cursor)
    {
        if (cursor < 1 && Children.Next(ref cursor, Test) is { } head)
        {
            return head;
        }

        return Children.Next(ref cursor, in _consequent, 1);
    }
}

/// <summary>A throw statement.</summary>
public sealed class ThrowStatement : Statement
{
    public ThrowStatement(Expression argument) : base(NodeType.ThrowStatement)
    {
        Argument = argument;
    }

    public Expression Argument { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitThrowStatement(this);

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, Argument);
}

/// <summary>A try statement.</summary>
public sealed class TryStatement : Statement
{
    public TryStatement(NestedBlockStatement block, CatchClause? handler, NestedBlockStatement? finalizer) : base(NodeType.TryStatement)
    {
        Block = block;
        Handler = handler;
        Finalizer = finalizer;
    }

    public NestedBlockStatement Block { get; }

    public CatchClause? Handler { get; }

    public NestedBlockStatement? Finalizer { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitTryStatement(this);

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, Block, Handler, Finalizer);
}

/// <summary>A catch clause.</summary>
public sealed class CatchClause : Node
{
    public CatchClause(Node? param, NestedBlockStatement body) : base(NodeType.CatchClause)
    {
        Param = param;
        Body = body;
    }

    public Node? Param { get; }

    public NestedBlockStatement Body { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitCatchClause(this);

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, Param, Body);
}
