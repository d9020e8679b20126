using Acornima.Ast;

namespace Acornima;

public sealed partial class Parser
{
    private Node ParseBindingTarget()
    {
        switch (_lexer.Type)
        {
            case TT.BracketL:
                CheckStack();
                return ParseArrayBinding();
            case TT.BraceL:
                CheckStack();
                return ParseObjectBinding();
            default:
                return ParseIdentifier();
        }
    }

    private Node ParseBindingElement()
    {
        var start = Marker.From(_lexer);
        return ParseBindingDefault(start, ParseBindingTarget());
    }

    private Node ParseNestedBinding()
    {
        var element = ParseBindingElement();
        if (_lexer.Type is TT.Dot or TT.BracketL)
        {
            Raise(element.Start, Messages.PropertyInDeclaration);
        }

        return element;
    }

    private Node ParseBindingDefault(in Marker start, Node target)
    {
        if (!Eat(TT.Assign))
        {
            return target;
        }

        var right = ParseAssignment();
        return Finish(new AssignmentPattern(target, right), start);
    }

    private RestElement ParseBindingRest(bool allowPattern)
    {
        var start = Marker.From(_lexer);
        _lexer.Next();
        if (!allowPattern && !_lexer.Type.IsIdentifier())
        {
            Raise(_lexer.Start, Messages.RestBindingInvalid);
        }

        var argument = ParseBindingTarget();
        return Finish(new RestElement(argument), start);
    }

    private ArrayPattern ParseArrayBinding()
    {
        var start = Marker.From(_lexer);
        _lexer.Next();
        var elements = default(ListBuilder<Node?>);
        while (_lexer.Type != TT.BracketR)
        {
            if (Eat(TT.Comma))
            {
                elements.Add(null);
                continue;
            }

            if (_lexer.Type == TT.Ellipsis)
            {
                elements.Add(ParseBindingRest(allowPattern: true));
                if (_lexer.Type is TT.Comma or TT.Assign)
                {
                    Raise(_lexer.Start, Messages.RestElementNotLast);
                }

                break;
            }

            elements.Add(ParseNestedBinding());
            if (_lexer.Type != TT.BracketR)
            {
                Expect(TT.Comma);
            }
        }

        Expect(TT.BracketR);
        return Finish(new ArrayPattern(elements.ToNodeList()), start);
    }

    private ObjectPattern ParseObjectBinding()
    {
        var start = Marker.From(_lexer);
        _lexer.Next();
        var properties = default(ListBuilder<Node>);
        while (_lexer.Type != TT.BraceR)
        {
            if (_lexer.Type == TT.Ellipsis)
            {
                properties.Add(ParseBindingRest(allowPattern: false));
                if (_lexer.Type is TT.Comma or TT.Assign)
                {
                    Raise(_lexer.Start, Messages.RestElementNotLast);
                }

                break;
            }

            properties.Add(ParseBindingProperty());
            if (_lexer.Type != TT.BraceR)
            {
                Expect(TT.Comma);
            }
        }

        Expect(TT.BraceR);
        return Finish(new ObjectPattern(properties.ToNodeList()), start);
    }

    private AssignmentProperty ParseBindingProperty()
    {
        var start = Marker.From(_lexer);
        var shorthand = PeekIsShorthand();
        if (shorthand)
        {
            var name = ParseIdentifier();
            var target = ParseBindingDefault(start, name);
            return Finish(new AssignmentProperty(name, target, computed: false, shorthand: true), start);
        }

        var key = ParsePropertyKey(out var computed);
        Expect(TT.Colon);
        var value = ParseNestedBinding();
        return Finish(new AssignmentProperty(key, value, computed, shorthand: false), start);
    }

    private bool PeekIsShorthand() => _lexer.Type.IsIdentifierName() && _lexer.PeekChar(out _) != ':';

    /// <summary>Declares every name that a binding pattern binds, and checks it against strict mode.</summary>
    private void DeclarePattern(Node pattern, BindingUse use)
    {
        switch (pattern)
        {
            case Identifier identifier:
                if (_strict)
                {
                    CheckStrictBinding(identifier);
                }

                Declare(use, identifier);
                break;
            case AssignmentPattern assignment:
                DeclarePattern(assignment.Left, use);
                break;
            case RestElement rest:
                DeclarePattern(rest.Argument, use);
                break;
            case AssignmentProperty property:
                DeclarePattern(property.Value, use);
                break;
            case ArrayPattern array:
                CheckStack();
                foreach (var element in array.Elements)
                {
                    if (element is not null)
                    {
                        DeclarePattern(element, use);
                    }
                }

                break;
            case ObjectPattern obj:
                CheckStack();
                foreach (var property in obj.Properties)
                {
                    DeclarePattern(property, use);
                }

                break;
        }
    }

    /// <summary>
    /// Turns an expression into the assignment target, or with <paramref name="binding"/> into the parameter, that it
    /// turned out to be; raises an error where it cannot be one.
    /// </summary>
    private Node ToPattern(Node node, bool binding, string message = Messages.InvalidDestructuringTarget)
    {
        switch (node)
        {
            case Identifier identifier:
                if (binding && identifier.IsParenthesized)
                {
                    break;
                }

                if (!binding && _strict && identifier.Name is ("eval" or "arguments"))
                {
                    Raise(identifier.Start, Messages.StrictEvalArguments);
                }

                return identifier;
            case MemberExpression member when !binding:
                return member;
            case ObjectExpression { IsParenthesized: false } obj:
                CheckStack();
                return ToObjectPattern(obj, binding);
            case ArrayExpression { IsParenthesized: false } array:
                CheckStack();
                return ToArrayPattern(array, binding);
            case AssignmentExpression { Operator: Operator.Assignment, IsParenthesized: false } assignment:
                var left = binding ? ToPattern(assignment.Left, binding) : assignment.Left;
                return FinishLike(new AssignmentPattern(left, assignment.Right), assignment);
            case AssignmentPattern or ArrayPattern or ObjectPattern or AssignmentProperty or RestElement:
                if (binding)
                {
                    CheckBinding(node);
                }

                return node;
        }

        if (binding && node is MemberExpression { IsParenthesized: false })
        {
            message = Messages.PropertyInDeclaration;
        }

        var code = message == Messages.InvalidAssignmentTarget ? "InvalidLhsInAssignment" : null;
        Raise(OuterStart(node), message, code);
        return node;
    }

    private static int OuterStart(Node node) => node is Expression { IsParenthesized: true } expression ? expression._parenthesis - 1 : node.Start;

    private ObjectPattern ToObjectPattern(ObjectExpression obj, bool binding)
    {
        var properties = default(ListBuilder<Node>);
        foreach (var item in obj.Properties)
        {
            switch (item)
            {
                case SpreadElement spread:
                    if (spread._trailingComma != 0)
                    {
                        Raise(spread.Start, Messages.RestElementNotLast);
                    }

                    properties.Add(ToObjectRest(spread, binding));
                    break;
                case ObjectProperty { Kind: PropertyKind.Init, Method: false } property:
                    if (property is { Shorthand: true, Value: AssignmentPattern { Left: var name } } && !binding)
                    {
                        ToPattern(name, binding);
                    }

                    var value = ToPattern(property.Value, binding);
                    properties.Add(FinishLike(new AssignmentProperty(property.Key, value, property.Computed, property.Shorthand), property));
                    break;
                default:
                    Raise(item.Start, Messages.InvalidDestructuringTarget);
                    break;
            }
        }

        return FinishLike(new ObjectPattern(properties.ToNodeList()), obj);
    }

    private RestElement ToObjectRest(SpreadElement spread, bool binding)
    {
        if (spread.Argument is not (Identifier or MemberExpression) || (binding && spread.Argument is not Identifier { IsParenthesized: false }))
        {
            Raise(spread.Argument.Start, binding ? Messages.RestBindingInvalid : Messages.RestAssignmentInvalid);
        }

        return FinishLike(new RestElement(ToPattern(spread.Argument, binding)), spread);
    }

    private ArrayPattern ToArrayPattern(ArrayExpression array, bool binding)
    {
        var elements = default(ListBuilder<Node?>);
        foreach (var item in array.Elements)
        {
            elements.Add(item switch
            {
                null => null,
                SpreadElement spread => ToRest(spread, binding),
                _ => ToPattern(item, binding),
            });
        }

        return FinishLike(new ArrayPattern(elements.ToNodeList()), array);
    }

    private RestElement ToRest(SpreadElement spread, bool binding)
    {
        if (spread._trailingComma != 0)
        {
            Raise(spread.Start, Messages.RestElementNotLast);
        }

        var argument = ToPattern(spread.Argument, binding);
        if (argument is AssignmentPattern)
        {
            Raise(argument.Start, Messages.InvalidDestructuringTarget);
        }

        return FinishLike(new RestElement(argument), spread);
    }

    /// <summary>Checks that a pattern which an inner assignment has formed also binds only names.</summary>
    private void CheckBinding(Node node)
    {
        switch (node)
        {
            case Identifier { IsParenthesized: false }:
                break;
            case AssignmentPattern assignment:
                CheckBinding(assignment.Left);
                break;
            case RestElement rest:
                CheckBinding(rest.Argument);
                break;
            case AssignmentProperty property:
                CheckBinding(property.Value);
                break;
            case ArrayPattern or ObjectPattern:
                CheckStack();
                foreach (var child in node.ChildNodes)
                {
                    CheckBinding(child);
                }

                break;
            default:
                Raise(node.Start, node is MemberExpression ? Messages.PropertyInDeclaration : Messages.InvalidDestructuringTarget);
                break;
        }
    }

    /// <summary>Checks the target of an update or of a compound assignment.</summary>
    private void CheckSimpleTarget(Expression target, string message)
    {
        if (target is MemberExpression)
        {
            return;
        }

        if (target is not Identifier identifier)
        {
            Raise(OuterStart(target), message, message == Messages.InvalidAssignmentTarget ? "InvalidLhsInAssignment" : null);
        }
        else if (_strict && identifier.Name is ("eval" or "arguments"))
        {
            Raise(identifier.Start, Messages.StrictEvalArguments);
        }
    }
}
