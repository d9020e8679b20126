using Acornima.Ast;

namespace McpWorkflows.Engine.Scripts;

/// <summary>A script's tree, with what the checks ask of it.</summary>
internal sealed class ScriptCode
{
    private static readonly HashSet<string> Starters = ["agent", "parallel", "pipeline", "workflow", "verify", "judge", "tournament", "converge", "checkpoint"];

    private readonly HashSet<string> _declared;
    private readonly Dictionary<string, Expression?> _constants = [];

    public ScriptCode(Program program)
    {
        _declared = NameUses.Of(program).Declared;
        var open = new Stack<Node>([program]);
        while (open.TryPop(out var node))
        {
            Nodes.Add(node);
            if (node is VariableDeclaration { Kind: VariableDeclarationKind.Const } declaration)
            {
                foreach (var variable in declaration.Declarations)
                {
                    // A name that is declared twice has no one value here, since scopes are not told apart.
                    if (variable.Id is Identifier name)
                    {
                        _constants[name.Name] = _constants.ContainsKey(name.Name) ? null : variable.Init;
                    }
                }
            }

            foreach (var child in node.ChildNodes)
            {
                open.Push(child);
            }
        }

        foreach (var parameter in Nodes.OfType<IFunction>().SelectMany(function => function.Params).OfType<Identifier>())
        {
            _constants.Remove(parameter.Name);
        }
    }

    /// <summary>All, in no particular order.</summary>
    public List<Node> Nodes { get; } = [];

    public IEnumerable<CallExpression> Calls(string name) => Nodes.OfType<CallExpression>().Where(call => IsCallOf(call, name));

    /// <summary>A call of the dialect's function, not of one that the script declares itself.</summary>
    public bool IsCallOf(Node? node, string name) =>
        node is CallExpression { Callee: Identifier callee } && callee.Name == name && !_declared.Contains(name);

    /// <summary>A call that starts agents or waits for something, and so gives a promise.</summary>
    public bool IsStarter(Node? node) =>
        node is CallExpression { Callee: Identifier callee } && Starters.Contains(callee.Name) && !_declared.Contains(callee.Name);

    /// <summary>What a name stands for that is declared once, as a constant; else the expression itself.</summary>
    public Node Resolve(Node node)
    {
        for (var steps = 0; steps < 10 && node is Identifier name && _constants.GetValueOrDefault(name.Name) is { } value; steps++)
        {
            node = value;
        }

        return node;
    }

    /// <summary>The node and all below it.</summary>
    /// <param name="intoFunctions">Also what stands in functions inside.</param>
    public static IEnumerable<Node> Within(Node root, bool intoFunctions)
    {
        var open = new Stack<Node>([root]);
        while (open.TryPop(out var node))
        {
            yield return node;
            if (!intoFunctions && node is IFunction && node != root)
            {
                continue;
            }

            foreach (var child in node.ChildNodes)
            {
                open.Push(child);
            }
        }
    }
}
