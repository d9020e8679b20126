using Acornima.Ast;

namespace Acornima;

public sealed partial class Parser
{
    private Statement ParseFor(in Marker start)
    {
        _lexer.Next();
        var isAwait = false;
        if (_lexer.Type == TT.Await && !_lexer.Escaped)
        {
            if (!CanAwait)
            {
                Raise(_lexer.Start, Messages.UnexpectedReserved);
            }

            NoteAwait();
            isAwait = true;
            _lexer.Next();
        }

        Expect(TT.ParenL);
        EnterScope(ScopeFlags.None);
        var statement = ParseForHead(start, isAwait);
        ExitScope();
        return statement;
    }

    private Statement ParseForHead(in Marker start, bool isAwait)
    {
        if (_lexer.Type == TT.Semicolon)
        {
            return isAwait ? UnexpectedForAwait() : ParseForRest(start, null);
        }

        var kind = ForDeclarationKind();
        if (kind != VariableDeclarationKind.Unknown)
        {
            var declarationStart = Marker.From(_lexer);
            if (kind == VariableDeclarationKind.AwaitUsing)
            {
                NoteAwait();
                _lexer.Next();
            }

            var declaration = ParseVariableDeclaration(kind, noIn: true, isFor: true);
            Finish(declaration, declarationStart);
            if ((_lexer.Type == TT.In && !isAwait) || IsWord(TT.Of))
            {
                CheckForDeclaration(declaration);
                return ParseForEach(start, declaration, isAwait);
            }

            return isAwait ? UnexpectedForAwait() : ParseForRest(start, declaration);
        }

        return ParseForExpression(start, isAwait);
    }

    private Statement ParseForExpression(in Marker start, bool isAwait)
    {
        var startsWithLet = IsWord(TT.Let);
        var startsWithAsync = IsWord(TT.Async);
        var initStart = _lexer.Start;
        var cover = default(CoverErrors);
        var init = ParseExpression(noIn: true, ref cover);
        var isOf = IsWord(TT.Of);
        if (isOf || (_lexer.Type == TT.In && !isAwait))
        {
            if (isOf && startsWithLet)
            {
                Raise(initStart, Messages.ForOfLet);
            }

            if (isOf && !isAwait && startsWithAsync && init is Identifier { IsParenthesized: false })
            {
                Raise(initStart, Messages.ForOfAsync);
            }

            if (init is AssignmentExpression)
            {
                Raise(initStart, Messages.InvalidForTarget);
            }

            var target = ToPattern(
                init,
                binding: false,
                init is ObjectExpression or ArrayExpression ? Messages.InvalidDestructuringTarget : Messages.InvalidForTarget);
            return ParseForEach(start, target, isAwait);
        }

        ThrowIfAny(in cover);
        return isAwait ? UnexpectedForAwait() : ParseForRest(start, init);
    }

    private Statement UnexpectedForAwait()
    {
        Unexpected();
        return null;
    }

    private VariableDeclarationKind ForDeclarationKind() => _lexer.Type switch
    {
        TT.Var => VariableDeclarationKind.Var,
        TT.Const => VariableDeclarationKind.Const,
        TT.Let when !_lexer.Escaped && IsLetDeclarationInFor() => VariableDeclarationKind.Let,
        TT.Using when !_lexer.Escaped && IsUsingDeclaration(isFor: true) => VariableDeclarationKind.Using,
        TT.Await when !_lexer.Escaped && CanAwait && IsAwaitUsingDeclaration() => VariableDeclarationKind.AwaitUsing,
        _ => VariableDeclarationKind.Unknown,
    };

    private bool IsLetDeclarationInFor()
    {
        var snapshot = _lexer.Save();
        _lexer.Next();
        var result = _lexer.Type is TT.BracketL or TT.BraceL || _lexer.Type.IsIdentifier();
        if (IsWord(TT.Of))
        {
            // `for (let of …` is an error, except where `of` is the name declared.
            _lexer.Next();
            result = _lexer.Type is TT.Assign or TT.Semicolon or TT.Comma or TT.In || IsWord(TT.Of);
        }

        _lexer.Restore(in snapshot);
        return result;
    }

    private void CheckForDeclaration(VariableDeclaration declaration)
    {
        var isOf = _lexer.Type != TT.In;
        var loop = isOf ? "for-of" : "for-in";
        if (declaration.Declarations.Count != 1)
        {
            Raise(declaration.Declarations[0].Start, Messages.ForSingleBinding(loop));
        }

        if (!isOf && declaration.Kind >= VariableDeclarationKind.Using)
        {
            Unexpected();
        }

        // Annex B.3.5 still allows `for (var x = 1 in …)`.
        var declarator = declaration.Declarations[0];
        if (declarator.Init is not null
            && (isOf || _strict || declaration.Kind != VariableDeclarationKind.Var || declarator.Id is not Identifier))
        {
            Raise(declarator.Start, Messages.ForInitializer(loop));
        }
    }

    private ForStatement ParseForRest(in Marker start, StatementOrExpression? init)
    {
        Expect(TT.Semicolon);
        var test = _lexer.Type == TT.Semicolon ? null : ParseExpression();
        Expect(TT.Semicolon);
        var update = _lexer.Type == TT.ParenR ? null : ParseExpression();
        Expect(TT.ParenR);
        var body = ParseLoopBody();
        return Finish(new ForStatement(init, test, update, body), start, CurrentScope);
    }

    private Statement ParseForEach(in Marker start, Node left, bool isAwait)
    {
        var isIn = _lexer.Type == TT.In;
        _lexer.Next();
        var right = isIn ? ParseExpression() : ParseAssignment();
        Expect(TT.ParenR);
        var body = ParseLoopBody();
        return isIn
            ? Finish(new ForInStatement(left, right, body), start, CurrentScope)
            : Finish(new ForOfStatement(left, right, body, isAwait), start, CurrentScope);
    }
}
