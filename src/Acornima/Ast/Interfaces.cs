namespace Acornima.Ast;

/// <summary>A function declaration, a function expression or an arrow function.</summary>
public interface IFunction : INode
{
    Identifier? Id { get; }

    ref readonly NodeList<Node> Params { get; }

    /// <summary>A <see cref="FunctionBody"/>, or for a concise arrow function the expression.</summary>
    StatementOrExpression Body { get; }

    bool Generator { get; }

    bool Expression { get; }

    bool Async { get; }
}

/// <summary>A class declaration or a class expression.</summary>
public interface IClass : INode
{
    Identifier? Id { get; }

    Expression? SuperClass { get; }

    ClassBody Body { get; }

    ref readonly NodeList<Decorator> Decorators { get; }
}

/// <summary>A member of a class body.</summary>
public interface IClassElement : INode
{
    bool Static { get; }
}

/// <summary>A member of an object literal, of an object pattern or of a class, with a key.</summary>
public interface IProperty : INode
{
    PropertyKind Kind { get; }

    Expression Key { get; }

    bool Computed { get; }

    Node? Value { get; }
}

/// <summary>A link of an optional chain.</summary>
public interface IChainElement : INode
{
    bool Optional { get; }
}
