namespace Acornima.Ast;

/// <summary>A whole source text.</summary>
public abstract class Program : Node
{
    private readonly NodeList<Statement> _body;

    private protected Program(SourceType sourceType, in NodeList<Statement> body, bool strict) : base(NodeType.Program)
    {
        SourceType = sourceType;
        _body = body;
        Strict = strict;
    }

    public SourceType SourceType { get; }

    public ref readonly NodeList<Statement> Body => ref _body;

    public bool Strict { get; }

    internal override Node? NextChild(ref int cursor) => Children.Next(ref cursor, in _body);
}

/// <summary>A script.</summary>
public sealed class Script : Program
{
    public Script(in NodeList<Statement> body, bool strict) : base(SourceType.Script, in body, strict)
    {
    }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitProgram(this);
}

/// <summary>A module.</summary>
public sealed class Module : Program
{
    public Module(in NodeList<Statement> body) : base(SourceType.Module, in body, strict: true)
    {
    }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitProgram(this);
}
