using Acornima.Ast;

namespace McpWorkflows.Engine.Scripts;

/// <summary>
/// Jint looks for declarations down to a nesting of 256 in a function and refuses what lies deeper, which long sums,
/// chains of <c>.then</c> and ladders of <c>else if</c> reach: each link is a level. It stops at inner functions, so deep
/// expressions are put into arrow functions that are called on the spot, and ladders become blocks that are left by a
/// label; neither changes what they do. An expression that awaits costs a few more turns of the microtask queue.
/// </summary>
internal sealed class DeepNesting
{
    /// <summary>What the marks call: a function that calls, and one that opens a box.</summary>
    public const string Helpers = "const ꘌ = f => f(), ꘌꘌ = box => box[0];";

    private const int EnoughForOneFunction = 100;

    private const int Most = 240;

    // Begin with a name, so that no line joins the one before it.
    private const string Open = "ꘌ(()=>(";

    private const string Close = "))";

    // The box keeps a promise that is the expression's value from being awaited.
    private const string OpenAwaiting = "ꘌꘌ(await ꘌ(async()=>[(";

    private const string CloseAwaiting = ")]))";

    private readonly List<SourceMark> _marks = [];
    private readonly List<int> _elses = [];
    private int _ladders;

    /// <summary>What to put between the characters of the source; of marks at one place the inner ones come first.</summary>
    public IReadOnlyList<SourceMark> Marks => _marks;

    /// <summary>Where a keyword <c>else</c> is to be blanked.</summary>
    public IReadOnlyList<int> Elses => _elses;

    /// <summary>Where nesting goes beyond what can be helped, or null.</summary>
    public Node? TooDeep { get; private set; }

    public static DeepNesting Of(Program program, string text)
    {
        var nesting = new DeepNesting();
        nesting.Measure(program, text);
        return nesting;
    }

    private void Measure(Program program, string text)
    {
        var (nodes, parents) = Flatten(program);
        var heights = new int[nodes.Count];
        // Of a ladder of else-ifs when its links are laid side by side.
        var flatHeights = new int[nodes.Count];
        var awaits = new bool[nodes.Count];
        var yields = new bool[nodes.Count];
        var fixedParts = FixedParts(nodes);

        // Children stand behind their parents.
        for (var i = nodes.Count - 1; i > 0; i--)
        {
            var node = nodes[i];
            var parent = parents[i];
            var height = node.ChildNodes.IsEmpty() ? 0 : heights[i] + 1;
            var isLink = node is IfStatement && nodes[parent] is IfStatement { Alternate: var alternate } && alternate == node;
            if (height > EnoughForOneFunction && !yields[i] && IsWrappable(node) && !fixedParts.Contains(node))
            {
                _marks.Add(new SourceMark(node.Start, awaits[i] ? OpenAwaiting : Open, Opens: true));
                _marks.Add(new SourceMark(node.End, awaits[i] ? CloseAwaiting : Close, Opens: false));
                height = 3;
            }
            else if (height > EnoughForOneFunction && !isLink && node is IfStatement { Alternate: IfStatement } ladder)
            {
                LayFlat(ladder, text);
                height = flatHeights[i] + 4;
            }

            if (height > Most && !isLink)
            {
                TooDeep ??= node;
            }

            if (node is not IFunction and not StaticBlock)
            {
                heights[parent] = Math.Max(heights[parent], height);
                flatHeights[parent] = Math.Max(flatHeights[parent], isLink ? flatHeights[i] : height);
                awaits[parent] |= awaits[i] || node is AwaitExpression || node is ForOfStatement { Await: true };
                yields[parent] |= yields[i] || node is YieldExpression;
            }
        }
    }

    /// <summary><c>if (a) A else if (b) B else C</c> becomes <c>x:{if (a) {A;break x} if (b) {B;break x} C}</c>.</summary>
    private void LayFlat(IfStatement ladder, string text)
    {
        var label = $"ꘌ{++_ladders}";
        for (var link = ladder; link.Alternate is { } alternate; link = (IfStatement)alternate)
        {
            _marks.Add(new SourceMark(link.Consequent.Start, "{", Opens: true));
            _marks.Add(new SourceMark(link.Consequent.End, $";break {label}}}", Opens: false));
            _elses.Add(SourceScan.SkipTo(text, link.Consequent.End, 'e'));
            if (alternate is not IfStatement)
            {
                break;
            }
        }

        _marks.Add(new SourceMark(ladder.Start, label + ":{", Opens: true));
        _marks.Add(new SourceMark(ladder.End, "}", Opens: false));
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

    /// <summary>
    /// Expressions that mean something only where they stand: inside optional chains, templates with a tag, and what
    /// <c>new</c> creates, whose first parentheses are its own.
    /// </summary>
    private static HashSet<Node> FixedParts(List<Node> nodes)
    {
        var parts = new HashSet<Node>();
        foreach (var node in nodes)
        {
            if (node is TaggedTemplateExpression tagged)
            {
                parts.Add(tagged.Quasi);
            }
            else if (node is NewExpression creation)
            {
                for (var link = creation.Callee; link is not null; link = (link as MemberExpression)?.Object)
                {
                    parts.Add(link);
                }
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
        or ObjectExpression or TemplateLiteral or NewExpression or CallExpression { Callee: not Super }
        or AssignmentExpression or UnaryExpression or AwaitExpression;
}

/// <summary>Text to insert into a source at an offset; at one offset, what closes goes before what opens.</summary>
internal readonly record struct SourceMark(int At, string Text, bool Opens);
