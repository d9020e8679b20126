using Acornima.Ast;

namespace Acornima;

public sealed partial class Parser
{
    private Expression ParseSubscripts(ref CoverErrors cover)
    {
        var start = Marker.From(_lexer);
        var expression = ParsePrimary(ref cover);
        return IsBareArrow(expression) ? expression : ParseSubscripts(expression, start, noCalls: false, ref cover);
    }

    private Expression ParseSubscripts(Expression expression, in Marker start, bool noCalls, ref CoverErrors cover)
    {
        var maybeAsyncArrow = expression is Identifier { Name: "async", IsParenthesized: false }
            && !noCalls && _lexer.LastEnd == expression.End && !CanInsertSemicolon() && expression.End - expression.Start == 5
            && _potentialArrowAt == expression.Start;
        var noIn = _potentialArrowNoIn;
        var inChain = false;
        while (true)
        {
            var optional = false;
            switch (_lexer.Type)
            {
                case TT.QuestionDot:
                    ThrowIfAny(in cover);
                    if (noCalls)
                    {
                        Raise(_lexer.Start, Messages.OptionalChainNew);
                    }

                    _lexer.Next();
                    optional = inChain = true;
                    if (_lexer.Type is not (TT.BracketL or TT.ParenL or TT.BackQuote))
                    {
                        expression = ParseMember(expression, start, optional);
                        continue;
                    }

                    break;
                case TT.Dot:
                    ThrowIfAny(in cover);
                    _lexer.Next();
                    expression = ParseMember(expression, start, optional);
                    continue;
            }

            switch (_lexer.Type)
            {
                case TT.BracketL:
                    ThrowIfAny(in cover);
                    _lexer.Next();
                    var property = ParseExpression();
                    Expect(TT.BracketR);
                    expression = Finish(new MemberExpression(expression, property, computed: true, optional), start);
                    continue;
                case TT.ParenL when !noCalls:
                    ThrowIfAny(in cover);
                    if (maybeAsyncArrow && !optional)
                    {
                        expression = ParseAsyncCallOrArrow(expression, start, noIn);
                        if (IsBareArrow(expression))
                        {
                            return expression;
                        }
                    }
                    else
                    {
                        var arguments = ParseArguments();
                        expression = Finish(new CallExpression(expression, in arguments, optional), start);
                    }

                    maybeAsyncArrow = false;
                    continue;
                case TT.BackQuote:
                    ThrowIfAny(in cover);
                    if (inChain)
                    {
                        Raise(_lexer.Start, Messages.OptionalChainTemplate);
                    }

                    var quasi = ParseTemplate(tagged: true);
                    expression = Finish(new TaggedTemplateExpression(expression, quasi), start);
                    continue;
            }

            return inChain ? Finish(new ChainExpression(expression), start) : expression;
        }
    }

    private MemberExpression ParseMember(Expression target, in Marker start, bool optional)
    {
        Expression property;
        if (_lexer.Type == TT.PrivateName)
        {
            if (target is Super)
            {
                Unexpected();
            }

            property = ParsePrivateName();
        }
        else
        {
            property = ParseIdentifierName();
        }

        return Finish(new MemberExpression(target, property, computed: false, optional), start);
    }

    private NodeList<Expression> ParseArguments()
    {
        _lexer.Next();
        var arguments = default(ListBuilder<Expression>);
        while (_lexer.Type != TT.ParenR)
        {
            arguments.Add(_lexer.Type == TT.Ellipsis ? ParseSpread() : ParseAssignment());
            if (_lexer.Type != TT.ParenR)
            {
                ExpectArgumentSeparator();
            }
        }

        _lexer.Next();
        return arguments.ToNodeList();
    }

    private void ExpectArgumentSeparator()
    {
        if (!Eat(TT.Comma))
        {
            // Like V8, an end of input is reported as what is missing, and so is anything else.
            Raise(_lexer.Start, Messages.MissingParenAfterArguments);
        }
    }

    private SpreadElement ParseSpread()
    {
        var start = Marker.From(_lexer);
        _lexer.Next();
        var argument = ParseAssignment();
        return Finish(new SpreadElement(argument), start);
    }

    private SpreadElement ParseSpread(ref CoverErrors cover)
    {
        var start = Marker.From(_lexer);
        _lexer.Next();
        var argument = ParseAssignment(noIn: false, ref cover);
        var spread = Finish(new SpreadElement(argument), start);
        if (_lexer.Type == TT.Comma)
        {
            spread._trailingComma = _lexer.Start + 1;
        }

        return spread;
    }

    /// <summary>Parses `async(…)`, which is a call or, if `=>` follows, the parameters of an arrow function.</summary>
    private Expression ParseAsyncCallOrArrow(Expression callee, in Marker start, bool noIn)
    {
        var (yieldPos, awaitPos, awaitIdentifierPos) = (_yieldPos, _awaitPos, _awaitIdentifierPos);
        _yieldPos = _awaitPos = _awaitIdentifierPos = 0;
        var cover = default(CoverErrors);
        _lexer.Next();
        var arguments = default(ListBuilder<Expression>);
        while (_lexer.Type != TT.ParenR)
        {
            arguments.Add(_lexer.Type == TT.Ellipsis ? ParseSpread(ref cover) : ParseAssignment(noIn: false, ref cover));
            if (_lexer.Type != TT.ParenR)
            {
                ExpectArgumentSeparator();
            }
        }

        _lexer.Next();
        if (_lexer.Type == TT.Arrow && !_lexer.NewlineBefore)
        {
            CheckParameterSuspensions();
            if (_awaitIdentifierPos != 0)
            {
                Raise(_awaitIdentifierPos - 1, Messages.AwaitNameInAsync);
            }

            (_yieldPos, _awaitPos, _awaitIdentifierPos) = (yieldPos, awaitPos, awaitIdentifierPos);
            return ParseArrow(start, arguments.ToNodeList(), isAsync: true, noIn);
        }

        ThrowIfAny(in cover);
        _yieldPos = yieldPos != 0 ? yieldPos : _yieldPos;
        _awaitPos = awaitPos != 0 ? awaitPos : _awaitPos;
        _awaitIdentifierPos = awaitIdentifierPos != 0 ? awaitIdentifierPos : _awaitIdentifierPos;
        return Finish(new CallExpression(callee, arguments.ToNodeList(), optional: false), start);
    }

    private Expression ParseNew()
    {
        CheckStack();
        var start = Marker.From(_lexer);
        var meta = ParseIdentifierName();
        if (Eat(TT.Dot))
        {
            if (!IsWord(TT.Target))
            {
                Unexpected();
            }

            var property = ParseIdentifierName();
            var flags = ThisScopeFlags;
            if ((flags & (ScopeFlags.Function | ScopeFlags.StaticBlock | ScopeFlags.FieldInitializer)) == 0 && !Options.AllowNewTargetOutsideFunction)
            {
                Raise(property.Start, Messages.UnexpectedNewTarget);
            }

            return Finish(new MetaProperty(meta, property), start);
        }

        var calleeStart = Marker.From(_lexer);
        if (_lexer.Type == TT.Import && _lexer.PeekChar(out _) != '.')
        {
            Raise(_lexer.Start, Messages.NewImport);
        }

        var cover = default(CoverErrors);
        _potentialArrowAt = -1;
        var primary = ParsePrimary(ref cover);
        if (primary is ImportExpression { IsParenthesized: false })
        {
            Raise(primary.Start, Messages.NewImport);
        }

        if (primary is Super && _lexer.Type == TT.ParenL)
        {
            Raise(primary.Start, Messages.UnexpectedSuper);
        }

        var callee = ParseSubscripts(primary, calleeStart, noCalls: true, ref cover);
        ThrowIfAny(in cover);
        var arguments = _lexer.Type == TT.ParenL ? ParseArguments() : default;
        return Finish(new NewExpression(callee, in arguments), start);
    }

    private TemplateLiteral ParseTemplate(bool tagged)
    {
        var start = Marker.From(_lexer);
        var quasis = default(ListBuilder<TemplateElement>);
        var expressions = default(ListBuilder<Expression>);
        while (true)
        {
            _lexer.ReadTemplatePart();
            if (_lexer.Value is null && !tagged)
            {
                Raise(_lexer.TemplateErrorIndex, _lexer.TemplateError!);
            }

            var tail = _lexer.Tail;
            quasis.Add(FinishTemplateElement(new TemplateElement(new TemplateValue(_lexer.Value, _lexer.Raw!), tail)));
            _lexer.SkipTemplateDelimiter();
            _lexer.Next();
            if (tail)
            {
                return Finish(new TemplateLiteral(quasis.ToNodeList(), expressions.ToNodeList()), start);
            }

            if (_lexer.Type == TT.EndOfFile)
            {
                Raise(_lexer.Start, Messages.UnterminatedTemplate);
            }

            expressions.Add(ParseExpression());
            if (_lexer.Type != TT.BraceR)
            {
                Raise(_lexer.Start, _lexer.Type == TT.EndOfFile ? Messages.UnterminatedTemplate : Messages.MissingTemplateBrace);
            }
        }
    }

    private TemplateElement FinishTemplateElement(TemplateElement element)
    {
        var start = Marker.From(_lexer);
        element._range = new Range(start.Index, _lexer.End);
        element._location = new SourceLocation(start.Position, _lexer.EndPosition, _lexer.SourceFile);
        Notify(element, null);
        return element;
    }
}
