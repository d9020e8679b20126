using Acornima.Ast;

namespace Acornima;

/// <summary>The names that a scope declares, in no particular order. A `var` belongs to every scope it is hoisted through.</summary>
public readonly struct Scope
{
    private readonly ScopeRecord _record;

    internal Scope(ScopeRecord record) => _record = record;

    /// <summary>`var` declarations and parameters.</summary>
    public ReadOnlySpan<Identifier> VarVariables => _record.Vars.AsSpan();

    /// <summary>`let`, `const`, `using`, class, import and catch declarations, and functions where they are scoped like those.</summary>
    public ReadOnlySpan<Identifier> LexicalVariables => _record.Lexicals.AsSpan();

    /// <summary>Function declarations.</summary>
    public ReadOnlySpan<Identifier> Functions => _record.Functions.AsSpan();
}
