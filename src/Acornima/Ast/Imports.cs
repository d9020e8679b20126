namespace Acornima.Ast;

/// <summary>An import declaration.</summary>
public sealed class ImportDeclaration : Declaration
{
    private readonly NodeList<ImportDeclarationSpecifier> _specifiers;
    private readonly NodeList<ImportAttribute> _attributes;

    public ImportDeclaration(in NodeList<ImportDeclarationSpecifier> specifiers, StringLiteral source, in NodeList<ImportAttribute> attributes, ImportPhase phase) : base(NodeType.ImportDeclaration)
    {
        _specifiers = specifiers;
        Source = source;
        _attributes = attributes;
        Phase = phase;
    }

    public ref readonly NodeList<ImportDeclarationSpecifier> Specifiers => ref _specifiers;

    public StringLiteral Source { get; }

    public ref readonly NodeList<ImportAttribute> Attributes => ref _attributes;

    public ImportPhase Phase { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitImportDeclaration(this);

    internal override Node? NextChild(ref int cursor)
    {
        if (cursor < _specifiers.Count && Children.Next(ref cursor, in _specifiers) is { } specifier)
        {
            return specifier;
        }

        if (cursor == _specifiers.Count)
        {
            cursor++;
            return Source;
        }

        return Children.Next(ref cursor, in _attributes, _specifiers.Count + 1);
    }
}

/// <summary>An import attribute.</summary>
public sealed class ImportAttribute : Node
{
    public ImportAttribute(Expression key, StringLiteral value) : base(NodeType.ImportAttribute)
    {
        Key = key;
        Value = value;
    }

    public Expression Key { get; }

    public StringLiteral Value { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitImportAttribute(this);

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, Key, Value);
}

/// <summary>What an import declaration binds.</summary>
public abstract class ImportDeclarationSpecifier : Node
{
    private protected ImportDeclarationSpecifier(NodeType type, Identifier local) : base(type)
    {
        Local = local;
    }

    public Identifier Local { get; }

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, Local);
}

/// <summary>An import default specifier.</summary>
public sealed class ImportDefaultSpecifier : ImportDeclarationSpecifier
{
    public ImportDefaultSpecifier(Identifier local) : base(NodeType.ImportDefaultSpecifier, local)
    {
    }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitImportDefaultSpecifier(this);
}

/// <summary>An import namespace specifier.</summary>
public sealed class ImportNamespaceSpecifier : ImportDeclarationSpecifier
{
    public ImportNamespaceSpecifier(Identifier local) : base(NodeType.ImportNamespaceSpecifier, local)
    {
    }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitImportNamespaceSpecifier(this);
}

/// <summary>A named import.</summary>
public sealed class ImportSpecifier : ImportDeclarationSpecifier
{
    public ImportSpecifier(Expression imported, Identifier local) : base(NodeType.ImportSpecifier, local)
    {
        Imported = imported;
    }

    /// <summary>An <see cref="Identifier"/> or a <see cref="StringLiteral"/>; without `as` the same node as the local name.</summary>
    public Expression Imported { get; }

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitImportSpecifier(this);

    internal override Node? NextChild(ref int cursor)
        => Children.Next(ref cursor, ReferenceEquals(Imported, Local) ? null : Imported, Local);
}
