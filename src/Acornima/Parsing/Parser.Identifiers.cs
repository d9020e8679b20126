using Acornima.Ast;

namespace Acornima;

public sealed partial class Parser
{
    // The end of the last `await` that was taken for a name, for the message about it.
    private int _awaitNameEnd = -1;

    /// <summary>Parses an identifier that refers to or declares a binding, and checks that the context allows it.</summary>
    private Identifier ParseIdentifier()
    {
        CheckIdentifier();
        return FinishIdentifier();
    }

    /// <summary>Parses any identifier name, reserved or not.</summary>
    private Identifier ParseIdentifierName()
    {
        if (!_lexer.Type.IsIdentifierName())
        {
            Unexpected();
        }

        return FinishIdentifier();
    }

    private Identifier FinishIdentifier() => FinishToken(new Identifier(_lexer.Value!));

    private void CheckIdentifier()
    {
        var type = _lexer.Type;
        if (type == TT.Identifier)
        {
            return;
        }

        if (!type.IsIdentifier())
        {
            Unexpected();
        }

        switch (type)
        {
            case TT.Await:
                if (_module || InAsync || InStaticBlock)
                {
                    Raise(_lexer.Start, Messages.UnexpectedReserved);
                }

                if (_awaitIdentifierPos == 0)
                {
                    _awaitIdentifierPos = _lexer.Start + 1;
                }

                _awaitNameEnd = _lexer.End;
                break;
            case TT.Yield:
                if (_strict)
                {
                    Raise(_lexer.Start, Messages.UnexpectedStrictReserved);
                }

                if (InGenerator)
                {
                    Unexpected();
                }

                break;
            case TT.Arguments:
                if ((ThisScopeFlags & (ScopeFlags.FieldInitializer | ScopeFlags.StaticBlock)) != 0)
                {
                    Raise(_lexer.Start, Messages.ArgumentsInInitializer);
                }

                break;
            default:
                if (_strict && type.IsStrictReserved())
                {
                    Raise(_lexer.Start, Messages.UnexpectedStrictReserved);
                }

                break;
        }
    }

    /// <summary>Checks a name that was parsed before its code turned out to be strict.</summary>
    private void CheckStrictBinding(Identifier identifier)
    {
        switch (identifier.Name)
        {
            case "eval" or "arguments":
                Raise(identifier.Start, Messages.StrictEvalArguments);
                break;
            case "let" or "static" or "yield" or "implements" or "interface" or "package" or "private" or "protected" or "public":
                Raise(identifier.Start, Messages.UnexpectedStrictReserved);
                break;
        }
    }
}
