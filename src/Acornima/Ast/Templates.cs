namespace Acornima.Ast;

/// <summary>The text between two substitutions of a template.</summary>
public sealed class TemplateElement : Node
{
    public TemplateElement(TemplateValue value, bool tail) : base(NodeType.TemplateElement)
    {
        Value = value;
        Tail = tail;
    }

    public TemplateValue Value { get; }

    public bool Tail { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitTemplateElement(this);
}

/// <summary>A tagged template expression.</summary>
public sealed class TaggedTemplateExpression : Expression
{
    public TaggedTemplateExpression(Expression tag, TemplateLiteral quasi) : base(NodeType.TaggedTemplateExpression)
    {
        Tag = tag;
        Quasi = quasi;
    }

    public Expression Tag { get; }

    public TemplateLiteral Quasi { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitTaggedTemplateExpression(this);

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, Tag, Quasi);
}

/// <summary>A template; there is one more text than there are substitutions.</summary>
public sealed class TemplateLiteral : Expression
{
    private readonly NodeList<TemplateElement> _quasis;
    private readonly NodeList<Expression> _expressions;

    public TemplateLiteral(in NodeList<TemplateElement> quasis, in NodeList<Expression> expressions) : base(NodeType.TemplateLiteral)
    {
        _quasis = quasis;
        _expressions = expressions;
    }

    public ref readonly NodeList<TemplateElement> Quasis => ref _quasis;

    public ref readonly NodeList<Expression> Expressions => ref _expressions;

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitTemplateLiteral(this);

    internal override Node? NextChild(ref int cursor)
    {
        var index = cursor >> 1;
        if ((cursor & 1) == 0)
        {
            if (index >= _quasis.Count)
            {
                return null;
            }

            cursor++;
            return _quasis[index];
        }

        if (index >= _expressions.Count)
        {
            return null;
        }

        cursor++;
        return _expressions[index];
    }
}
