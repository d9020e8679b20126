using Acornima.Ast;

namespace McpWorkflows.Engine.Scripts;

/// <summary>
/// Jint looks for declarations down to a nesting of 256 in a function and refuses what lies deeper, which long sums and
/// chains of <c>.then</c> reach: each link is a level. It stops at inner functions, so deep expressions are put into
/// arrow functions that are called on the spot, which changes nothing about what they do.
/// </summary>
internal sealed class DeepNesting
{
    /// <summary>What goes before and after such an expression. Begins with a name, so that no line joins the one before it.</summary>
    public const string Open = "ꘌ(()=>(";

    public const string Close = "))";

    private const int EnoughForOneFunction = 100;

    private const int Most = 240;

    private DeepNesting(IReadOnlyList<Node> wrapped, Node? tooDeep)
    {
        Wrapped = wrapped;
        TooDeep = tooDeep;
    }

    /// <summary>Expressions to be put into functions of their own, inner ones first.</summary>
    public IReadOnlyList<Node> Wrapped { get; }

    /// <summary>Where nesting goes beyond what can be helped, or null.</summary>
    public Node? TooDeep { get; }

    public static DeepNesting Of(Program program)
    {
        var (nodes, parents) = Flatten(program);
        var heights = new int[nodes.Count];
        var suspends = new bool[nodes.Count];
        var fixedParts = FixedParts(nodes);
        var wrapped = new List<Node>();
        Node? tooDeep = null;

        // Children stand behind their parents.
        for (var i = nodes.Count - 1; i > 0; i--)
        {
            var node = nodes[i];
            var parent = parents[i];
            var height = node.ChildNodes.IsEmpty() ? 0 : heights[i] + 1;
            if (height > EnoughForOneFunction && !suspends[i] && IsWrappable(node) && !fixedParts.Contains(node))
            {
                wrapped.Add(node);
                height = 1;
            }
            else if (height > Most)
            {
                tooDeep ??= node;
            }

            if (node is not IFunction and not StaticBlock)
            {
                heights[parent] = Math.Max(heights[parent], height);
                suspends[parent] |= suspends[i] || node is AwaitExpression or YieldExpression;
            }
        }

        return new DeepNesting(wrapped, tooDeep);
    }

    private static (List<Node> Nodes, List<int> Parents) Flatten(Program program)
    {
        var nodes = new List<Node>();
        var parents = new List<int>();
        var open = new Stack<(Node Node, int Parent)>();
        open.Push((program, -1));
        while (open.TryPop(out var next))
        {
            nodes.Add(next.Node);
            parents.Add(next.Parent);
            var index = nodes.Count - 1;
            foreach (var child in next.Node.ChildNodes)
            {
                open.Push((child, index));
            }
        }

        return (nodes, parents);
    }

    /// <summary>Expressions that mean something only where they stand: inside optional chains, and templates with a tag.</summary>
    private static HashSet<Node> FixedParts(List<Node> nodes)
    {
        var parts = new HashSet<Node>();
        foreach (var node in nodes)
        {
            if (node is TaggedTemplateExpression tagged)
            {
                parts.Add(tagged.Quasi);
            }
            else if (node is ChainExpression chain)
            {
                for (var link = chain.Expression; link is not null; link = link switch
                {
                    MemberExpression member => member.Object,
                    CallExpression call => call.Callee,
                    _ => null,
                })
                {
                    parts.Add(link);
                }
            }
        }

        return parts;
    }

    private static bool IsWrappable(Node node) => node is BinaryExpression or ConditionalExpression or ArrayExpression
        or ObjectExpression or TemplateLiteral or NewExpression or CallExpression { Callee: not Super };
}
