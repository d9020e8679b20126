namespace Acornima.Ast;

/// <summary>An export declaration.</summary>
public abstract class ExportDeclaration : Declaration
{
    private protected ExportDeclaration(NodeType type) : base(type)
    {
    }
}

/// <summary>`export * from`, or with a name `export * as name from`.</summary>
public sealed class ExportAllDeclaration : ExportDeclaration
{
    private readonly NodeList<ImportAttribute> _attributes;

    public ExportAllDeclaration(Expression? exported, StringLiteral source, in NodeList<ImportAttribute> attributes) : base(NodeType.ExportAllDeclaration)
    {
        Exported = exported;
        Source = source;
        _attributes = attributes;
    }

    public Expression? Exported { get; }

    public StringLiteral Source { get; }

    public ref readonly NodeList<ImportAttribute> Attributes => ref _attributes;

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitExportAllDeclaration(this);

    internal override Node? NextChild(ref int cursor)
    {
        if (cursor < 2 && Children.Next(ref cursor, Exported, Source) is { } head)
        {
            return head;
        }

        return Children.Next(ref cursor, in _attributes, 2);
    }
}

/// <summary>An export default declaration.</summary>
public sealed class ExportDefaultDeclaration : ExportDeclaration
{
    public ExportDefaultDeclaration(StatementOrExpression declaration) : base(NodeType.ExportDefaultDeclaration)
    {
        Declaration = declaration;
    }

    public StatementOrExpression Declaration { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitExportDefaultDeclaration(this);

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, Declaration);
}

/// <summary>An export named declaration.</summary>
public sealed class ExportNamedDeclaration : ExportDeclaration
{
    private readonly NodeList<ExportSpecifier> _specifiers;
    private readonly NodeList<ImportAttribute> _attributes;

    public ExportNamedDeclaration(Declaration? declaration, in NodeList<ExportSpecifier> specifiers, StringLiteral? source, in NodeList<ImportAttribute> attributes) : base(NodeType.ExportNamedDeclaration)
    {
        Declaration = declaration;
        _specifiers = specifiers;
        Source = source;
        _attributes = attributes;
    }

    public Declaration? Declaration { get; }

    public ref readonly NodeList<ExportSpecifier> Specifiers => ref _specifiers;

    public StringLiteral? Source { get; }

    public ref readonly NodeList<ImportAttribute> Attributes => ref _attributes;

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitExportNamedDeclaration(this);

    internal override Node? NextChild(ref int cursor)
    {
        if (cursor < 1 && Children.Next(ref cursor, Declaration) is { } declaration)
        {
            return declaration;
        }

        if (cursor < 1 + _specifiers.Count && Children.Next(ref cursor, in _specifiers, 1) is { } specifier)
        {
            return specifier;
        }

        if (cursor == 1 + _specifiers.Count)
        {
            cursor++;
            if (Source is not null)
            {
                return Source;
            }
        }

        return Children.Next(ref cursor, in _attributes, _specifiers.Count + 2);
    }
}

/// <summary>A named export.</summary>
public sealed class ExportSpecifier : Node
{
    public ExportSpecifier(Expression local, Expression exported) : base(NodeType.ExportSpecifier)
    {
        Local = local;
        Exported = exported;
    }

    /// <summary>An <see cref="Identifier"/>, or in a re-export possibly a <see cref="StringLiteral"/>.</summary>
    public Expression Local { get; }

    /// <summary>An <see cref="Identifier"/> or a <see cref="StringLiteral"/>; without `as` the same node as the local name.</summary>
    public Expression Exported { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitExportSpecifier(this);

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, Local, ReferenceEquals(Exported, Local) ? null : Exported);
}
