using Acornima;
using Acornima.Ast;
using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Scripts;

/// <summary>
/// Finds loops around agents that only an agent's answer ends, if anything: agents that always find more let them go on to
/// the cap. A bound is a count of rounds, a list that gets shorter, or the budget.
/// </summary>
internal static class LoopChecks
{
    private const string Remedy = "Give it a cap on rounds: for (let round = 1; round <= 5; round++), or use converge(step, { rounds: 5 }).";

    private static readonly HashSet<string> Shrinking = ["shift", "pop", "splice", "slice", "delete", "next"];

    public static IEnumerable<ScriptError> Find(SourceText source, ScriptCode code)
    {
        foreach (var node in code.Nodes)
        {
            var loop = node switch
            {
                WhileStatement found => new Loop(found, found.Test, null, found.Body),
                DoWhileStatement found => new Loop(found, found.Test, null, found.Body),
                ForStatement found => new Loop(found, found.Test, found.Update, found.Body),
                _ => null,
            };
            if (loop is null || !ScriptCode.Within(loop.Body, intoFunctions: true).Append(loop.Test).Any(code.IsStarter))
            {
                continue;
            }

            if (Fault(code, loop) is { } fault)
            {
                yield return source.ErrorAt(node.Start, $"{fault} {Remedy}");
            }
        }
    }

    private static string? Fault(ScriptCode code, Loop loop)
    {
        var inside = ScriptCode.Within(loop.Node, intoFunctions: false).ToList();
        var exits = Exits(loop.Body).ToList();
        var endless = loop.Test is null or BooleanLiteral { Value: true } or NumericLiteral { Value: not 0 };
        if (endless && exits.Count == 0)
        {
            return "This loop starts agents and never ends.";
        }

        var changed = Changed(inside);
        Spread(inside, changed);
        var assigned = Assigned(inside.OfType<AssignmentExpression>()).ToHashSet();
        IEnumerable<Expression> conditions = [.. endless ? [] : new[] { loop.Test! }, .. exits.OfType<Expression>()];
        return conditions.Any(condition => Bounds(condition, changed) || Narrows(condition, assigned) || Asks(code, condition, changed)) ? null
            : "This loop starts agents and ends only when one of them says so.";
    }

    /// <summary>What leads out of the loop: the condition it stands under; null for one without, or whose condition is no test.</summary>
    private static IEnumerable<Expression?> Exits(Statement body)
    {
        var open = new Stack<(Node Node, Expression? Under, bool Inner)>([(body, null, false)]);
        while (open.TryPop(out var next))
        {
            switch (next.Node)
            {
                case BreakStatement { Label: not null } or ReturnStatement or ThrowStatement:
                case BreakStatement when !next.Inner:
                    yield return next.Under;
                    break;
                case IfStatement choice:
                    open.Push((choice.Consequent, choice.Test, next.Inner));
                    if (choice.Alternate is { } other)
                    {
                        open.Push((other, choice.Test, next.Inner));
                    }

                    break;
                case IFunction:
                    break;
                default:
                    var inner = next.Inner || next.Node is WhileStatement or DoWhileStatement or ForStatement or ForOfStatement or ForInStatement or SwitchStatement;
                    foreach (var child in next.Node.ChildNodes)
                    {
                        open.Push((child, next.Under, inner));
                    }

                    break;
            }
        }
    }

    /// <summary>Names that count, or whose list changes its length, in the loop.</summary>
    private static HashSet<string> Changed(List<Node> inside)
    {
        var names = new HashSet<string>();
        foreach (var node in inside)
        {
            switch (node)
            {
                case UpdateExpression { Argument: Identifier name }:
                    names.Add(name.Name);
                    break;
                case AssignmentExpression { Operator: not Operator.Assignment, Left: Identifier name }:
                    names.Add(name.Name);
                    break;
                case AssignmentExpression { Left: Identifier name, Right: NonLogicalBinaryExpression sum } when Mentions(sum, name.Name):
                    names.Add(name.Name);
                    break;
                case AssignmentExpression { Left: Identifier name, Right: CallExpression { Callee: MemberExpression { Property: Identifier method } } } when Shrinking.Contains(method.Name):
                    names.Add(name.Name);
                    break;
                case CallExpression { Callee: MemberExpression { Object: Identifier list, Property: Identifier method } } when Shrinking.Contains(method.Name):
                    names.Add(list.Name);
                    break;
            }
        }

        return names;
    }

    /// <summary>What is set by a condition on something that counts is bounded too.</summary>
    private static void Spread(List<Node> inside, HashSet<string> changed)
    {
        for (var known = -1; known < changed.Count;)
        {
            known = changed.Count;
            foreach (var choice in inside.OfType<IfStatement>().Where(choice => Bounds(choice.Test, changed)))
            {
                changed.UnionWith(Assigned([choice.Consequent, .. choice.Alternate is { } other ? new[] { other } : []]));
            }

            foreach (var assignment in inside.OfType<AssignmentExpression>().Where(assignment => assignment.Left is Identifier && Bounds(assignment.Right, changed)))
            {
                changed.Add(((Identifier)assignment.Left).Name);
            }
        }
    }

    private static IEnumerable<string> Assigned(IEnumerable<Node> parts) => parts
        .SelectMany(part => ScriptCode.Within(part, intoFunctions: false))
        .OfType<AssignmentExpression>().Select(assignment => assignment.Left).OfType<Identifier>().Select(name => name.Name);

    /// <summary>The condition looks at something that counts, or at the budget.</summary>
    private static bool Bounds(Expression condition, HashSet<string> changed) =>
        ScriptCode.Within(condition, intoFunctions: false).Any(node => node is Identifier name && (name.Name == "budget" || changed.Contains(name.Name)));

    /// <summary>Goes on while a list that is made anew has two items or more, as an elimination does; one that is to become empty may be found anew for ever.</summary>
    private static bool Narrows(Expression condition, HashSet<string> assigned) =>
        ScriptCode.Within(condition, intoFunctions: false).OfType<NonLogicalBinaryExpression>().Any(comparison =>
            comparison is { Left: MemberExpression { Object: Identifier list, Property: Identifier { Name: "length" or "size" } }, Right: NumericLiteral number }
            && assigned.Contains(list.Name)
            && (comparison.Operator == Operator.GreaterThan ? number.Value >= 1 : comparison.Operator == Operator.GreaterThanOrEqual && number.Value >= 2));

    /// <summary>Calls a function of the script that looks at a bound.</summary>
    private static bool Asks(ScriptCode code, Expression condition, HashSet<string> changed) =>
        ScriptCode.Within(condition, intoFunctions: false).OfType<CallExpression>()
            .Any(call => code.Resolve(call.Callee) is IFunction { Body: var body } && ScriptCode.Within(body, intoFunctions: true).OfType<Expression>().Any(part => Bounds(part, changed)));

    private static bool Mentions(Node node, string name) => ScriptCode.Within(node, intoFunctions: false).Any(part => part is Identifier found && found.Name == name);

    private sealed record Loop(Statement Node, Expression? Test, Expression? Update, Statement Body);
}
