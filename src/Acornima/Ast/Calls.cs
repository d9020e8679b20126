namespace Acornima.Ast;

/// <summary>A call expression.</summary>
public sealed class CallExpression : Expression, IChainElement
{
    private readonly NodeList<Expression> _arguments;

    public CallExpression(Expression callee, in NodeList<Expression> arguments, bool optional) : base(NodeType.CallExpression)
    {
        Callee = callee;
        _arguments = arguments;
        Optional = optional;
    }

    public Expression Callee { get; }

    public ref readonly NodeList<Expression> Arguments => ref _arguments;

    public bool Optional { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitCallExpression(this);

    internal override Node? NextChild(ref int cursor)
    {
        if (cursor < 1 && Children.Next(ref cursor, Callee) is { } head)
        {
            return head;
        }

        return Children.Next(ref cursor, in _arguments, 1);
    }
}

/// <summary>A chain expression.</summary>
public sealed class ChainExpression : Expression
{
    public ChainExpression(Expression expression) : base(NodeType.ChainExpression)
    {
        Expression = expression;
    }

    public Expression Expression { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitChainExpression(this);

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, Expression);
}

/// <summary>A dynamic import.</summary>
public sealed class ImportExpression : Expression
{
    public ImportExpression(Expression source, Expression? options, ImportPhase phase) : base(NodeType.ImportExpression)
    {
        Source = source;
        Options = options;
        Phase = phase;
    }

    public Expression Source { get; }

    public Expression? Options { get; }

    public ImportPhase Phase { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitImportExpression(this);

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, Source, Options);
}

/// <summary>A member expression.</summary>
public sealed class MemberExpression : Expression, IChainElement
{
    public MemberExpression(Expression @object, Expression property, bool computed, bool optional) : base(NodeType.MemberExpression)
    {
        Object = @object;
        Property = property;
        Computed = computed;
        Optional = optional;
    }

    public Expression Object { get; }

    public Expression Property { get; }

    public bool Computed { get; }

    public bool Optional { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitMemberExpression(this);

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, Object, Property);
}

/// <summary>A new expression.</summary>
public sealed class NewExpression : Expression
{
    private readonly NodeList<Expression> _arguments;

    public NewExpression(Expression callee, in NodeList<Expression> arguments) : base(NodeType.NewExpression)
    {
        Callee = callee;
        _arguments = arguments;
    }

    public Expression Callee { get; }

    public ref readonly NodeList<Expression> Arguments => ref _arguments;

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitNewExpression(this);

    internal override Node? NextChild(ref int cursor)
    {
        if (cursor < 1 && Children.Next(ref cursor, Callee) is { } head)
        {
            return head;
        }

        return Children.Next(ref cursor, in _arguments, 1);
    }
}
