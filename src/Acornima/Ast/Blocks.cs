namespace Acornima.Ast;

/// <summary>A list of statements in braces.</summary>
public abstract class BlockStatement : Statement
{
    private readonly NodeList<Statement> _body;

    private protected BlockStatement(NodeType type, in NodeList<Statement> body) : base(type)
    {
        _body = body;
    }

    public ref readonly NodeList<Statement> Body => ref _body;

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, in _body);
}

/// <summary>A block in statement position.</summary>
public sealed class NestedBlockStatement : BlockStatement
{
    public NestedBlockStatement(in NodeList<Statement> body) : base(NodeType.BlockStatement, in body)
    {
    }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitBlockStatement(this);
}

/// <summary>The statements of a function.</summary>
public sealed class FunctionBody : BlockStatement
{
    public FunctionBody(in NodeList<Statement> body, bool strict) : base(NodeType.BlockStatement, in body)
    {
        Strict = strict;
    }

    public bool Strict { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitFunctionBody(this);
}

/// <summary>A static initialisation block of a class.</summary>
public sealed class StaticBlock : BlockStatement, IClassElement
{
    public StaticBlock(in NodeList<Statement> body) : base(NodeType.StaticBlock, in body)
    {
    }

    bool IClassElement.Static => true;

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitStaticBlock(this);
}
