using Acornima.Ast;

namespace Acornima;

public sealed partial class Parser
{
    private ScopeRecord[] _scopes = new ScopeRecord[16];
    private int _depth;

    private ScopeRecord CurrentScope => _scopes[_depth - 1];

    private ScopeFlags VarScopeFlags => _scopes[CurrentScope.VarScope].Flags;

    private ScopeFlags ThisScopeFlags => _scopes[CurrentScope.ThisScope].Flags;

    private bool InFunction => (VarScopeFlags & ScopeFlags.Function) != 0;

    private bool InGenerator => (VarScopeFlags & ScopeFlags.Generator) != 0;

    private bool InAsync => (VarScopeFlags & ScopeFlags.Async) != 0;

    private bool InStaticBlock => (VarScopeFlags & ScopeFlags.StaticBlock) != 0;

    private bool CanAwait
    {
        get
        {
            var flags = VarScopeFlags;
            return (flags & ScopeFlags.Async) != 0
                || ((flags & ScopeFlags.Top) != 0 && (_module || Options.AllowAwaitOutsideFunction));
        }
    }

    private void EnterScope(ScopeFlags flags)
    {
        if (_depth == _scopes.Length)
        {
            Array.Resize(ref _scopes, _depth * 2);
        }

        var scope = _scopes[_depth] ??= new ScopeRecord();
        scope.Reset(flags);
        scope.VarScope = (flags & (ScopeFlags.VarScope | ScopeFlags.FieldInitializer)) != 0 ? _depth : CurrentScope.VarScope;
        scope.ThisScope = (flags & (ScopeFlags.VarScope | ScopeFlags.FieldInitializer)) != 0 && (flags & ScopeFlags.Arrow) == 0
            ? _depth
            : CurrentScope.ThisScope;
        _depth++;
    }

    private void ExitScope() => _depth--;

    /// <summary>Whether function declarations directly in the scope behave like `var`.</summary>
    private bool FunctionsAreVars(ScopeRecord scope)
        => (scope.Flags & (ScopeFlags.Function | ScopeFlags.StaticBlock)) != 0 || ((scope.Flags & ScopeFlags.Top) != 0 && !_module);

    private void DeclareVar(Identifier identifier)
    {
        var name = identifier.Name;
        for (var i = _depth - 1; ; i--)
        {
            var scope = _scopes[i];
            var kinds = scope.Find(name);
            var isCatchParameter = (scope.Flags & ScopeFlags.SimpleCatch) != 0 && ReferenceEquals(scope.Lexicals[0].Name, name);
            if (((kinds & BindingKinds.Lexical) != 0 && !isCatchParameter)
                || ((kinds & BindingKinds.Function) != 0 && !FunctionsAreVars(scope)))
            {
                Raise(identifier.Start, Messages.Redeclared(name));
            }

            if ((kinds & BindingKinds.Var) == 0)
            {
                scope.Add(BindingKinds.Var, identifier);
            }

            if ((scope.Flags & ScopeFlags.VarScope) != 0)
            {
                return;
            }
        }
    }

    private void DeclareLexical(Identifier identifier)
    {
        if (CurrentScope.Find(identifier.Name) != BindingKinds.None)
        {
            Raise(identifier.Start, Messages.Redeclared(identifier.Name));
        }

        CurrentScope.Add(BindingKinds.Lexical, identifier);
    }

    private void DeclareFunction(Identifier identifier, bool plain)
    {
        var scope = CurrentScope;
        if (FunctionsAreVars(scope))
        {
            if ((scope.Find(identifier.Name) & BindingKinds.Lexical) != 0)
            {
                Raise(identifier.Start, Messages.Redeclared(identifier.Name));
            }

            scope.Add(BindingKinds.Function, identifier);
        }
        else if (_strict || !plain)
        {
            DeclareLexical(identifier);
        }
        else
        {
            // Annex B.3.2 lets a sloppy block repeat a function declaration.
            if ((scope.Find(identifier.Name) & (BindingKinds.Lexical | BindingKinds.Var)) != 0)
            {
                Raise(identifier.Start, Messages.Redeclared(identifier.Name));
            }

            scope.Add(BindingKinds.Function, identifier);
        }
    }

    private void Declare(BindingUse use, Identifier identifier)
    {
        switch (use)
        {
            case BindingUse.Var:
                DeclareVar(identifier);
                break;
            case BindingUse.Lexical:
                if (identifier.Name == "let")
                {
                    Raise(identifier.Start, Messages.LetAsLexicalName);
                }

                DeclareLexical(identifier);
                break;
            case BindingUse.CatchParameter:
                DeclareLexical(identifier);
                break;
            case BindingUse.Parameter:
                CurrentScope.Add(BindingKinds.Var, identifier);
                break;
            case BindingUse.UniqueParameter:
                if (CurrentScope.Find(identifier.Name) != BindingKinds.None)
                {
                    Raise(identifier.Start, Messages.DuplicateParameter);
                }

                CurrentScope.Add(BindingKinds.Var, identifier);
                break;
        }
    }
}

/// <summary>What a binding pattern binds.</summary>
internal enum BindingUse
{
    None,
    Var,
    Lexical,
    CatchParameter,
    Parameter,
    UniqueParameter,
}
