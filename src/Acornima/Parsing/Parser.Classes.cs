using Acornima.Ast;

namespace Acornima;

public sealed partial class Parser
{
    private ClassDeclaration ParseClassDeclaration(in Marker start, in NodeList<Decorator> decorators, bool optionalName = false)
    {
        CheckStack();
        var wasStrict = BeginClass();
        Identifier? id = null;
        if (_lexer.Type.IsIdentifier() || !optionalName)
        {
            id = ParseIdentifier();
            CheckStrictBinding(id);
            Declare(BindingUse.Lexical, id);
        }

        EnterScope(ScopeFlags.None);
        var superClass = ParseHeritage();
        var body = ParseClassBody(superClass is not null);
        _strict = wasStrict;
        var declaration = Finish(new ClassDeclaration(in decorators, id, superClass, body), start, CurrentScope);
        ExitScope();
        return declaration;
    }

    private ClassExpression ParseClassExpression(in Marker start, in NodeList<Decorator> decorators)
    {
        CheckStack();
        var wasStrict = BeginClass();
        Identifier? id = null;
        if (_lexer.Type.IsIdentifier())
        {
            id = ParseIdentifier();
            CheckStrictBinding(id);
        }

        EnterScope(ScopeFlags.None);
        var superClass = ParseHeritage();
        var body = ParseClassBody(superClass is not null);
        _strict = wasStrict;
        var expression = Finish(new ClassExpression(in decorators, id, superClass, body), start, CurrentScope);
        ExitScope();
        return expression;
    }

    private ClassExpression ParseDecoratedClassExpression()
    {
        var start = Marker.From(_lexer);
        var decorators = ParseDecorators();
        if (_lexer.Type != TT.Class)
        {
            Unexpected();
        }

        return ParseClassExpression(start, in decorators);
    }

    private bool DecoratorsEnabled => (Options.ExperimentalESFeatures & ExperimentalESFeatures.Decorators) != 0;

    private bool BeginClass()
    {
        var wasStrict = _strict;
        _strict = true;
        _lexer.Next();
        return wasStrict;
    }

    private Expression? ParseHeritage()
    {
        if (!Eat(TT.Extends))
        {
            return null;
        }

        var cover = default(CoverErrors);
        _potentialArrowAt = -1;
        var superClass = ParseSubscripts(ref cover);
        ThrowIfAny(in cover);
        return superClass;
    }

    private NodeList<Decorator> ParseDecorators()
    {
        var decorators = default(ListBuilder<Decorator>);
        while (_lexer.Type == TT.At)
        {
            var start = Marker.From(_lexer);
            _lexer.Next();
            decorators.Add(Finish(new Decorator(ParseDecoratorExpression()), start));
        }

        return decorators.ToNodeList();
    }

    private Expression ParseDecoratorExpression()
    {
        var start = Marker.From(_lexer);
        if (_lexer.Type == TT.ParenL)
        {
            _potentialArrowAt = -1;
            return ParseParenthesized();
        }

        Expression expression = ParseIdentifier();
        while (Eat(TT.Dot))
        {
            expression = ParseMember(expression, start, optional: false);
        }

        if (_lexer.Type == TT.ParenL)
        {
            var arguments = ParseArguments();
            expression = Finish(new CallExpression(expression, in arguments, optional: false), start);
        }

        return expression;
    }

    private Statement ParseDecorated(in Marker start, bool topLevel)
    {
        var decorators = ParseDecorators();
        if (_lexer.Type == TT.Export && _module && topLevel)
        {
            return ParseExport(start, in decorators);
        }

        if (_lexer.Type != TT.Class)
        {
            Unexpected();
        }

        return ParseClassDeclaration(start, in decorators);
    }

    private ClassBody ParseClassBody(bool derived)
    {
        var start = Marker.From(_lexer);
        EnterPrivateScope();
        Expect(TT.BraceL);
        var members = default(ListBuilder<Node>);
        var hasConstructor = false;
        while (_lexer.Type != TT.BraceR)
        {
            if (Eat(TT.Semicolon))
            {
                continue;
            }

            if (_lexer.Type == TT.EndOfFile)
            {
                Unexpected();
            }

            var member = ParseClassElement(derived);
            members.Add(member);
            if (member is MethodDefinition { Kind: PropertyKind.Constructor } constructor)
            {
                if (hasConstructor)
                {
                    Raise(constructor.Key.Start, Messages.SecondConstructor);
                }

                hasConstructor = true;
            }
        }

        _lexer.Next();
        ExitPrivateScope();
        return Finish(new ClassBody(members.ToNodeList()), start);
    }

    private Node ParseClassElement(bool derived)
    {
        var start = Marker.From(_lexer);
        var decorators = _lexer.Type == TT.At && DecoratorsEnabled
            ? ParseDecorators()
            : default;

        var head = new ElementHead();
        if (IsWord(TT.Static))
        {
            var name = ParseIdentifierName();
            if (_lexer.Type == TT.BraceL && decorators.Count == 0)
            {
                return ParseStaticBlock(start);
            }

            if (_lexer.Type == TT.Star || StartsPropertyKey())
            {
                head.IsStatic = true;
            }
            else
            {
                head.Key = name;
            }
        }

        if (head.Key is null)
        {
            ParseModifiers(ref head);
        }

        if (head.Key is null)
        {
            head.Key = _lexer.Type == TT.PrivateName ? ParsePrivateName(declared: true) : ParsePropertyKey(out head.Computed);
        }

        return head.Kind != PropertyKind.Init || head.IsAsync || head.IsGenerator || _lexer.Type == TT.ParenL
            ? ParseClassMethod(start, in head, in decorators, derived)
            : ParseField(start, in head, in decorators);
    }

    /// <summary>What stands before the parameters or the value of a class element.</summary>
    private struct ElementHead
    {
        public Expression? Key;
        public bool Computed;
        public bool IsStatic;
        public bool IsAsync;
        public bool IsGenerator;
        public bool IsAccessor;
        public PropertyKind Kind = PropertyKind.Init;

        public ElementHead()
        {
        }
    }

    private void ParseModifiers(ref ElementHead head)
    {
        var modifier = _lexer.Escaped && _lexer.Type.IsIdentifierName() ? TT.Identifier : _lexer.Type;
        switch (modifier)
        {
            case TT.Star:
                _lexer.Next();
                head.IsGenerator = true;
                return;
            case TT.Async or TT.Get or TT.Set:
                break;
            case TT.Accessor when DecoratorsEnabled:
                break;
            default:
                return;
        }

        // The modifier is a key itself unless another key follows.
        var name = ParseIdentifierName();
        var sameLine = !_lexer.NewlineBefore;
        switch (modifier)
        {
            case TT.Async when sameLine && (_lexer.Type == TT.Star || StartsPropertyKey()):
                head.IsAsync = true;
                head.IsGenerator = Eat(TT.Star);
                break;
            case TT.Accessor when sameLine && StartsPropertyKey():
                head.IsAccessor = true;
                break;
            case TT.Get when StartsPropertyKey():
                head.Kind = PropertyKind.Get;
                break;
            case TT.Set when StartsPropertyKey():
                head.Kind = PropertyKind.Set;
                break;
            default:
                head.Key = name;
                break;
        }
    }

    private MethodDefinition ParseClassMethod(in Marker start, in ElementHead head, in NodeList<Decorator> decorators, bool derived)
    {
        var key = head.Key!;
        if (head.IsAccessor)
        {
            Unexpected();
        }

        var kind = head.Kind switch { PropertyKind.Init => PropertyKind.Method, var other => other };
        var methodKind = MethodKindOf(kind);
        if (!head.IsStatic && IsNamed(in head, "constructor"))
        {
            if (head.Kind != PropertyKind.Init)
            {
                Raise(key.Start, Messages.ConstructorAccessor);
            }

            if (head.IsGenerator || head.IsAsync)
            {
                Raise(key.Start, head.IsAsync ? Messages.ConstructorAsync : Messages.ConstructorGenerator);
            }

            kind = PropertyKind.Constructor;
            methodKind = derived ? MethodKind.DerivedConstructor : MethodKind.Constructor;
        }
        else if (head.IsStatic && IsNamed(in head, "prototype"))
        {
            Raise(key.Start, Messages.StaticPrototype);
        }

        if (key is PrivateIdentifier privateName)
        {
            DeclarePrivateName(privateName, kind, head.IsStatic);
        }

        var function = ParseMethodFunction(methodKind, head.IsAsync, head.IsGenerator);
        return Finish(new MethodDefinition(kind, key, function, head.Computed, head.IsStatic, in decorators), start);
    }

    private ClassProperty ParseField(in Marker start, in ElementHead head, in NodeList<Decorator> decorators)
    {
        var key = head.Key!;
        if (IsNamed(in head, "constructor"))
        {
            Raise(key.Start, Messages.ConstructorField);
        }

        if (head.IsStatic && IsNamed(in head, "prototype"))
        {
            Raise(key.Start, Messages.StaticPrototype);
        }

        if (key is PrivateIdentifier privateName)
        {
            DeclarePrivateName(privateName, PropertyKind.Property, head.IsStatic);
        }

        Expression? value = null;
        if (Eat(TT.Assign))
        {
            var state = EnterFunction(ScopeFlags.FieldInitializer | ScopeFlags.SuperProperty);
            value = ParseAssignment();
            LeaveFunction(in state);
        }

        ExpectSemicolon();
        return head.IsAccessor
            ? Finish(new AccessorProperty(key, value, head.Computed, head.IsStatic, in decorators), start)
            : Finish(new PropertyDefinition(key, value, head.Computed, head.IsStatic, in decorators), start);
    }

    private static bool IsNamed(in ElementHead head, string name) => !head.Computed && head.Key switch
    {
        Identifier identifier => identifier.Name == name,
        StringLiteral literal => literal.Value == name,
        _ => false,
    };

    private StaticBlock ParseStaticBlock(in Marker start)
    {
        _lexer.Next();
        var labelBase = _labelBase;
        _labelBase = _labels.Count;
        var state = EnterFunction(ScopeFlags.StaticBlock | ScopeFlags.SuperProperty);
        var statements = ParseStatements();
        _lexer.Next();
        var block = Finish(new StaticBlock(in statements), start, CurrentScope);
        LeaveFunction(in state);
        _labelBase = labelBase;
        return block;
    }
}
