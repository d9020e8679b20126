using Acornima.Ast;

namespace Acornima;

public sealed partial class Parser
{
    /// <summary>Parses a statement or declaration of a list; <paramref name="prologue"/> is kept while only directives came.</summary>
    private Statement ParseStatementListItem(ref bool prologue, bool topLevel)
    {
        if (prologue)
        {
            if (_lexer.Type == TT.String)
            {
                var statement = ParseExpressionStatement(directive: true);
                prologue = statement is Directive;
                return statement;
            }

            prologue = false;
        }

        return ParseStatement(StatementPlace.List, topLevel);
    }

    private Statement ParseStatement(StatementPlace place, bool topLevel = false)
    {
        CheckStack();
        var start = Marker.From(_lexer);
        var type = _lexer.Type;
        switch (type)
        {
            case TT.BraceL:
                return ParseBlock();
            case TT.Semicolon:
                _lexer.Next();
                return Finish(new EmptyStatement(), start);
            case TT.Var:
                return ParseVariableStatement(start, VariableDeclarationKind.Var);
            case TT.Const:
                if (place != StatementPlace.List)
                {
                    Unexpected();
                }

                return ParseVariableStatement(start, VariableDeclarationKind.Const);
            case TT.Function:
                return ParseFunctionStatement(start, place);
            case TT.Class:
                if (place != StatementPlace.List)
                {
                    Unexpected();
                }

                return ParseClassDeclaration(start, default);
            case TT.At when DecoratorsEnabled && place == StatementPlace.List:
                return ParseDecorated(start, topLevel);
            case TT.If:
                return ParseIf(start);
            case TT.For:
                return ParseFor(start);
            case TT.While:
                return ParseWhile(start);
            case TT.Do:
                return ParseDoWhile(start);
            case TT.Return:
                return ParseReturn(start);
            case TT.Break or TT.Continue:
                return ParseBreakOrContinue(start, type == TT.Break);
            case TT.Throw:
                return ParseThrow(start);
            case TT.Try:
                return ParseTry(start);
            case TT.Switch:
                return ParseSwitch(start);
            case TT.With:
                return ParseWith(start);
            case TT.Debugger:
                _lexer.Next();
                ExpectSemicolon();
                return Finish(new DebuggerStatement(), start);
            case TT.Import when _lexer.PeekChar(out _) is not ('(' or '.'):
                if (!_module || !topLevel)
                {
                    Raise(start.Index, Messages.ImportOutsideModule);
                }

                return ParseImport(start);
            case TT.Export:
                if (!_module || !topLevel)
                {
                    Unexpected();
                }

                return ParseExport(start);
        }

        return type.IsIdentifier() ? ParseWordStatement(start, type, place) : ParseExpressionStatement(directive: false);
    }

    /// <summary>Parses what begins with an identifier: a label, an expression, or what only the second token tells.</summary>
    private Statement ParseWordStatement(in Marker start, TT type, StatementPlace place)
    {
        if (!_lexer.Escaped)
        {
            switch (type)
            {
                case TT.Let when IsLetDeclaration(place):
                    if (place != StatementPlace.List)
                    {
                        Raise(start.Index, Messages.LexicalPlace);
                    }

                    return ParseVariableStatement(start, VariableDeclarationKind.Let);
                case TT.Async when IsAsyncFunction():
                    if (place != StatementPlace.List)
                    {
                        Raise(start.Index, Messages.AsyncFunctionPlace);
                    }

                    _lexer.Next();
                    return ParseFunctionDeclaration(start, isAsync: true, FunctionPlace.List);
                case TT.Using when IsUsingDeclaration(isFor: false):
                    CheckUsingPlace(place);
                    return ParseVariableStatement(start, VariableDeclarationKind.Using);
                case TT.Await when CanAwait && IsAwaitUsingDeclaration():
                    CheckUsingPlace(place);
                    NoteAwait();
                    _lexer.Next();
                    return ParseVariableStatement(start, VariableDeclarationKind.AwaitUsing);
            }
        }

        var expression = ParseExpression();
        if (expression is Identifier { IsParenthesized: false } label && _lexer.Type == TT.Colon)
        {
            return ParseLabeled(start, label, place);
        }

        ExpectSemicolon();
        return Finish(new NonSpecialExpressionStatement(expression), start);
    }

    private void NoteAwait()
    {
        if (_awaitPos == 0)
        {
            _awaitPos = _lexer.Start + 1;
        }
    }

    private void CheckUsingPlace(StatementPlace place)
    {
        if (place != StatementPlace.List)
        {
            Raise(_lexer.Start, Messages.LexicalPlace);
        }

        var scope = CurrentScope;
        if (((scope.Flags & ScopeFlags.Top) != 0 && !_module && !Options.AllowTopLevelUsing) || (scope.Flags & ScopeFlags.Switch) != 0)
        {
            Unexpected();
        }
    }

    private bool IsLetDeclaration(StatementPlace place)
    {
        var snapshot = _lexer.Save();
        _lexer.Next();
        var result = _lexer.Type switch
        {
            TT.BracketL => true,
            TT.BraceL => place == StatementPlace.List || !_lexer.NewlineBefore,
            TT.EscapedKeyword => true,
            TT.Let or TT.Yield or TT.Await or TT.Static => place == StatementPlace.List || !_lexer.NewlineBefore,
            var type => type.IsIdentifier() && (place == StatementPlace.List || !_lexer.NewlineBefore),
        };
        _lexer.Restore(in snapshot);
        return result;
    }

    private bool IsAsyncFunction()
    {
        if (_lexer.PeekChar(out var newlineBefore) != 'f' || newlineBefore)
        {
            return false;
        }

        var snapshot = _lexer.Save();
        _lexer.Next();
        var result = _lexer.Type == TT.Function;
        _lexer.Restore(in snapshot);
        return result;
    }

    private bool IsUsingDeclaration(bool isFor)
    {
        if (Options.EcmaVersion < EcmaVersion.ES2026 && Options.EcmaVersion != EcmaVersion.Unknown)
        {
            return false;
        }

        var c = _lexer.PeekChar(out var newlineBefore);
        if (newlineBefore || (c != '\\' && !CharClass.IsIdentifierStart(c) && !char.IsSurrogate(c)))
        {
            return false;
        }

        var snapshot = _lexer.Save();
        _lexer.Next();
        var result = _lexer.Type.IsIdentifier();
        if (result && isFor && IsWord(TT.Of))
        {
            // `for (using of …` iterates with a variable called using; `for (using of = …` declares one called of.
            _lexer.Next();
            result = _lexer.Type is TT.Assign or TT.Semicolon or TT.Colon;
        }

        _lexer.Restore(in snapshot);
        return result;
    }

    private bool IsAwaitUsingDeclaration()
    {
        if (_lexer.PeekChar(out var newlineBefore) != 'u' || newlineBefore)
        {
            return false;
        }

        var snapshot = _lexer.Save();
        _lexer.Next();
        var result = IsWord(TT.Using) && IsUsingDeclaration(isFor: false);
        _lexer.Restore(in snapshot);
        return result;
    }

    private Statement ParseExpressionStatement(bool directive)
    {
        var start = Marker.From(_lexer);
        var expression = ParseExpression();
        var isDirective = directive && expression is StringLiteral { IsParenthesized: false };
        ExpectSemicolon();
        return isDirective
            ? Finish(new Directive(expression, ((StringLiteral)expression).Raw[1..^1]), start)
            : Finish(new NonSpecialExpressionStatement(expression), start);
    }

    private NestedBlockStatement ParseBlock(bool ownScope = true)
    {
        var start = Marker.From(_lexer);
        Expect(TT.BraceL);
        if (ownScope)
        {
            EnterScope(ScopeFlags.None);
        }

        var statements = ParseStatements();
        _lexer.Next();
        var block = Finish(new NestedBlockStatement(in statements), start, ownScope ? CurrentScope : null);
        if (ownScope)
        {
            ExitScope();
        }

        return block;
    }

    /// <summary>Parses statements up to a closing brace.</summary>
    private NodeList<Statement> ParseStatements()
    {
        var statements = default(ListBuilder<Statement>);
        while (_lexer.Type != TT.BraceR)
        {
            if (_lexer.Type == TT.EndOfFile)
            {
                Unexpected();
            }

            statements.Add(ParseStatement(StatementPlace.List));
        }

        return statements.ToNodeList();
    }

    private Statement ParseFunctionStatement(in Marker start, StatementPlace place)
    {
        if (place != StatementPlace.List)
        {
            if (_strict)
            {
                Raise(start.Index, Messages.StrictFunctionPlace);
            }

            if (place is not (StatementPlace.If or StatementPlace.Label))
            {
                Raise(start.Index, Messages.SloppyFunctionPlace);
            }
        }

        return ParseFunctionDeclaration(start, isAsync: false, place == StatementPlace.List ? FunctionPlace.List : FunctionPlace.Single);
    }

    private Statement ParseVariableStatement(in Marker start, VariableDeclarationKind kind)
    {
        var declaration = ParseVariableDeclaration(kind, noIn: false, isFor: false);
        ExpectSemicolon();
        return Finish(declaration, start);
    }

    /// <summary>Parses from the keyword on, without the end of the statement; the caller finishes the node.</summary>
    private VariableDeclaration ParseVariableDeclaration(VariableDeclarationKind kind, bool noIn, bool isFor)
    {
        _lexer.Next();
        var declarators = default(ListBuilder<VariableDeclarator>);
        do
        {
            var start = Marker.From(_lexer);
            if (kind >= VariableDeclarationKind.Using && !_lexer.Type.IsIdentifier())
            {
                Unexpected();
            }

            var id = ParseBindingTarget();
            DeclarePattern(id, kind == VariableDeclarationKind.Var ? BindingUse.Var : BindingUse.Lexical);
            Expression? init = null;
            if (Eat(TT.Assign))
            {
                init = ParseAssignment(noIn);
            }
            else if (!isFor || !(_lexer.Type == TT.In || IsWord(TT.Of)))
            {
                CheckMissingInitializer(id, kind);
            }

            declarators.Add(Finish(new VariableDeclarator(id, init), start));
        }
        while (Eat(TT.Comma));

        return new VariableDeclaration(kind, declarators.ToNodeList());
    }

    private void CheckMissingInitializer(Node id, VariableDeclarationKind kind)
    {
        var message = kind switch
        {
            _ when id is DestructuringPattern => Messages.MissingPatternInitializer,
            VariableDeclarationKind.Const => Messages.MissingConstInitializer,
            VariableDeclarationKind.Using or VariableDeclarationKind.AwaitUsing => Messages.MissingUsingInitializer,
            _ => null,
        };
        if (message is not null)
        {
            Raise(id.Start, message);
        }
    }
}

/// <summary>What a statement is part of.</summary>
internal enum StatementPlace
{
    List,
    If,
    Label,
    Single,
}
