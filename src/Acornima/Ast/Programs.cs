namespace Acornima.Ast;

/// <summary>A whole source text.</summary>
public abstract class Program : Node
{
    private readonly NodeList<Statement> _body;

    private protected Program(SourceType sourceType, in NodeList<Statement> body) : base(NodeType.Program)
    {
        SourceType = sourceType;
        _body = body;
    }

    public SourceType SourceType { get; }

    public ref readonly NodeList<Statement> Body => ref _body;

    public abstract bool Strict { get; }

    internal override Node? NextChild(ref int cursor) => Children.Next(ref cursor, in _body);
}

/// <summary>A script.</summary>
public sealed class Script : Program
{
    public Script(in NodeList<Statement> body, bool strict) : base(SourceType.Script, in body)
    {
        Strict = strict;
    }

    public override bool Strict { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitProgram(this);
}

/// <summary>A module.</summary>
public sealed class Module : Program
{
    public Module(in NodeList<Statement> body) : base(SourceType.Module, in body)
    {
    }

    public override bool Strict => true;

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitProgram(this);
}
