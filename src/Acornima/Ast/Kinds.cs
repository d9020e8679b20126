namespace Acornima.Ast;

/// <summary>The keyword of a variable declaration.</summary>
public enum VariableDeclarationKind
{
    Unknown = 0,
    Var = 1,
    Let = 2,
    Const = 3,
    Using = 4,
    AwaitUsing = 5,
}

/// <summary>What a member of an object literal, object pattern or class is.</summary>
public enum PropertyKind
{
    Unknown = 0,
    Init = 1,
    Get = 2,
    Set = 3,
    Constructor = 4,
    Method = 5,
    Property = 6,
}

/// <summary>The phase in which an import leaves the requested module.</summary>
public enum ImportPhase
{
    Evaluation = 0,
    Source = 1,
    Defer = 2,
}
