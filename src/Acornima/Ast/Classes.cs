namespace Acornima.Ast;

/// <summary>A class declaration.</summary>
public sealed class ClassDeclaration : Declaration, IClass
{
    private readonly NodeList<Decorator> _decorators;

    public ClassDeclaration(in NodeList<Decorator> decorators, Identifier? id, Expression? superClass, ClassBody body) : base(NodeType.ClassDeclaration)
    {
        _decorators = decorators;
        Id = id;
        SuperClass = superClass;
        Body = body;
    }

    public ref readonly NodeList<Decorator> Decorators => ref _decorators;

    public Identifier? Id { get; }

    public Expression? SuperClass { get; }

    public ClassBody Body { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitClassDeclaration(this);

    internal override Node? NextChild(ref int cursor)
    {
        if (cursor < 0 + _decorators.Count && Children.Next(ref cursor, in _decorators, 0) is { } item)
        {
            return item;
        }

        var rest = cursor - 0 - _decorators.Count;
        var tail = Children.Next(ref rest, Id, SuperClass, Body);
        cursor = rest + 0 + _decorators.Count;
        return tail;
    }
}

/// <summary>A class expression.</summary>
public sealed class ClassExpression : Expression, IClass
{
    private readonly NodeList<Decorator> _decorators;

    public ClassExpression(in NodeList<Decorator> decorators, Identifier? id, Expression? superClass, ClassBody body) : base(NodeType.ClassExpression)
    {
        _decorators = decorators;
        Id = id;
        SuperClass = superClass;
        Body = body;
    }

    public ref readonly NodeList<Decorator> Decorators => ref _decorators;

    public Identifier? Id { get; }

    public Expression? SuperClass { get; }

    public ClassBody Body { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitClassExpression(this);

    internal override Node? NextChild(ref int cursor)
    {
        if (cursor < 0 + _decorators.Count && Children.Next(ref cursor, in _decorators, 0) is { } item)
        {
            return item;
        }

        var rest = cursor - 0 - _decorators.Count;
        var tail = Children.Next(ref rest, Id, SuperClass, Body);
        cursor = rest + 0 + _decorators.Count;
        return tail;
    }
}

/// <summary>A class body.</summary>
public sealed class ClassBody : Node
{
    private readonly NodeList<Node> _body;

    public ClassBody(in NodeList<Node> body) : base(NodeType.ClassBody)
    {
        _body = body;
    }

    public ref readonly NodeList<Node> Body => ref _body;

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitClassBody(this);

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, in _body);
}

/// <summary>A decorator.</summary>
public sealed class Decorator : Node
{
    public Decorator(Expression expression) : base(NodeType.Decorator)
    {
        Expression = expression;
    }

    public Expression Expression { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitDecorator(this);

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, Expression);
}

/// <summary>A name of a class member behind `#`, without the `#`.</summary>
public sealed class PrivateIdentifier : Expression
{
    public PrivateIdentifier(string name) : base(NodeType.PrivateIdentifier)
    {
        Name = name;
    }

    public string Name { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitPrivateIdentifier(this);
}
