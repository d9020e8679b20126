using Acornima.Ast;
using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Scripts;

/// <summary>
/// What a script may not contain, and what deserves a warning. Judged by the syntax tree, never by text: prompts and
/// comments mention these things all the time.
/// </summary>
internal sealed class ScriptRules(SourceText source)
{
    private readonly HashSet<string> _warned = [];
    private readonly HashSet<string> _declared = [];
    private HashSet<string>? _phases;

    public List<ScriptError> Errors { get; } = [];

    public List<ScriptError> Warnings { get; } = [];

    /// <summary>What works here, but not in Claude Code.</summary>
    public List<ScriptError> Notes { get; } = [];

    /// <summary>Looks through the whole tree; on the heap, as trees may be deep.</summary>
    /// <param name="phases">The titles of meta, or null when it has none.</param>
    public void Check(Program program, HashSet<string>? phases)
    {
        _phases = phases;
        var nodes = new List<Node>();
        var open = new Stack<Node>();
        open.Push(program);
        while (open.TryPop(out var node))
        {
            nodes.Add(node);
            foreach (var child in node.ChildNodes)
            {
                open.Push(child);
            }
        }

        nodes.ForEach(NoteDeclaration);
        nodes.Sort(static (left, right) => left.Start.CompareTo(right.Start));
        nodes.ForEach(Check);
    }

    private void NoteDeclaration(Node node)
    {
        switch (node)
        {
            case VariableDeclarator { Id: Identifier id }:
                _declared.Add(id.Name);
                break;
            case IFunction function:
                if (function.Id is not null)
                {
                    _declared.Add(function.Id.Name);
                }

                foreach (var parameter in function.Params)
                {
                    if (parameter is Identifier name)
                    {
                        _declared.Add(name.Name);
                    }
                }

                break;
            case IClass { Id: { } id }:
                _declared.Add(id.Name);
                break;
        }
    }

    private void Check(Node node)
    {
        switch (node)
        {
            case ImportDeclaration:
            case ExportAllDeclaration:
            case ExportNamedDeclaration { Source: not null }:
                Refuse(node, "A workflow is one file and cannot import modules. Remove the import; the globals (agent, parallel, …) need none, "
                    + "and agents can read files and use tools.");
                break;
            case ImportExpression:
                Refuse(node, "import() is not available in workflows. Move the code into this file, or let an agent do what the module would.");
                break;
            case MetaProperty { Meta.Name: "import" }:
                Refuse(node, "import.meta is not available in workflows. Pass what you need in args.");
                break;
            case WithStatement:
                Refuse(node, "with is not available in strict mode. Name the object where you use it.");
                break;
            case CallExpression call:
                CheckCall(call);
                break;
            case NewExpression creation:
                CheckNew(creation);
                break;
            case TaggedTemplateExpression { Tag: TemplateLiteral or StringLiteral } tagged:
                Refuse(tagged.Quasi, "A template literal is used as the tag of another. " + SyntaxDiagnosis.BacktickRemedy);
                break;
        }
    }

    private void CheckCall(CallExpression call)
    {
        if (Named(call.Callee, "eval"))
        {
            Refuse(call, "eval is not available in workflows. Write the code out, or parse data with JSON.parse.");
        }
        else if (Named(call.Callee, "Function"))
        {
            RefuseFunction(call);
        }
        else if (Named(call.Callee, "Date"))
        {
            Note(call, "Date()", "Date() reads the clock");
        }
        else if (IsMember(call.Callee, "Date", "now"))
        {
            Note(call, "Date.now()", "Date.now() reads the clock");
        }
        else if (IsMember(call.Callee, "Math", "random"))
        {
            Note(call, "Math.random()", "Math.random() draws by chance");
        }
        else if (call.Arguments.Count > 0 && Named(call.Callee, "phase"))
        {
            CheckPhase(call.Arguments[0]);
        }
        else if (call.Arguments.Count > 1 && Named(call.Callee, "agent") && call.Arguments[1] is ObjectExpression options)
        {
            foreach (var member in options.Properties)
            {
                if (member is ObjectProperty { Computed: false, Key: Identifier { Name: "phase" } or StringLiteral { Value: "phase" } } property)
                {
                    CheckPhase(property.Value);
                }
            }
        }
    }

    private void CheckNew(NewExpression creation)
    {
        if (Named(creation.Callee, "Function"))
        {
            RefuseFunction(creation);
        }
        else if (creation.Arguments.Count == 0 && Named(creation.Callee, "Date"))
        {
            Note(creation, "new Date()", "new Date() without arguments reads the clock");
        }
    }

    private void RefuseFunction(Node place) =>
        Refuse(place, "Code from strings (new Function) is not available in workflows. Write the function out.");

    private void CheckPhase(Node title)
    {
        var text = title switch
        {
            StringLiteral literal => literal.Value,
            TemplateLiteral { Expressions.Count: 0 } template => template.Quasis[0].Value.Cooked,
            _ => null,
        };
        if (_phases is not null && text is not null && !_phases.Contains(text))
        {
            var near = NearestName.Find(text, _phases);
            Warn(title, "phase " + text, $"meta.phases does not name the phase '{text}'. "
                + (near is null ? "Add it there, or use one of its titles." : $"Did you mean '{near}'?"));
        }
    }

    /// <summary>The global of that name, unless the script declares one of its own anywhere.</summary>
    private bool Named(Expression callee, string name) =>
        callee is Identifier identifier && identifier.Name == name && !_declared.Contains(name);

    private bool IsMember(Expression callee, string owner, string name) =>
        callee is MemberExpression { Computed: false, Property: Identifier property } member
        && property.Name == name && Named(member.Object, owner);

    private void Refuse(Node place, string message) => Errors.Add(source.ErrorAt(place.Start, message));

    private void Note(Node place, string once, string message)
    {
        if (_warned.Add(once))
        {
            Notes.Add(source.ErrorAt(place.Start, $"{message}. It works here and is replay-safe, but is not portable to Claude Code, where it throws."));
        }
    }

    private void Warn(Node place, string once, string message)
    {
        if (_warned.Add(once))
        {
            Warnings.Add(source.ErrorAt(place.Start, message));
        }
    }
}
