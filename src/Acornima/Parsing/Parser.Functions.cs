using Acornima.Ast;

namespace Acornima;

public sealed partial class Parser
{
    // The first `yield`, `await` or name `await` that may turn out to stand in parameters: offset plus one, 0 for none.
    private int _yieldPos;
    private int _awaitPos;
    private int _awaitIdentifierPos;

    private enum MethodKind
    {
        Method,
        Getter,
        Setter,
        Constructor,
        DerivedConstructor,
    }

    private static ScopeFlags FunctionFlags(bool isAsync, bool isGenerator)
        => ScopeFlags.Function | (isAsync ? ScopeFlags.Async : 0) | (isGenerator ? ScopeFlags.Generator : 0);

    /// <summary>Parses a declaration from `function` on.</summary>
    /// <param name="optionalName">Whether the name may be missing, as after `export default`.</param>
    private FunctionDeclaration ParseFunctionDeclaration(in Marker start, bool isAsync, FunctionPlace place, bool optionalName = false)
    {
        _lexer.Next();
        var isGenerator = false;
        if (_lexer.Type == TT.Star)
        {
            if (place != FunctionPlace.List)
            {
                Raise(_lexer.Start, Messages.GeneratorPlace);
            }

            isGenerator = true;
            _lexer.Next();
        }

        Identifier? id = null;
        if (!optionalName || _lexer.Type != TT.ParenL)
        {
            if (_lexer.Type == TT.ParenL)
            {
                Raise(_lexer.Start, Messages.FunctionName);
            }

            id = ParseIdentifier();
            if (_strict)
            {
                CheckStrictBinding(id);
            }

            DeclareFunction(id, plain: !isAsync && !isGenerator);
        }

        var state = EnterFunction(FunctionFlags(isAsync, isGenerator));
        var parameters = ParseParameters();
        var body = ParseFunctionBody(in parameters, id, uniqueNames: false);
        var function = Finish(new FunctionDeclaration(id, in parameters, body, isGenerator, isAsync), start, CurrentScope);
        LeaveFunction(in state);
        return function;
    }

    private FunctionExpression ParseFunctionExpression(in Marker start, bool isAsync)
    {
        CheckStack();
        _lexer.Next();
        var isGenerator = Eat(TT.Star);
        var state = EnterFunction(FunctionFlags(isAsync, isGenerator));
        Identifier? id = null;
        if (_lexer.Type != TT.ParenL)
        {
            if (isAsync && _lexer.Type == TT.Await)
            {
                Raise(_lexer.Start, Messages.UnexpectedReserved);
            }

            id = ParseIdentifier();
            if (_strict)
            {
                CheckStrictBinding(id);
            }
        }

        var parameters = ParseParameters();
        var body = ParseFunctionBody(in parameters, id, uniqueNames: false);
        var function = Finish(new FunctionExpression(id, in parameters, body, isGenerator, isAsync), start, CurrentScope);
        LeaveFunction(in state);
        return function;
    }

    /// <summary>Parses a method from its parameters on.</summary>
    private FunctionExpression ParseMethodFunction(MethodKind kind, bool isAsync, bool isGenerator)
    {
        CheckStack();
        var start = Marker.From(_lexer);
        if (_lexer.Type != TT.ParenL)
        {
            Unexpected();
        }

        var flags = FunctionFlags(isAsync, isGenerator) | ScopeFlags.SuperProperty;
        if (kind == MethodKind.DerivedConstructor)
        {
            flags |= ScopeFlags.SuperCall;
        }

        var state = EnterFunction(flags);
        var parameters = ParseParameters();
        if (kind == MethodKind.Getter && parameters.Count != 0)
        {
            Raise(start.Index, Messages.GetterParameters);
        }
        else if (kind == MethodKind.Setter)
        {
            if (parameters.Count != 1)
            {
                Raise(start.Index, Messages.SetterParameters);
            }

            if (parameters[0] is RestElement)
            {
                Raise(start.Index, Messages.SetterRest);
            }
        }

        var body = ParseFunctionBody(in parameters, id: null, uniqueNames: true);
        var function = Finish(new FunctionExpression(null, in parameters, body, isGenerator, isAsync), start, CurrentScope);
        LeaveFunction(in state);
        return function;
    }

    private NodeList<Node> ParseParameters()
    {
        Expect(TT.ParenL);
        var parameters = default(ListBuilder<Node>);
        while (_lexer.Type != TT.ParenR)
        {
            if (_lexer.Type == TT.Ellipsis)
            {
                parameters.Add(ParseBindingRest(allowPattern: true));
                if (_lexer.Type == TT.Assign)
                {
                    Raise(_lexer.Start, Messages.RestInitializer);
                }

                if (_lexer.Type == TT.Comma)
                {
                    Raise(_lexer.Start, Messages.RestParameterNotLast);
                }

                break;
            }

            parameters.Add(ParseBindingElement());
            if (_lexer.Type != TT.ParenR)
            {
                if (_lexer.Type != TT.Comma)
                {
                    Raise(_lexer.Start, _lexer.Type == TT.EndOfFile ? Messages.UnexpectedEnd : Messages.MissingParenAfterParameters);
                }

                _lexer.Next();
            }
        }

        Expect(TT.ParenR);
        CheckParameterSuspensions();
        return parameters.ToNodeList();
    }

    private void CheckParameterSuspensions()
    {
        if (_yieldPos != 0 && (_awaitPos == 0 || _yieldPos < _awaitPos))
        {
            Raise(_yieldPos - 1, Messages.YieldInParameter);
        }

        if (_awaitPos != 0)
        {
            Raise(_awaitPos - 1, Messages.AwaitInParameter);
        }
    }

    /// <summary>Parses an arrow function from `=>` on.</summary>
    /// <param name="noIn">Whether `in` ends a concise body, as in the head of a for loop.</param>
    private ArrowFunctionExpression ParseArrow(in Marker start, in NodeList<Expression> items, bool isAsync, bool noIn)
    {
        var state = EnterFunction(FunctionFlags(isAsync, isGenerator: false) | ScopeFlags.Arrow);
        var converted = default(ListBuilder<Node>);
        foreach (var item in items)
        {
            converted.Add(item is SpreadElement spread ? ToParameterRest(spread) : ToPattern(item, binding: true));
        }

        var parameters = converted.ToNodeList();
        _lexer.Next();
        ArrowFunctionExpression arrow;
        if (_lexer.Type == TT.BraceL)
        {
            var body = ParseFunctionBody(in parameters, id: null, uniqueNames: true);
            arrow = new ArrowFunctionExpression(in parameters, body, expression: false, isAsync);
        }
        else
        {
            DeclareParameters(in parameters, unique: true);
            var body = ParseAssignment(noIn);
            arrow = new ArrowFunctionExpression(in parameters, body, expression: true, isAsync);
        }

        Finish(arrow, start, CurrentScope);
        LeaveFunction(in state);
        return arrow;
    }

    private RestElement ToParameterRest(SpreadElement spread)
    {
        if (spread._trailingComma != 0)
        {
            Raise(spread._trailingComma - 1, Messages.RestParameterNotLast);
        }

        if (spread.Argument is AssignmentExpression { IsParenthesized: false })
        {
            Raise(spread.Argument.Start, Messages.RestInitializer);
        }

        return FinishLike(new RestElement(ToPattern(spread.Argument, binding: true)), spread);
    }

    private FunctionBody ParseFunctionBody(in NodeList<Node> parameters, Identifier? id, bool uniqueNames)
    {
        CheckStack();
        var start = Marker.From(_lexer);
        if (_lexer.Type != TT.BraceL)
        {
            Unexpected();
        }

        var wasStrict = _strict;
        var simple = IsSimple(in parameters);
        if (FindStrictDirective(isFirstConsumed: false, out var directive))
        {
            if (!simple)
            {
                Raise(directive, Messages.UseStrictNonSimple);
            }

            _strict = true;
        }

        DeclareParameters(in parameters, uniqueNames || _strict || !simple);
        if (id is not null && _strict && !wasStrict)
        {
            CheckStrictBinding(id);
        }

        var labelBase = _labelBase;
        _labelBase = _labels.Count;
        _lexer.Next();
        var statements = default(ListBuilder<Statement>);
        var prologue = true;
        while (_lexer.Type != TT.BraceR)
        {
            if (_lexer.Type == TT.EndOfFile)
            {
                Unexpected();
            }

            statements.Add(ParseStatementListItem(ref prologue, topLevel: false));
        }

        // What follows the body is no longer strict on its account.
        var body = new FunctionBody(statements.ToNodeList(), _strict);
        _strict = wasStrict;
        _labelBase = labelBase;
        _lexer.Next();
        return Finish(body, start);
    }

    private static bool IsSimple(in NodeList<Node> parameters)
    {
        foreach (var parameter in parameters)
        {
            if (parameter is not Identifier)
            {
                return false;
            }
        }

        return true;
    }

    private void DeclareParameters(in NodeList<Node> parameters, bool unique)
    {
        foreach (var parameter in parameters)
        {
            DeclarePattern(parameter, unique ? BindingUse.UniqueParameter : BindingUse.Parameter);
        }
    }

    private FunctionState EnterFunction(ScopeFlags flags)
    {
        var state = new FunctionState(_yieldPos, _awaitPos, _awaitIdentifierPos);
        _yieldPos = _awaitPos = _awaitIdentifierPos = 0;
        EnterScope(flags);
        return state;
    }

    private void LeaveFunction(in FunctionState state)
    {
        ExitScope();
        (_yieldPos, _awaitPos, _awaitIdentifierPos) = (state.YieldPos, state.AwaitPos, state.AwaitIdentifierPos);
    }

    private readonly record struct FunctionState(int YieldPos, int AwaitPos, int AwaitIdentifierPos);

    /// <summary>
    /// Looks for "use strict" in the directives that follow: strictness already concerns the parameters, which were read
    /// before it. Strings need no second look, since tokens do not depend on strictness.
    /// </summary>
    private bool FindStrictDirective(bool isFirstConsumed, out int index)
    {
        index = -1;
        if (isFirstConsumed ? _lexer.Type != TT.String : _lexer.PeekChar(out _) is not ('"' or '\''))
        {
            return false;
        }

        var snapshot = _lexer.Save();
        if (!isFirstConsumed)
        {
            _lexer.Next();
        }

        var found = false;
        var octal = -1;
        string? octalError = null;
        while (_lexer.Type == TT.String)
        {
            var start = _lexer.Start;
            if (_lexer.StrictError is not null && octal < 0)
            {
                octal = _lexer.StrictErrorIndex;
                octalError = _lexer.StrictError;
            }

            var isStrict = _lexer is { Escaped: false, Value: "use strict" };
            _lexer.Next();
            if (!EndsDirective())
            {
                break;
            }

            if (isStrict)
            {
                found = true;
                index = start;
                break;
            }

            Eat(TT.Semicolon);
        }

        _lexer.Restore(in snapshot);
        if (found && octal >= 0)
        {
            Raise(octal, octalError!);
        }

        return found;
    }

    /// <summary>Whether the string before the current token is a statement of its own.</summary>
    private bool EndsDirective()
    {
        if (_lexer.Type is TT.Semicolon or TT.BraceR or TT.EndOfFile)
        {
            return true;
        }

        if (!_lexer.NewlineBefore)
        {
            return false;
        }

        return _lexer.Type switch
        {
            TT.ParenL or TT.BracketL or TT.Dot or TT.QuestionDot or TT.Question or TT.BackQuote or TT.Comma or TT.Slash => false,
            TT.Increment or TT.Decrement => true,
            var type => type.Precedence() == 0 && !type.IsAssignment(),
        };
    }
}

/// <summary>Where a function declaration stands.</summary>
internal enum FunctionPlace
{
    List,
    Single,
}
