using System.Globalization;
using Acornima.Ast;

namespace Acornima.Tests.Conformance;

/// <summary>The fields that ESTree gives a node, in the order of their names.</summary>
internal static class EsTreeFields
{
    public static (string Name, object? Value)[] Of(Node node) => node switch
    {
        Program program => [("body", List(program.Body)), ("sourceType", program.SourceType == SourceType.Module ? "module" : "script")],
        Identifier identifier => [("name", identifier.Name)],
        PrivateIdentifier identifier => [("name", identifier.Name)],
        Literal literal => OfLiteral(literal),
        TemplateElement element =>
            [("tail", element.Tail), ("value", new (string, object?)[] { ("cooked", element.Value.Cooked), ("raw", element.Value.Raw) })],
        TemplateLiteral template => [("expressions", List(template.Expressions)), ("quasis", List(template.Quasis))],
        TaggedTemplateExpression tagged => [("quasi", tagged.Quasi), ("tag", tagged.Tag)],
        IFunction function => OfFunction(function),
        IClass type => [("body", type.Body), ("id", type.Id), ("superClass", type.SuperClass)],
        ClassBody body => [("body", List(body.Body))],
        StaticBlock block => [("body", List(block.Body))],
        MethodDefinition method =>
            [("computed", method.Computed), ("key", method.Key), ("kind", Kind(method.Kind)), ("static", method.Static), ("value", method.Value)],
        PropertyDefinition field => [("computed", field.Computed), ("key", field.Key), ("static", field.Static), ("value", field.Value)],
        Property property => OfProperty(property),
        ImportDeclaration or ExportDeclaration or ImportDeclarationSpecifier or ExportSpecifier or ImportAttribute => OfModule(node),
        Statement statement => OfStatement(statement),
        SwitchCase part => [("consequent", List(part.Consequent)), ("test", part.Test)],
        CatchClause clause => [("body", clause.Body), ("param", clause.Param)],
        VariableDeclarator declarator => [("id", declarator.Id), ("init", declarator.Init)],
        ArrayPattern pattern => [("elements", List(pattern.Elements))],
        ObjectPattern pattern => [("properties", List(pattern.Properties))],
        AssignmentPattern pattern => [("left", pattern.Left), ("right", pattern.Right)],
        RestElement rest => [("argument", rest.Argument)],
        Expression expression => OfExpression(expression),
        _ => throw Unknown(node),
    };

    private static (string Name, object? Value)[] OfExpression(Expression expression) => expression switch
    {
        ThisExpression or Super => [],
        ArrayExpression array => [("elements", List(array.Elements))],
        ObjectExpression literal => [("properties", List(literal.Properties))],
        SpreadElement spread => [("argument", spread.Argument)],
        UpdateExpression update => [("argument", update.Argument), ("operator", Token(update.Operator)), ("prefix", update.Prefix)],
        UnaryExpression unary => [("argument", unary.Argument), ("operator", Token(unary.Operator)), ("prefix", true)],
        BinaryExpression binary => [("left", binary.Left), ("operator", Token(binary.Operator)), ("right", binary.Right)],
        AssignmentExpression assignment =>
            [("left", assignment.Left), ("operator", Token(assignment.Operator)), ("right", assignment.Right)],
        ConditionalExpression conditional =>
            [("alternate", conditional.Alternate), ("consequent", conditional.Consequent), ("test", conditional.Test)],
        SequenceExpression sequence => [("expressions", List(sequence.Expressions))],
        CallExpression call => [("arguments", List(call.Arguments)), ("callee", call.Callee), ("optional", call.Optional)],
        NewExpression creation => [("arguments", List(creation.Arguments)), ("callee", creation.Callee)],
        MemberExpression member =>
            [("computed", member.Computed), ("object", member.Object), ("optional", member.Optional), ("property", member.Property)],
        ChainExpression chain => [("expression", chain.Expression)],
        ImportExpression import => [("options", import.Options), ("source", import.Source)],
        MetaProperty meta => [("meta", meta.Meta), ("property", meta.Property)],
        AwaitExpression await => [("argument", await.Argument)],
        YieldExpression yield => [("argument", yield.Argument), ("delegate", yield.Delegate)],
        _ => throw Unknown(expression),
    };

    private static (string Name, object? Value)[] OfStatement(Statement statement) => statement switch
    {
        EmptyStatement or DebuggerStatement => [],
        Directive directive => [("directive", directive.Value), ("expression", directive.Expression)],
        ExpressionStatement plain => [("expression", plain.Expression)],
        BlockStatement block => [("body", List(block.Body))],
        VariableDeclaration declaration => [("declarations", List(declaration.Declarations)), ("kind", Kind(declaration.Kind))],
        IfStatement branch => [("alternate", branch.Alternate), ("consequent", branch.Consequent), ("test", branch.Test)],
        ForStatement loop => [("body", loop.Body), ("init", loop.Init), ("test", loop.Test), ("update", loop.Update)],
        ForInStatement loop => [("body", loop.Body), ("left", loop.Left), ("right", loop.Right)],
        ForOfStatement loop => [("await", loop.Await), ("body", loop.Body), ("left", loop.Left), ("right", loop.Right)],
        WhileStatement loop => [("body", loop.Body), ("test", loop.Test)],
        DoWhileStatement loop => [("body", loop.Body), ("test", loop.Test)],
        ReturnStatement end => [("argument", end.Argument)],
        ThrowStatement end => [("argument", end.Argument)],
        BreakStatement end => [("label", end.Label)],
        ContinueStatement end => [("label", end.Label)],
        LabeledStatement labeled => [("body", labeled.Body), ("label", labeled.Label)],
        SwitchStatement choice => [("cases", List(choice.Cases)), ("discriminant", choice.Discriminant)],
        TryStatement attempt => [("block", attempt.Block), ("finalizer", attempt.Finalizer), ("handler", attempt.Handler)],
        WithStatement with => [("body", with.Body), ("object", with.Object)],
        _ => throw Unknown(statement),
    };

    private static (string Name, object? Value)[] OfModule(Node node) => node switch
    {
        ImportDeclaration import =>
            [("attributes", List(import.Attributes)), ("source", import.Source), ("specifiers", List(import.Specifiers))],
        ImportSpecifier specifier => [("imported", specifier.Imported), ("local", specifier.Local)],
        ImportDeclarationSpecifier specifier => [("local", specifier.Local)],
        ImportAttribute attribute => [("key", attribute.Key), ("value", attribute.Value)],
        ExportSpecifier specifier => [("exported", specifier.Exported), ("local", specifier.Local)],
        ExportDefaultDeclaration export => [("declaration", export.Declaration)],
        ExportAllDeclaration export =>
            [("attributes", List(export.Attributes)), ("exported", export.Exported), ("source", export.Source)],
        ExportNamedDeclaration export =>
        [
            ("attributes", List(export.Attributes)), ("declaration", export.Declaration),
            ("source", export.Source), ("specifiers", List(export.Specifiers)),
        ],
        _ => throw Unknown(node),
    };

    private static (string Name, object? Value)[] OfFunction(IFunction function) =>
    [
        ("async", function.Async), ("body", function.Body), ("expression", function.Expression),
        ("generator", function.Generator), ("id", function.Id), ("params", List(function.Params)),
    ];

    private static (string Name, object? Value)[] OfProperty(Property property) =>
    [
        ("computed", property.Computed), ("key", property.Key), ("kind", Kind(property.Kind)),
        ("method", property is ObjectProperty { Method: true }), ("shorthand", property.Shorthand), ("value", property.Value),
    ];

    private static (string Name, object? Value)[] OfLiteral(Literal literal) => literal switch
    {
        RegExpLiteral pattern =>
        [
            ("raw", literal.Raw),
            ("regex", new (string, object?)[] { ("flags", pattern.RegExp.Flags), ("pattern", pattern.RegExp.Pattern) }),
        ],
        BigIntLiteral big => [("bigint", big.Value.ToString(CultureInfo.InvariantCulture)), ("raw", literal.Raw)],
        _ => [("raw", literal.Raw), ("value", literal.Value)],
    };

    private static Node?[] List<T>(in NodeList<T> nodes) where T : Node?
    {
        var list = new Node?[nodes.Count];
        for (var index = 0; index < list.Length; index++)
        {
            list[index] = nodes[index];
        }

        return list;
    }

    private static string Kind(PropertyKind kind) => kind.ToString().ToLowerInvariant();

    private static string Kind(VariableDeclarationKind kind) =>
        kind == VariableDeclarationKind.AwaitUsing ? "await using" : kind.ToString().ToLowerInvariant();

    private static readonly string[] Tokens =
    [
        "=", "??=", "||=", "&&=", "|=", "^=", "&=", "<<=", ">>=", ">>>=", "+=", "-=", "*=", "/=", "%=", "**=",
        "??", "||", "&&", "|", "^", "&", "==", "!=", "===", "!==", "<", "<=", ">", ">=", "in", "instanceof",
        "<<", ">>", ">>>", "+", "-", "*", "/", "%", "**", "++", "--", "!", "~", "+", "-", "typeof", "void", "delete",
    ];

    private static string Token(Operator @operator) => Tokens[(int)@operator - 1];

    private static InvalidOperationException Unknown(Node node) => new($"No fields are known for {node.GetType()}.");
}
