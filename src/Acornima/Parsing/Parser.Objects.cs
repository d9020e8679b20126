using Acornima.Ast;

namespace Acornima;

public sealed partial class Parser
{
    private ObjectExpression ParseObject(ref CoverErrors cover)
    {
        var start = Marker.From(_lexer);
        _lexer.Next();
        var properties = default(ListBuilder<Node>);
        var hasProto = false;
        while (_lexer.Type != TT.BraceR)
        {
            properties.Add(_lexer.Type == TT.Ellipsis ? ParseSpread(ref cover) : ParseObjectProperty(ref hasProto, ref cover));
            if (_lexer.Type != TT.BraceR)
            {
                Expect(TT.Comma);
            }
        }

        _lexer.Next();
        return Finish(new ObjectExpression(properties.ToNodeList()), start);
    }

    private ObjectProperty ParseObjectProperty(ref bool hasProto, ref CoverErrors cover)
    {
        var start = Marker.From(_lexer);
        var isAsync = false;
        var isGenerator = false;
        var kind = PropertyKind.Init;
        var modifier = _lexer.Escaped && _lexer.Type.IsIdentifierName() ? TT.Identifier : _lexer.Type;
        Expression? key = null;
        var keyType = _lexer.Type;
        var computed = false;
        var keySnapshot = default(Lexer.Snapshot);
        if (modifier is TT.Async or TT.Get or TT.Set)
        {
            // The modifier is a key itself unless another key follows.
            key = ParseIdentifierName();
            if (modifier == TT.Async ? !_lexer.NewlineBefore && (_lexer.Type == TT.Star || StartsPropertyKey()) : StartsPropertyKey())
            {
                key = null;
                isAsync = modifier == TT.Async;
                kind = modifier switch { TT.Get => PropertyKind.Get, TT.Set => PropertyKind.Set, _ => PropertyKind.Init };
                isGenerator = isAsync && Eat(TT.Star);
            }

        }
        else
        {
            isGenerator = Eat(TT.Star);
        }

        if (key is null)
        {
            if (!isAsync && !isGenerator && kind == PropertyKind.Init && _lexer.Type.IsIdentifierName() && !PeekContinuesKey())
            {
                return ParseShorthand(start, ref cover);
            }

            keyType = _lexer.Type;
            keySnapshot = keyType.IsIdentifierName() ? default : _lexer.Save();
            key = ParsePropertyKey(out computed);
        }
        else if (_lexer.Type is not (TT.Colon or TT.ParenL))
        {
            return FinishShorthand(start, (Identifier)key, ref cover);
        }

        if (kind is PropertyKind.Get or PropertyKind.Set)
        {
            var accessor = ParseMethodFunction(MethodKindOf(kind), isAsync: false, isGenerator: false);
            return Finish(new ObjectProperty(kind, key, accessor, computed, shorthand: false, method: false), start);
        }

        if (isAsync || isGenerator || _lexer.Type == TT.ParenL)
        {
            var method = ParseMethodFunction(MethodKind.Method, isAsync, isGenerator);
            return Finish(new ObjectProperty(kind, key, method, computed, shorthand: false, method: true), start);
        }

        if (_lexer.Type is TT.Comma or TT.BraceR or TT.Assign)
        {
            // Not a shorthand: like V8, blame the key.
            _lexer.Restore(in keySnapshot);
            Unexpected();
        }

        Expect(TT.Colon);
        if (!computed && IsProto(key, keyType))
        {
            if (hasProto && cover.DuplicateProto == 0)
            {
                cover.DuplicateProto = key.Start + 1;
            }

            hasProto = true;
        }

        var value = ParseAssignment(noIn: false, ref cover);
        return Finish(new ObjectProperty(kind, key, value, computed, shorthand: false, method: false), start);
    }

    private static bool IsProto(Expression key, TT keyType)
        => (keyType == TT.Proto && key is Identifier) || (key is StringLiteral literal && literal.Value == "__proto__");

    private static MethodKind MethodKindOf(PropertyKind kind) => kind switch
    {
        PropertyKind.Get => MethodKind.Getter,
        PropertyKind.Set => MethodKind.Setter,
        _ => MethodKind.Method,
    };

    /// <summary>Whether a colon or parenthesis follows the name, which makes it a key and not a shorthand.</summary>
    private bool PeekContinuesKey() => _lexer.PeekChar(out _) is ':' or '(';

    private bool StartsPropertyKey()
        => _lexer.Type.IsIdentifierName() || _lexer.Type is TT.String or TT.Number or TT.BigInt or TT.BracketL or TT.PrivateName;

    private ObjectProperty ParseShorthand(in Marker start, ref CoverErrors cover)
    {
        var name = ParseIdentifier();
        return FinishShorthand(start, name, ref cover);
    }

    private ObjectProperty FinishShorthand(in Marker start, Identifier name, ref CoverErrors cover)
    {
        Node value = name;
        if (_lexer.Type == TT.Assign)
        {
            if (cover.ShorthandInitializer == 0)
            {
                cover.ShorthandInitializer = name.Start + 1;
            }

            value = ParseBindingDefault(start, name);
        }

        return Finish(new ObjectProperty(PropertyKind.Init, name, value, computed: false, shorthand: true, method: false), start);
    }

    private Expression ParsePropertyKey(out bool computed)
    {
        computed = false;
        switch (_lexer.Type)
        {
            case TT.BracketL:
                computed = true;
                _lexer.Next();
                var key = ParseAssignment();
                Expect(TT.BracketR);
                return key;
            case TT.String or TT.Number or TT.BigInt:
                var cover = default(CoverErrors);
                return ParsePrimary(ref cover);
            default:
                return ParseIdentifierName();
        }
    }
}
