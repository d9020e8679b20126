using Acornima.Ast;
using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Scripts;

/// <summary>Finds promises and values where <c>parallel</c> and <c>pipeline</c> take functions.</summary>
internal static class FanOutChecks
{
    private const string Thunk = "Wrap the call in a function: () => agent(…).";

    public static IEnumerable<ScriptError> Find(SourceText source, ScriptCode code) =>
        code.Calls("parallel").SelectMany(call => OfParallel(source, code, call))
            .Concat(code.Calls("pipeline").SelectMany(call => OfPipeline(source, code, call)));

    private static IEnumerable<ScriptError> OfParallel(SourceText source, ScriptCode code, CallExpression call)
    {
        if (call.Arguments.Count == 0)
        {
            yield return source.ErrorAt(call.Start, "parallel() needs an array of functions: parallel(items.map(item => () => agent(…))).");
            yield break;
        }

        var list = code.Resolve(call.Arguments[0]);
        if (code.IsStarter(list) || list is IFunction)
        {
            yield return source.ErrorAt(call.Arguments[0].Start, "parallel() takes one array of functions. Write parallel([() => agent(…), () => agent(…)]).");
        }
        else if (list is ArrayExpression array)
        {
            foreach (var element in array.Elements)
            {
                if (element is not null && Fault(code, element) is { } fault)
                {
                    yield return source.ErrorAt(element.Start, $"parallel() takes functions, but this is {fault}. {Thunk}");
                }
            }
        }
        else if (MappedTo(list) is { } function && Given(code, function) is { } place)
        {
            yield return source.ErrorAt(
                place.Start, "parallel() takes functions, but this map gives promises: all would start at once, and parallel() refuses them. Write item => () => agent(…).");
        }
    }

    private static IEnumerable<ScriptError> OfPipeline(SourceText source, ScriptCode code, CallExpression call)
    {
        if (call.Arguments.Count > 0 && code.IsStarter(code.Resolve(call.Arguments[0])))
        {
            yield return source.ErrorAt(call.Arguments[0].Start, "pipeline() takes an array of items, but this is a promise. Await it first.");
        }

        foreach (var stage in call.Arguments.Skip(1))
        {
            if (Fault(code, stage) is { } fault)
            {
                yield return source.ErrorAt(stage.Start, $"pipeline() takes functions as stages, but this is {fault}. Write (previous, item) => agent(…).");
            }
        }
    }

    /// <summary>What stands there instead of a function; null for what may be one.</summary>
    private static string? Fault(ScriptCode code, Expression element) => code.Resolve(element) switch
    {
        AwaitExpression => "the answer of a call that was awaited",
        Literal or TemplateLiteral or ObjectExpression or ArrayExpression => "no function",
        var value when code.IsStarter(value) => "a promise",
        _ => null,
    };

    /// <summary>The function of <c>items.map(…)</c>.</summary>
    private static IFunction? MappedTo(Node list) =>
        list is CallExpression { Callee: MemberExpression { Computed: false, Property: Identifier { Name: "map" or "flatMap" } } } map && map.Arguments.Count > 0
            ? map.Arguments[0] as IFunction
            : null;

    /// <summary>Where a function gives a promise for sure; null where it may give a function.</summary>
    private static Node? Given(ScriptCode code, IFunction function)
    {
        if (function.Async)
        {
            return (Node)function;
        }

        if (function.Body is not BlockStatement body)
        {
            return code.IsStarter(function.Body) ? function.Body : null;
        }

        var returned = ScriptCode.Within(body, intoFunctions: false).OfType<ReturnStatement>().ToList();
        return returned.Count > 0 && returned.TrueForAll(statement => code.IsStarter(statement.Argument)) ? returned[0].Argument : null;
    }
}
