using Acornima.Ast;

namespace Acornima;

public sealed partial class Parser
{
    private Expression ParsePrimary(ref CoverErrors cover)
    {
        var type = _lexer.Type;
        if (type.IsIdentifier())
        {
            return type == TT.Async && !_lexer.Escaped ? ParseAsyncOrIdentifier() : ParseIdentifierOrArrow();
        }

        switch (type)
        {
            case TT.This:
                return FinishToken(new ThisExpression());
            case TT.Null:
                return FinishToken(new NullLiteral("null"));
            case TT.True:
                return FinishToken(new BooleanLiteral(true, "true"));
            case TT.False:
                return FinishToken(new BooleanLiteral(false, "false"));
            case TT.String:
                return ParseString();
            case TT.Number:
                CheckStrictLiteral();
                return FinishToken(new NumericLiteral(_lexer.Number, TokenText()));
            case TT.BigInt:
                return FinishToken(new BigIntLiteral(_lexer.BigIntValue(), TokenText()));
            case TT.ParenL:
                return ParseParenthesized();
            case TT.BracketL:
                return ParseArray(ref cover);
            case TT.BraceL:
                return ParseObject(ref cover);
            case TT.Function:
                return ParseFunctionExpression(Marker.From(_lexer), isAsync: false);
            case TT.Class:
                return ParseClassExpression(Marker.From(_lexer), default);
            case TT.At when DecoratorsEnabled:
                return ParseDecoratedClassExpression();
            case TT.New:
                return ParseNew();
            case TT.BackQuote:
                return ParseTemplate(tagged: false);
            case TT.Super:
                return ParseSuper();
            case TT.Import:
                return ParseImportExpression();
            case TT.Slash or TT.SlashAssign:
                return ParseRegExp();
            default:
                Unexpected();
                return null;
        }
    }

    /// <summary>Finishes a node that consists of the current token.</summary>
    private T FinishToken<T>(T node) where T : Node
    {
        var start = Marker.From(_lexer);
        _lexer.Next();
        return Finish(node, start);
    }

    private string TokenText() => _lexer.Input[_lexer.Start.._lexer.End];

    private void CheckStrictLiteral()
    {
        if (_strict && _lexer.StrictError is not null)
        {
            Raise(_lexer.StrictErrorIndex, _lexer.StrictError);
        }
    }

    private StringLiteral ParseString()
    {
        if (_lexer.Type != TT.String)
        {
            Unexpected();
        }

        CheckStrictLiteral();
        return FinishToken(new StringLiteral(_lexer.Value!, TokenText()));
    }

    private Expression ParseIdentifierOrArrow()
    {
        var canBeArrow = _potentialArrowAt == _lexer.Start;
        var start = Marker.From(_lexer);
        var identifier = ParseIdentifier();
        return canBeArrow && _lexer.Type == TT.Arrow && !_lexer.NewlineBefore
            ? ParseArrow(start, SingleParameter(identifier), isAsync: false, _potentialArrowNoIn)
            : identifier;
    }

    private static NodeList<Expression> SingleParameter(Identifier identifier) => new([identifier], 1);

    private Expression ParseAsyncOrIdentifier()
    {
        var canBeArrow = _potentialArrowAt == _lexer.Start;
        var start = Marker.From(_lexer);
        var async = ParseIdentifier();
        if (_lexer.NewlineBefore)
        {
            return async;
        }

        if (_lexer.Type == TT.Function)
        {
            return ParseFunctionExpression(start, isAsync: true);
        }

        if (!canBeArrow)
        {
            return async;
        }

        if (_lexer.Type == TT.Arrow)
        {
            return ParseArrow(start, SingleParameter(async), isAsync: false, _potentialArrowNoIn);
        }

        // `for (async of` is left to the loop, which reports it; `async of =>` is an arrow function.
        if (_lexer.Type.IsIdentifier() && (!IsWord(TT.Of) || PeekIsArrow()))
        {
            if (_lexer.Type == TT.Await)
            {
                Raise(_lexer.Start, Messages.AwaitNameInAsync);
            }

            var parameter = ParseIdentifier();
            if (_lexer.Type != TT.Arrow || _lexer.NewlineBefore)
            {
                Unexpected();
            }

            return ParseArrow(start, SingleParameter(parameter), isAsync: true, _potentialArrowNoIn);
        }

        return async;
    }

    private bool PeekIsArrow()
    {
        var index = _lexer.PeekIndex(out var newlineBefore);
        return !newlineBefore && index + 1 < _lexer.Input.Length && _lexer.Input[index] == '=' && _lexer.Input[index + 1] == '>';
    }

    private Super ParseSuper()
    {
        var start = Marker.From(_lexer);
        _lexer.Next();
        var flags = ThisScopeFlags;
        var allowed = _lexer.Type switch
        {
            TT.ParenL => (flags & ScopeFlags.SuperCall) != 0,
            TT.Dot or TT.BracketL => (flags & ScopeFlags.SuperProperty) != 0,
            _ => false,
        };
        if (!allowed && (!Options.AllowSuperOutsideMethod || _lexer.Type is not (TT.ParenL or TT.Dot or TT.BracketL)))
        {
            Raise(start.Index, Messages.UnexpectedSuper);
        }

        return Finish(new Super(), start);
    }

    private RegExpLiteral ParseRegExp()
    {
        _lexer.ReadRegExp();
        var value = new RegExpValue(_lexer.Value!, _lexer.Raw!);
        var context = new RegExpParsingContext(Options, _lexer);
        RegExpParseResult result = default;
        if (Options.OnRegExp is { } handler)
        {
            result = handler(in context);
        }
        else
        {
            context.Validate();
        }

        return FinishToken(new RegExpLiteral(value, result, TokenText()));
    }

    /// <summary>Parses what is in parentheses, which is an expression or, if `=>` follows, the parameters of an arrow function.</summary>
    private Expression ParseParenthesized()
    {
        var canBeArrow = _potentialArrowAt == _lexer.Start;
        var noIn = _potentialArrowNoIn;
        var start = Marker.From(_lexer);
        var (yieldPos, awaitPos, awaitIdentifierPos) = (_yieldPos, _awaitPos, _awaitIdentifierPos);
        _yieldPos = _awaitPos = _awaitIdentifierPos = 0;
        var cover = default(CoverErrors);
        _lexer.Next();
        var innerStart = Marker.From(_lexer);
        var items = default(ListBuilder<Expression>);
        var restStart = -1;
        var trailingComma = -1;
        while (_lexer.Type != TT.ParenR)
        {
            if (_lexer.Type == TT.Ellipsis)
            {
                restStart = _lexer.Start;
                items.Add(ParseSpread(ref cover));
                if (_lexer.Type == TT.Comma)
                {
                    Raise(_lexer.Start, Messages.RestParameterNotLast);
                }

                break;
            }

            items.Add(ParseAssignment(noIn: false, ref cover));
            if (_lexer.Type != TT.Comma)
            {
                break;
            }

            trailingComma = _lexer.Start;
            _lexer.Next();
            if (_lexer.Type != TT.ParenR)
            {
                trailingComma = -1;
            }
        }

        var innerEnd = _lexer.LastEnd;
        var (innerEndLine, innerEndLineStart) = (_lexer.LastEndLine, _lexer.LastEndLineStart);
        var closing = _lexer.Start;
        Expect(TT.ParenR);

        if (_lexer.Type == TT.Arrow && !_lexer.NewlineBefore)
        {
            if (!canBeArrow)
            {
                Raise(start.Index, Messages.MalformedArrowParameters);
            }

            CheckParameterSuspensions();
            (_yieldPos, _awaitPos) = (yieldPos, awaitPos);

            // A parameter named `await` still matters if this is itself in the parameters of an async arrow function.
            _awaitIdentifierPos = awaitIdentifierPos != 0 ? awaitIdentifierPos : _awaitIdentifierPos;
            return ParseArrow(start, items.ToNodeList(), isAsync: false, noIn);
        }

        if (restStart >= 0)
        {
            Raise(restStart, Messages.UnexpectedToken("..."));
        }

        if (trailingComma >= 0 || items.Count == 0)
        {
            Raise(closing, Messages.UnexpectedToken(")"));
        }

        ThrowIfAny(in cover);
        _yieldPos = yieldPos != 0 ? yieldPos : _yieldPos;
        _awaitPos = awaitPos != 0 ? awaitPos : _awaitPos;
        _awaitIdentifierPos = awaitIdentifierPos != 0 ? awaitIdentifierPos : _awaitIdentifierPos;

        var expression = items[0];
        if (items.Count > 1)
        {
            expression = new SequenceExpression(items.ToNodeList());
            expression._range = new Range(innerStart.Index, innerEnd);
            expression._location = new SourceLocation(
                innerStart.Position, new Position(innerEndLine, innerEnd - innerEndLineStart), _lexer.SourceFile);
            Notify(expression, null);
        }

        expression._parenthesis = start.Index + 1;
        return expression;
    }

    private ArrayExpression ParseArray(ref CoverErrors cover)
    {
        var start = Marker.From(_lexer);
        _lexer.Next();
        var elements = default(ListBuilder<Expression?>);
        while (_lexer.Type != TT.BracketR)
        {
            if (Eat(TT.Comma))
            {
                elements.Add(null);
                continue;
            }

            elements.Add(_lexer.Type == TT.Ellipsis ? ParseSpread(ref cover) : ParseAssignment(noIn: false, ref cover));
            if (_lexer.Type != TT.BracketR)
            {
                Expect(TT.Comma);
            }
        }

        _lexer.Next();
        return Finish(new ArrayExpression(elements.ToNodeList()), start);
    }
}
