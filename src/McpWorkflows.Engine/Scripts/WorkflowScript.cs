using Acornima;
using Acornima.Ast;
using McpWorkflows.Engine.Extensions;
using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Scripts;

/// <summary>A workflow file, parsed and checked but not run.</summary>
public sealed class WorkflowScript
{
    private const int MaxLength = 524_288;

    private const int MaxErrors = 20;

    private static readonly ParserOptions Options = new() { AllowReturnOutsideFunction = true };

    private WorkflowScript(
        string text,
        string fileName,
        WorkflowMeta meta,
        IReadOnlyList<ScriptError> warnings,
        ScriptChecks checks,
        IReadOnlyList<string> extensions,
        WrappedScript wrapped)
    {
        Text = text;
        FileName = fileName;
        Meta = meta;
        Warnings = warnings;
        Defects = checks.Defects;
        Advice = checks.Advice;
        Extensions = extensions;
        Wrapped = wrapped;
    }

    public string Text { get; }

    public string FileName { get; }

    public WorkflowMeta Meta { get; }

    /// <summary>What deserves a word, by place: names nobody declares, phases that meta does not name, ….</summary>
    public IReadOnlyList<ScriptError> Warnings { get; }

    /// <summary>What works here, but not in Claude Code, by place: for whoever validates a script, not for every run of it.</summary>
    public IReadOnlyList<ScriptError> Notes { get; private init; } = [];

    /// <summary>Those of the warnings that are no guess: what they name fails whenever it is reached.</summary>
    public IReadOnlyList<ScriptError> Defects { get; }

    /// <summary>What would make a run easier to follow, by place; not among the warnings.</summary>
    public IReadOnlyList<ScriptError> Advice { get; }

    /// <summary>Names of the extensions it may call, children apart.</summary>
    public IReadOnlyList<string> Extensions { get; }

    /// <summary>What the runtime evaluates; see <see cref="WrappedScript"/>.</summary>
    internal WrappedScript Wrapped { get; }

    /// <summary>Checks a script. Throws <see cref="ScriptRefusedException"/> with every error found.</summary>
    public static WorkflowScript Parse(string text, string fileName)
    {
        var source = new SourceText(text, fileName);
        var errors = new List<ScriptError>();
        CheckCharacters(source, errors);
        if (errors.Count > 0)
        {
            throw new ScriptRefusedException(errors);
        }

        // Trees are as deep as sources are nested, and the parser walks them on its stack.
        return SliceThreads.RunAsync(() => Parse(source, text)).GetAwaiter().GetResult();
    }

    private static WorkflowScript Parse(SourceText source, string text)
    {
        Program program;
        try
        {
            program = new Parser(Options).ParseModule(source.Text, source.FileName);
        }
        catch (ParseErrorException failure)
        {
            throw new ScriptRefusedException([SyntaxDiagnosis.Explain(source, failure)]);
        }

        var errors = new List<ScriptError>();
        var meta = new MetaReader(source, errors).Read(program);
        var rules = new ScriptRules(source);
        rules.Check(program, meta is { Phases.Count: > 0 } ? [.. meta.Phases.Select(phase => phase.Title)] : null);
        errors.AddRange(rules.Errors);
        var nesting = DeepNesting.Of(program, source.Text);
        if (nesting.TooDeep is { } place)
        {
            errors.Add(source.ErrorAt(place.Start, place is Statement ? SyntaxDiagnosis.BlocksTooDeep : SyntaxDiagnosis.TooDeep));
        }

        if (meta is null || errors.Count > 0)
        {
            throw new ScriptRefusedException([.. errors.OrderBy(error => (error.Line, error.Column))]);
        }

        var checks = ScriptChecks.Of(source, program);
        var warnings = rules.Warnings.Concat(UndeclaredNames.Find(source, program)).Concat(checks.Defects).Concat(checks.Doubts)
            .OrderBy(warning => (warning.Line, warning.Column));
        var notes = rules.Notes.Concat(ExtensionUses.Find(source, program)).OrderBy(note => (note.Line, note.Column));
        return new WorkflowScript(text, source.FileName, meta, [.. warnings], checks, BuiltInExtensions.UsedBy(program), WrappedScript.Create(source, program, nesting))
        {
            Notes = [.. notes],
        };
    }

    private static void CheckCharacters(SourceText source, List<ScriptError> errors)
    {
        if (source.Text.Length > MaxLength)
        {
            errors.Add(new ScriptError(
                $"The script has {source.Text.Length:N0} characters; {MaxLength:N0} is the most. Move data into args or into files that agents read.",
                source.FileName));
            return;
        }

        for (var i = 0; i < source.Text.Length && errors.Count < MaxErrors; i++)
        {
            if (char.IsControl(source.Text[i]) && source.Text[i] is not ('\t' or '\r' or '\n'))
            {
                errors.Add(source.ErrorAt(i, $"The script contains the control character U+{(int)source.Text[i]:X4}. Remove it, or write \\u{(int)source.Text[i]:x4} in a string."));
            }
        }
    }
}

/// <summary>The script's own description.</summary>
public sealed record WorkflowMeta
{
    public required string Name { get; init; }

    public required string Description { get; init; }

    public string? Title { get; init; }

    public string? WhenToUse { get; init; }

    public IReadOnlyList<WorkflowPhase> Phases { get; init; } = [];
}

/// <summary>A phase that meta announces.</summary>
public sealed record WorkflowPhase(string Title, string? Detail = null, string? Model = null);

/// <summary>The script cannot run; each error says where, why and what to do.</summary>
public sealed class ScriptRefusedException(IReadOnlyList<ScriptError> errors)
    : Exception(string.Join(Environment.NewLine, errors))
{
    public IReadOnlyList<ScriptError> Errors { get; } = errors;
}
