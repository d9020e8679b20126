using Acornima;
using Acornima.Ast;
using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.Scripts;

namespace McpWorkflows.Engine.Workflows;

/// <summary>
/// Gives a script another name or description by exchanging that one literal of its <c>meta</c>; every other character
/// stays as it is.
/// </summary>
internal static class MetaEdit
{
    /// <summary>The edited text, or the text as it was where the edit would change anything besides.</summary>
    public static string Apply(WorkflowScript script, string name, string? description)
    {
        var edited = script.Text;
        foreach (var (key, value) in new[] { ("name", name), ("description", description) })
        {
            if (value is not null && TryReplace(edited, key, value) is { } replaced)
                edited = replaced;
        }

        return Fits(script.Meta, edited, name, description) ? edited : script.Text;
    }

    private static string? TryReplace(string text, string key, string value)
    {
        // Trees are as deep as sources are nested, and the parser walks them on its stack.
        var literal = SliceThreads.RunAsync(() => Find(text, key)).GetAwaiter().GetResult();
        if (literal is not var (start, end))
            return null;

        var quote = text[start];
        return quote is '\'' or '"' or '`' ? string.Concat(text.AsSpan(0, start), Quoted(value, quote), text.AsSpan(end)) : null;
    }

    private static (int Start, int End)? Find(string text, string key)
    {
        var mark = text.StartsWith('\uFEFF') ? 1 : 0;
        var program = new Parser(new ParserOptions { AllowReturnOutsideFunction = true }).ParseModule(text[mark..]);
        var declaration = ((program.Body[0] as ExportNamedDeclaration)?.Declaration as VariableDeclaration)?.Declarations[0];
        // Of keys that stand twice the last one counts.
        var member = (declaration?.Init as ObjectExpression)?.Properties.OfType<ObjectProperty>().LastOrDefault(
            property => property.Key is Identifier id ? id.Name == key : property.Key is StringLiteral literal && literal.Value == key);
        return member is null ? null : (member.Value.Start + mark, member.Value.End + mark);
    }

    private static string Quoted(string value, char quote)
    {
        var escaped = value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(quote.ToString(), $"\\{quote}", StringComparison.Ordinal)
            .Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return $"{quote}{(quote == '`' ? escaped.Replace("${", "\\${", StringComparison.Ordinal) : escaped)}{quote}";
    }

    private static bool Fits(WorkflowMeta before, string edited, string name, string? description)
    {
        try
        {
            var after = WorkflowScript.Parse(edited, "edited.js").Meta;
            return after.Name == name && after.Description == (description ?? before.Description)
                && (after.Title, after.WhenToUse) == (before.Title, before.WhenToUse) && after.Phases.SequenceEqual(before.Phases);
        }
        catch (ScriptRefusedException)
        {
            return false;
        }
    }
}
