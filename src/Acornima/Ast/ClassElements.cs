namespace Acornima.Ast;

/// <summary>A member with a key in a class.</summary>
public abstract class ClassProperty : Node, IClassElement, IProperty
{
    private readonly NodeList<Decorator> _decorators;

    private protected ClassProperty(NodeType type, PropertyKind kind, Expression key, bool computed, bool isStatic, in NodeList<Decorator> decorators)
        : base(type)
    {
        Kind = kind;
        Key = key;
        Computed = computed;
        Static = isStatic;
        _decorators = decorators;
    }

    public PropertyKind Kind { get; }

    public Expression Key { get; }

    public bool Computed { get; }

    public bool Static { get; }

    Node? IProperty.Value => GetValue();

    private protected ref readonly NodeList<Decorator> DecoratorList => ref _decorators;

    private protected abstract Node? GetValue();

    internal override Node? NextChild(ref int cursor)
    {
        if (cursor < _decorators.Count)
        {
            return _decorators[cursor++];
        }

        var rest = cursor - _decorators.Count;
        var child = Children.Next(ref rest, Key, GetValue());
        cursor = rest + _decorators.Count;
        return child;
    }
}

/// <summary>A method, a getter, a setter or the constructor of a class.</summary>
public sealed class MethodDefinition : ClassProperty
{
    public MethodDefinition(PropertyKind kind, Expression key, FunctionExpression value, bool computed, bool isStatic, in NodeList<Decorator> decorators)
        : base(NodeType.MethodDefinition, kind, key, computed, isStatic, in decorators)
    {
        Value = value;
    }

    public FunctionExpression Value { get; }

    public ref readonly NodeList<Decorator> Decorators => ref DecoratorList;

    private protected override Node GetValue() => Value;

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitMethodDefinition(this);
}

/// <summary>A field of a class.</summary>
public sealed class PropertyDefinition : ClassProperty
{
    public PropertyDefinition(Expression key, Expression? value, bool computed, bool isStatic, in NodeList<Decorator> decorators)
        : base(NodeType.PropertyDefinition, PropertyKind.Property, key, computed, isStatic, in decorators)
    {
        Value = value;
    }

    public Expression? Value { get; }

    public ref readonly NodeList<Decorator> Decorators => ref DecoratorList;

    private protected override Node? GetValue() => Value;

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitPropertyDefinition(this);
}

/// <summary>An `accessor` field of a class.</summary>
public sealed class AccessorProperty : ClassProperty
{
    public AccessorProperty(Expression key, Expression? value, bool computed, bool isStatic, in NodeList<Decorator> decorators)
        : base(NodeType.AccessorProperty, PropertyKind.Property, key, computed, isStatic, in decorators)
    {
        Value = value;
    }

    public Expression? Value { get; }

    public ref readonly NodeList<Decorator> Decorators => ref DecoratorList;

    private protected override Node? GetValue() => Value;

    protected internal override object? Accept(AstVisitor visitor) => visitor.VisitAccessorProperty(this);
}
