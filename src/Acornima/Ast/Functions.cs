namespace Acornima.Ast;

/// <summary>A function declaration.</summary>
public sealed class FunctionDeclaration : Declaration, IFunction
{
    private readonly NodeList<Node> _params;

    public FunctionDeclaration(Identifier? id, in NodeList<Node> @params, FunctionBody body, bool generator, bool async) : base(NodeType.FunctionDeclaration)
    {
        Id = id;
        _params = @params;
        Body = body;
        Generator = generator;
        Async = async;
    }

    public Identifier? Id { get; }

    public ref readonly NodeList<Node> Params => ref _params;

    public FunctionBody Body { get; }

    public bool Generator { get; }

    public bool Async { get; }

    StatementOrExpression IFunction.Body => Body;

    bool IFunction.Expression => false;

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitFunctionDeclaration(this);

    internal override Node? NextChild(ref int cursor)
    {
        if (cursor < 1 && Children.Next(ref cursor, Id) is { } head)
        {
            return head;
        }

        if (cursor < 1 + _params.Count && Children.Next(ref cursor, in _params, 1) is { } item)
        {
            return item;
        }

        var rest = cursor - 1 - _params.Count;
        var tail = Children.Next(ref rest, Body);
        cursor = rest + 1 + _params.Count;
        return tail;
    }
}

/// <summary>A function expression.</summary>
public sealed class FunctionExpression : Expression, IFunction
{
    private readonly NodeList<Node> _params;

    public FunctionExpression(Identifier? id, in NodeList<Node> @params, FunctionBody body, bool generator, bool async) : base(NodeType.FunctionExpression)
    {
        Id = id;
        _params = @params;
        Body = body;
        Generator = generator;
        Async = async;
    }

    public Identifier? Id { get; }

    public ref readonly NodeList<Node> Params => ref _params;

    public FunctionBody Body { get; }

    public bool Generator { get; }

    public bool Async { get; }

    StatementOrExpression IFunction.Body => Body;

    bool IFunction.Expression => false;

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitFunctionExpression(this);

    internal override Node? NextChild(ref int cursor)
    {
        if (cursor < 1 && Children.Next(ref cursor, Id) is { } head)
        {
            return head;
        }

        if (cursor < 1 + _params.Count && Children.Next(ref cursor, in _params, 1) is { } item)
        {
            return item;
        }

        var rest = cursor - 1 - _params.Count;
        var tail = Children.Next(ref rest, Body);
        cursor = rest + 1 + _params.Count;
        return tail;
    }
}

/// <summary>An arrow function expression.</summary>
public sealed class ArrowFunctionExpression : Expression, IFunction
{
    private readonly NodeList<Node> _params;

    public ArrowFunctionExpression(in NodeList<Node> @params, StatementOrExpression body, bool expression, bool async) : base(NodeType.ArrowFunctionExpression)
    {
        _params = @params;
        Body = body;
        Expression = expression;
        Async = async;
    }

    public ref readonly NodeList<Node> Params => ref _params;

    public StatementOrExpression Body { get; }

    public bool Expression { get; }

    public bool Async { get; }

    Identifier? IFunction.Id => null;

    bool IFunction.Generator => false;

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitArrowFunctionExpression(this);

    internal override Node? NextChild(ref int cursor)
    {
        if (cursor < 0 + _params.Count && Children.Next(ref cursor, in _params, 0) is { } item)
        {
            return item;
        }

        var rest = cursor - 0 - _params.Count;
        var tail = Children.Next(ref rest, Body);
        cursor = rest + 0 + _params.Count;
        return tail;
    }
}
