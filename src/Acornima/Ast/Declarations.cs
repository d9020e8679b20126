namespace Acornima.Ast;

/// <summary>A variable declaration.</summary>
public sealed class VariableDeclaration : Declaration
{
    private readonly NodeList<VariableDeclarator> _declarations;

    public VariableDeclaration(VariableDeclarationKind kind, in NodeList<VariableDeclarator> declarations) : base(NodeType.VariableDeclaration)
    {
        Kind = kind;
        _declarations = declarations;
    }

    public VariableDeclarationKind Kind { get; }

    public ref readonly NodeList<VariableDeclarator> Declarations => ref _declarations;

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitVariableDeclaration(this);

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, in _declarations);
}

/// <summary>A variable declarator.</summary>
public sealed class VariableDeclarator : Node
{
    public VariableDeclarator(Node id, Expression? init) : base(NodeType.VariableDeclarator)
    {
        Id = id;
        Init = init;
    }

    public Node Id { get; }

    public Expression? Init { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitVariableDeclarator(this);

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, Id, Init);
}
