using System.Diagnostics.CodeAnalysis;
using Acornima.Ast;

namespace Acornima;

/// <summary>Receives a complete node.</summary>
public delegate void OnNodeHandler(Node node, in OnNodeContext context);

/// <summary>What is known about a node at the time it is complete.</summary>
public readonly struct OnNodeContext
{
    private readonly ScopeRecord? _scope;

    internal OnNodeContext(string input, ScopeRecord? scope)
    {
        Input = input;
        _scope = scope;
    }

    /// <summary>The whole source text.</summary>
    public string Input { get; }

    /// <summary>Whether the node closes a scope.</summary>
    public bool HasScope => _scope is not null;

    /// <summary>The scope that the node closes; valid during the call.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public ref readonly Scope Scope
    {
        get
        {
            if (_scope is null)
            {
                ThrowNoScope();
            }

            return ref _scope.Scope;
        }
    }

    [DoesNotReturn]
    private static void ThrowNoScope() => throw new InvalidOperationException("The node closes no scope.");
}
