using Acornima.Ast;

namespace Acornima;

public sealed partial class Parser
{
    // Only an expression that begins here may be an arrow function: it cannot be an operand.
    private int _potentialArrowAt = -1;

    // Whether `in` would end that expression.
    private bool _potentialArrowNoIn;

    private Expression ParseExpression(bool noIn = false)
    {
        var cover = default(CoverErrors);
        var expression = ParseExpression(noIn, ref cover);
        ThrowIfAny(in cover);
        return expression;
    }

    private Expression ParseExpression(bool noIn, ref CoverErrors cover)
    {
        var start = Marker.From(_lexer);
        var expression = ParseAssignment(noIn, ref cover);
        if (_lexer.Type != TT.Comma)
        {
            return expression;
        }

        var expressions = default(ListBuilder<Expression>);
        expressions.Add(expression);
        while (Eat(TT.Comma))
        {
            expressions.Add(ParseAssignment(noIn, ref cover));
        }

        return Finish(new SequenceExpression(expressions.ToNodeList()), start);
    }

    private Expression ParseAssignment(bool noIn = false)
    {
        var cover = default(CoverErrors);
        var expression = ParseAssignment(noIn, ref cover);
        ThrowIfAny(in cover);
        return expression;
    }

    /// <summary>
    /// Parses an AssignmentExpression. What would be an error in an expression but not in a pattern goes to
    /// <paramref name="outer"/>: the caller knows which of the two it is.
    /// </summary>
    private Expression ParseAssignment(bool noIn, ref CoverErrors outer)
    {
        var start = Marker.From(_lexer);
        if (_lexer.Type == TT.Yield && InGenerator)
        {
            return ParseYield(noIn);
        }

        _potentialArrowAt = _lexer.Start;
        _potentialArrowNoIn = noIn;
        var cover = default(CoverErrors);
        var left = ParseConditional(noIn, ref cover);
        if (!_lexer.Type.IsAssignment() || IsBareArrow(left))
        {
            outer.Merge(in cover);
            return left;
        }

        var op = _lexer.Type.AssignmentOperator();
        Node target = left;
        if (op == Operator.Assignment)
        {
            var message = left is (ObjectExpression or ArrayExpression) && !left.IsParenthesized
                ? Messages.InvalidDestructuringTarget
                : Messages.InvalidAssignmentTarget;
            target = ToPattern(left, binding: false, message);
            if (cover.DuplicateProto != 0 && target is not ObjectPattern and not ArrayPattern)
            {
                ThrowIfAny(in cover);
            }
        }
        else
        {
            ThrowIfAny(in cover);
            CheckSimpleTarget(left, Messages.InvalidAssignmentTarget);
        }

        _lexer.Next();
        var right = ParseAssignment(noIn);
        return Finish(new AssignmentExpression(op, target, right), start);
    }

    private static bool IsBareArrow(Expression expression)
        => expression.Type == NodeType.ArrowFunctionExpression && !expression.IsParenthesized;

    private Expression ParseConditional(bool noIn, ref CoverErrors cover)
    {
        var start = Marker.From(_lexer);
        var test = ParseBinary(0, noIn, ref cover);
        if (_lexer.Type != TT.Question || IsBareArrow(test))
        {
            return test;
        }

        ThrowIfAny(in cover);
        _lexer.Next();
        var consequent = ParseAssignment();
        Expect(TT.Colon);
        var alternate = ParseAssignment(noIn);
        return Finish(new ConditionalExpression(test, consequent, alternate), start);
    }

    /// <summary>Parses operators that bind more tightly than <paramref name="minPrecedence"/>; chains to the left without recursion.</summary>
    private Expression ParseBinary(int minPrecedence, bool noIn, ref CoverErrors cover)
    {
        var start = Marker.From(_lexer);
        var left = _lexer.Type == TT.PrivateName ? ParsePrivateOperand(minPrecedence, noIn) : ParseUnary(ref cover);
        while (true)
        {
            var type = _lexer.Type;
            var precedence = type.Precedence();
            if (precedence <= minPrecedence || (type == TT.In && noIn) || IsBareArrow(left))
            {
                return left;
            }

            ThrowIfAny(in cover);
            var op = type.BinaryOperator();
            if (precedence <= 2)
            {
                CheckNullishMix(left, op);
            }

            _lexer.Next();
            var operandPrecedence = type switch { TT.StarStar => precedence - 1, TT.Nullish => precedence + 1, _ => precedence };
            var own = default(CoverErrors);
            var right = ParseBinary(operandPrecedence, noIn, ref own);
            ThrowIfAny(in own);
            if (IsBareArrow(right))
            {
                Raise(right.Start, Messages.MalformedArrowParameters);
            }

            left = precedence <= 2
                ? Finish<Expression>(new LogicalExpression(op, left, right), start)
                : Finish<Expression>(new NonLogicalBinaryExpression(op, left, right), start);
        }
    }

    private void CheckNullishMix(Expression left, Operator op)
    {
        if (left is LogicalExpression { IsParenthesized: false } logical
            && (logical.Operator == Operator.NullishCoalescing) != (op == Operator.NullishCoalescing))
        {
            Unexpected();
        }
    }

    private PrivateIdentifier ParsePrivateOperand(int minPrecedence, bool noIn)
    {
        var snapshot = _lexer.Save();
        var name = ParsePrivateName();
        if (_lexer.Type != TT.In || noIn || minPrecedence >= TT.In.Precedence())
        {
            _lexer.Restore(in snapshot);
            Unexpected();
        }

        return name;
    }

    private Expression ParseUnary(ref CoverErrors cover)
    {
        CheckStack();
        var type = _lexer.Type;
        switch (type)
        {
            case TT.Plus or TT.Minus or TT.Not or TT.Tilde or TT.TypeOf or TT.Void or TT.Delete:
                return ParseUnaryOperator(type);
            case TT.Increment or TT.Decrement:
                return ParsePrefixUpdate(type);
            case TT.Await when !_lexer.Escaped && CanAwait:
                return ParseAwait();
        }

        var start = Marker.From(_lexer);
        var expression = ParseSubscripts(ref cover);
        while (_lexer.Type is (TT.Increment or TT.Decrement) && !_lexer.NewlineBefore && !IsBareArrow(expression))
        {
            CheckSimpleTarget(expression, Messages.InvalidPostfixTarget);
            var op = _lexer.Type == TT.Increment ? Operator.Increment : Operator.Decrement;
            _lexer.Next();
            expression = Finish(new UpdateExpression(op, expression, prefix: false), start);
        }

        return expression;
    }

    private NonUpdateUnaryExpression ParseUnaryOperator(TT type)
    {
        var start = Marker.From(_lexer);
        _lexer.Next();
        var argument = ParseOperand();
        if (type == TT.Delete)
        {
            CheckDelete(argument);
        }

        var op = type switch
        {
            TT.Plus => Operator.UnaryPlus,
            TT.Minus => Operator.UnaryNegation,
            TT.Not => Operator.LogicalNot,
            TT.Tilde => Operator.BitwiseNot,
            TT.TypeOf => Operator.TypeOf,
            TT.Void => Operator.Void,
            _ => Operator.Delete,
        };
        var expression = Finish(new NonUpdateUnaryExpression(op, argument), start);
        if (_lexer.Type == TT.StarStar)
        {
            Raise(start.Index, Messages.UnaryBeforePower);
        }

        return expression;
    }

    private Expression ParseOperand()
    {
        var cover = default(CoverErrors);
        if (_lexer.Type == TT.PrivateName)
        {
            Unexpected();
        }

        var operand = ParseUnary(ref cover);
        ThrowIfAny(in cover);
        if (IsBareArrow(operand))
        {
            Raise(operand.Start, Messages.MalformedArrowParameters);
        }

        return operand;
    }

    private void CheckDelete(Expression argument)
    {
        if (_strict && argument is Identifier)
        {
            Raise(argument.Start, Messages.StrictDelete);
        }

        var target = argument is ChainExpression chain ? chain.Expression : argument;
        if (target is MemberExpression { Property: PrivateIdentifier })
        {
            Raise(argument.Start, Messages.DeletePrivate);
        }
    }

    private UpdateExpression ParsePrefixUpdate(TT type)
    {
        var start = Marker.From(_lexer);
        _lexer.Next();
        var argument = ParseOperand();
        CheckSimpleTarget(argument, Messages.InvalidPrefixTarget);
        return Finish(new UpdateExpression(type == TT.Increment ? Operator.Increment : Operator.Decrement, argument, prefix: true), start);
    }

    private AwaitExpression ParseAwait()
    {
        if (_awaitPos == 0)
        {
            _awaitPos = _lexer.Start + 1;
        }

        var start = Marker.From(_lexer);
        _lexer.Next();
        var argument = ParseOperand();
        var expression = Finish(new AwaitExpression(argument), start);
        if (_lexer.Type == TT.StarStar)
        {
            Raise(start.Index, Messages.UnaryBeforePower);
        }

        return expression;
    }

    private YieldExpression ParseYield(bool noIn)
    {
        CheckStack();
        if (_lexer.Escaped)
        {
            Raise(_lexer.Start, Messages.EscapedKeyword);
        }

        if (_yieldPos == 0)
        {
            _yieldPos = _lexer.Start + 1;
        }

        var start = Marker.From(_lexer);
        _lexer.Next();
        Expression? argument = null;
        var isDelegate = false;
        if (!_lexer.NewlineBefore)
        {
            isDelegate = Eat(TT.Star);
            if (isDelegate || !EndsYield())
            {
                argument = ParseAssignment(noIn);
            }
        }

        return Finish(new YieldExpression(argument, isDelegate), start);
    }

    private bool EndsYield()
        => _lexer.Type is TT.EndOfFile or TT.Semicolon or TT.BraceR or TT.ParenR or TT.BracketR or TT.Colon or TT.Comma or TT.In;

    private void ThrowIfAny(in CoverErrors cover)
    {
        if (cover.ShorthandInitializer != 0)
        {
            Raise(cover.ShorthandInitializer - 1, Messages.InvalidShorthandInitializer);
        }

        if (cover.DuplicateProto != 0)
        {
            Raise(cover.DuplicateProto - 1, Messages.DuplicateProto);
        }
    }

    /// <summary>Where an object literal contains what only a pattern may contain, or the reverse: offsets plus one, 0 for nowhere.</summary>
    private struct CoverErrors
    {
        public int ShorthandInitializer;
        public int DuplicateProto;

        public void Merge(in CoverErrors other)
        {
            if (ShorthandInitializer == 0)
            {
                ShorthandInitializer = other.ShorthandInitializer;
            }

            if (DuplicateProto == 0)
            {
                DuplicateProto = other.DuplicateProto;
            }
        }
    }
}
