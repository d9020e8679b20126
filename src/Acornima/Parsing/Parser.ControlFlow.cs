using Acornima.Ast;

namespace Acornima;

public sealed partial class Parser
{
    private readonly List<Label> _labels = [];

    // Labels below belong to surrounding functions.
    private int _labelBase;

    private enum LabelKind
    {
        /// <summary>Only a label: neither a loop, a switch nor a block.</summary>
        Plain,
        Loop,
        Switch,
        Block,
    }

    private record struct Label(string? Name, LabelKind Kind, int StatementStart);

    private Expression ParseParenthesizedHead()
    {
        Expect(TT.ParenL);
        var expression = ParseExpression();
        Expect(TT.ParenR);
        return expression;
    }

    /// <summary>Parses a whole else-if chain without recursion.</summary>
    private Statement ParseIf(in Marker start)
    {
        var links = new List<(Marker Start, Expression Test, Statement Consequent)>(1);
        var linkStart = start;
        Statement? alternate = null;
        while (true)
        {
            _lexer.Next();
            var test = ParseParenthesizedHead();
            var consequent = ParseIfBranch();
            links.Add((linkStart, test, consequent));
            if (!Eat(TT.Else))
            {
                break;
            }

            if (_lexer.Type != TT.If)
            {
                alternate = ParseIfBranch();
                break;
            }

            linkStart = Marker.From(_lexer);
        }

        for (var i = links.Count - 1; i >= 0; i--)
        {
            var (branchStart, test, consequent) = links[i];
            alternate = Finish(new IfStatement(test, consequent, alternate), branchStart);
        }

        return alternate!;
    }

    private Statement ParseIfBranch()
    {
        if (_lexer.Type != TT.Function)
        {
            return ParseStatement(StatementPlace.If);
        }

        // Annex B.3.3: such a function is declared as if it stood in a block of its own.
        EnterScope(ScopeFlags.None);
        var statement = ParseStatement(StatementPlace.If);
        ExitScope();
        return statement;
    }

    private Statement ParseLoopBody()
    {
        _labels.Add(new Label(null, LabelKind.Loop, -1));
        var body = ParseStatement(StatementPlace.Single);
        _labels.RemoveAt(_labels.Count - 1);
        return body;
    }

    private WhileStatement ParseWhile(in Marker start)
    {
        _lexer.Next();
        var test = ParseParenthesizedHead();
        var body = ParseLoopBody();
        return Finish(new WhileStatement(test, body), start);
    }

    private DoWhileStatement ParseDoWhile(in Marker start)
    {
        _lexer.Next();
        var body = ParseLoopBody();
        Expect(TT.While);
        var test = ParseParenthesizedHead();

        // A semicolon is inserted here even on the same line.
        Eat(TT.Semicolon);
        return Finish(new DoWhileStatement(body, test), start);
    }

    private ReturnStatement ParseReturn(in Marker start)
    {
        if (!InFunction && !(Options.AllowReturnOutsideFunction && (VarScopeFlags & ScopeFlags.Top) != 0))
        {
            Raise(start.Index, Messages.IllegalReturn);
        }

        _lexer.Next();
        Expression? argument = null;
        if (!Eat(TT.Semicolon) && !CanInsertSemicolon())
        {
            argument = ParseExpression();
            ExpectSemicolon();
        }

        return Finish(new ReturnStatement(argument), start);
    }

    private ThrowStatement ParseThrow(in Marker start)
    {
        _lexer.Next();
        if (_lexer.NewlineBefore)
        {
            Raise(start.Index, Messages.NewlineAfterThrow);
        }

        var argument = ParseExpression();
        ExpectSemicolon();
        return Finish(new ThrowStatement(argument), start);
    }

    private Statement ParseBreakOrContinue(in Marker start, bool isBreak)
    {
        _lexer.Next();
        Identifier? label = null;
        if (_lexer.Type.IsIdentifier() && !_lexer.NewlineBefore)
        {
            label = ParseIdentifier();
        }

        var found = false;
        for (var i = _labels.Count - 1; i >= _labelBase && !found; i--)
        {
            var candidate = _labels[i];
            if (label is null)
            {
                found = candidate.Name is null && (isBreak || candidate.Kind == LabelKind.Loop);
            }
            else if (candidate.Name == label.Name)
            {
                if (!isBreak && candidate.Kind != LabelKind.Loop)
                {
                    Raise(
                        label.Start,
                        candidate.Kind == LabelKind.Plain ? Messages.UndefinedLabel(label.Name) : Messages.ContinueNotLoop(label.Name));
                }

                found = true;
            }
        }

        if (!found)
        {
            Raise(
                label?.Start ?? start.Index,
                label is not null ? Messages.UndefinedLabel(label.Name) : isBreak ? Messages.IllegalBreak : Messages.IllegalContinue);
        }

        ExpectSemicolon();
        return isBreak ? Finish(new BreakStatement(label), start) : Finish(new ContinueStatement(label), start);
    }

    private LabeledStatement ParseLabeled(in Marker start, Identifier label, StatementPlace place)
    {
        for (var i = _labelBase; i < _labels.Count; i++)
        {
            if (_labels[i].Name == label.Name)
            {
                Raise(label.Start, Messages.RedeclaredLabel(label.Name));
            }
        }

        _lexer.Next();
        var kind = _lexer.Type switch
        {
            TT.For or TT.While or TT.Do => LabelKind.Loop,
            TT.Switch => LabelKind.Switch,
            TT.BraceL => LabelKind.Block,
            _ => LabelKind.Plain,
        };

        // Stacked labels all name the statement under them.
        for (var i = _labels.Count - 1; i >= _labelBase && _labels[i].StatementStart == start.Index; i--)
        {
            _labels[i] = _labels[i] with { Kind = kind, StatementStart = _lexer.Start };
        }

        _labels.Add(new Label(label.Name, kind, _lexer.Start));
        var body = ParseStatement(place is StatementPlace.List ? StatementPlace.Label : place == StatementPlace.If ? StatementPlace.Single : place);
        _labels.RemoveAt(_labels.Count - 1);
        body.LabelSet = label;
        return Finish(new LabeledStatement(label, body), start);
    }

    private TryStatement ParseTry(in Marker start)
    {
        _lexer.Next();
        var block = ParseBlock();
        CatchClause? handler = null;
        if (_lexer.Type == TT.Catch)
        {
            handler = ParseCatch();
        }

        var finalizer = Eat(TT.Finally) ? ParseBlock() : null;
        if (handler is null && finalizer is null)
        {
            Raise(_lexer.Start, Messages.MissingCatch);
        }

        return Finish(new TryStatement(block, handler, finalizer), start);
    }

    private CatchClause ParseCatch()
    {
        var start = Marker.From(_lexer);
        _lexer.Next();
        Node? parameter = null;
        if (Eat(TT.ParenL))
        {
            parameter = ParseBindingTarget();
            EnterScope(parameter is Identifier ? ScopeFlags.SimpleCatch : ScopeFlags.None);
            DeclarePattern(parameter, BindingUse.CatchParameter);
            Expect(TT.ParenR);
        }
        else
        {
            EnterScope(ScopeFlags.None);
        }

        var body = ParseBlock(ownScope: false);
        var handler = Finish(new CatchClause(parameter, body), start, CurrentScope);
        ExitScope();
        return handler;
    }

    private SwitchStatement ParseSwitch(in Marker start)
    {
        _lexer.Next();
        var discriminant = ParseParenthesizedHead();
        Expect(TT.BraceL);
        _labels.Add(new Label(null, LabelKind.Switch, -1));
        EnterScope(ScopeFlags.Switch);
        var cases = default(ListBuilder<SwitchCase>);
        var hasDefault = false;
        while (_lexer.Type != TT.BraceR)
        {
            cases.Add(ParseCase(ref hasDefault));
        }

        _labels.RemoveAt(_labels.Count - 1);
        _lexer.Next();
        var statement = Finish(new SwitchStatement(discriminant, cases.ToNodeList()), start, CurrentScope);
        ExitScope();
        return statement;
    }

    private SwitchCase ParseCase(ref bool hasDefault)
    {
        var start = Marker.From(_lexer);
        Expression? test = null;
        if (Eat(TT.Case))
        {
            test = ParseExpression();
        }
        else
        {
            if (_lexer.Type == TT.Default && hasDefault)
            {
                Raise(start.Index, Messages.SecondDefault);
            }

            Expect(TT.Default);
            hasDefault = true;
        }

        Expect(TT.Colon);
        var statements = default(ListBuilder<Statement>);
        while (_lexer.Type is not (TT.Case or TT.Default or TT.BraceR))
        {
            if (_lexer.Type == TT.EndOfFile)
            {
                Unexpected();
            }

            statements.Add(ParseStatement(StatementPlace.List));
        }

        return Finish(new SwitchCase(test, statements.ToNodeList()), start);
    }

    private WithStatement ParseWith(in Marker start)
    {
        if (_strict)
        {
            Raise(start.Index, Messages.StrictWith);
        }

        _lexer.Next();
        var obj = ParseParenthesizedHead();
        var body = ParseStatement(StatementPlace.Single);
        return Finish(new WithStatement(obj, body), start);
    }
}
