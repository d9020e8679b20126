using Acornima.Ast;

namespace Acornima;

public sealed partial class Parser
{
    private readonly Stack<PrivateScope> _privateScopes = new();

    // Uses outside of every class.
    private PrivateIdentifier? _freePrivateNames;

    private void EnterPrivateScope() => _privateScopes.Push(new PrivateScope());

    private void ExitPrivateScope()
    {
        var scope = _privateScopes.Pop();
        if (scope.Used is null)
        {
            return;
        }

        foreach (var use in scope.Used)
        {
            if (scope.Declared is not null && scope.Declared.ContainsKey(use.Name))
            {
                continue;
            }

            // A surrounding class may declare it further down.
            if (_privateScopes.TryPeek(out var outer))
            {
                (outer.Used ??= []).Add(use);
            }
            else
            {
                _freePrivateNames ??= use;
            }
        }
    }

    private void CheckPrivateNamesAtTop()
    {
        if (_freePrivateNames is { } name && Options.CheckPrivateFields)
        {
            Raise(name.Start, Messages.UndeclaredPrivate(name.Name));
        }
    }

    private PrivateIdentifier ParsePrivateName(bool declared = false)
    {
        var name = FinishToken(new PrivateIdentifier(_lexer.Value!));
        if (declared)
        {
            return name;
        }

        if (_privateScopes.TryPeek(out var scope))
        {
            (scope.Used ??= []).Add(name);
        }
        else if (Options.CheckPrivateFields)
        {
            Raise(name.Start, Messages.UndeclaredPrivate(name.Name));
        }

        return name;
    }

    private void DeclarePrivateName(PrivateIdentifier identifier, PropertyKind kind, bool isStatic)
    {
        if (identifier.Name == "constructor")
        {
            Raise(identifier.Start, Messages.ConstructorPrivate);
        }

        var declared = _privateScopes.Peek().Declared ??= new Dictionary<string, (PropertyKind, bool)>(StringComparer.Ordinal);
        if (!declared.TryGetValue(identifier.Name, out var other))
        {
            declared.Add(identifier.Name, (kind, isStatic));
            return;
        }

        // Only a getter and a setter of the same placement share a name.
        var pair = (kind, other.Kind) is (PropertyKind.Get, PropertyKind.Set) or (PropertyKind.Set, PropertyKind.Get);
        if (!pair || other.IsStatic != isStatic)
        {
            Raise(identifier.Start, Messages.Redeclared("#" + identifier.Name));
        }

        declared[identifier.Name] = (PropertyKind.Unknown, isStatic);
    }

    private sealed class PrivateScope
    {
        public Dictionary<string, (PropertyKind Kind, bool IsStatic)>? Declared;
        public List<PrivateIdentifier>? Used;
    }
}
