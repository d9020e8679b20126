using System.Text.RegularExpressions;
using Acornima;
using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Scripts;

/// <summary>
/// Turns a parser's complaint into what probably happened. Two causes make up most syntax errors of workflows and are
/// named badly by any parser: TypeScript, and a backtick that ends a prompt too early.
/// </summary>
internal static partial class SyntaxDiagnosis
{
    public const string BacktickRemedy = "A backtick inside a template literal ends it: write \\` for a backtick in a prompt.";

    public const string TooDeep = "The source is nested too deeply. Split the expression into several statements.";

    public const string BlocksTooDeep = "The source is nested too deeply. Move the inner blocks into functions of their own.";

    private static readonly char[] LineEnds = ['\n', '\r', '\u2028', '\u2029'];

    private const string TypeScriptRemedy = "Workflows are plain JavaScript: remove the types.";

    public static ScriptError Explain(SourceText source, ParseErrorException failure)
    {
        var at = Math.Clamp(failure.Index, 0, source.Text.Length);
        var cause = failure.Description;
        if (cause.Contains("Unterminated template", StringComparison.Ordinal))
        {
            return source.ErrorAt(OpenTemplate.Find(source.Text) ?? at, $"Syntax error: the template literal that starts here is never closed. Close it with a backtick, or look for an unescaped one further up. {BacktickRemedy}");
        }

        var behindName = cause.Contains("Missing initializer", StringComparison.Ordinal) ? SkipName(source.Text, at) : at;
        if (TypeScript(source.Text, behindName) is { } typed)
        {
            return source.ErrorAt(behindName, typed);
        }

        return source.ErrorAt(
            at, Backtick(source, at, cause) ?? Await(source, at) ?? Known(cause) ?? Unclosed(source.Text, at, cause) ?? Jsx(source.Text, at) ?? Plain(cause));
    }

    /// <summary>A missing initializer is reported at the name; what stands there instead comes behind it.</summary>
    private static int SkipName(string text, int at)
    {
        while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] is '_' or '$' or ' '))
        {
            at++;
        }

        return at;
    }

    private static string Plain(string cause) => $"Syntax error: {cause}. Correct the syntax at this place.";

    private static string? Known(string cause) => cause switch
    {
        _ when cause.Contains("with statement", StringComparison.Ordinal) =>
            "with is not available in strict mode. Name the object where you use it.",
        _ when cause.Contains("nested too deeply", StringComparison.Ordinal) =>
            TooDeep,
        _ when cause.Contains("Unexpected end of input", StringComparison.Ordinal) =>
            "Syntax error: the file ends too early. A closing ), ] or } is missing; look for the one that was never closed.",
        _ => null,
    };

    private static string? Unclosed(string text, int at, string cause) => at == text.Length || cause != "Invalid or unexpected token" ? null : text[at] switch
    {
        '\'' or '"' => "Syntax error: the string that starts here is not closed on its line. Close it, or use a template literal (`…`) for several lines.",
        '/' => "Syntax error: the comment that starts here is never closed. Close it with */.",
        _ => null,
    };

    private static string? Jsx(string text, int at) => JsxElement().IsMatch(text.AsSpan(at))
        ? "JSX syntax. Workflows are plain JavaScript: return data, and write markup as text."
        : null;

    private static string? Backtick(SourceText source, int at, string cause)
    {
        // The complaint stands right behind a backtick: the literal ended where its author went on writing.
        var before = at;
        while (before > 0 && source.Text[before - 1] is ' ' or '\t')
        {
            before--;
        }

        return before > 0 && source.Text[before - 1] == '`' ? $"Syntax error: {cause}. {BacktickRemedy}" : null;
    }

    /// <summary>Legal at the top level, so that it is soon forgotten that a callback must be async for it.</summary>
    private static string? Await(SourceText source, int at) => AwaitWord().IsMatch(source.Text.AsSpan(at))
        ? "Syntax error: await stands in a function that is not async. Write async before that function: async item => { await … }."
        : null;

    private static string? TypeScript(string text, int at)
    {
        var lineStart = at == 0 ? 0 : text.LastIndexOfAny(LineEnds, at - 1) + 1;
        var lineEnd = text.IndexOfAny(LineEnds, at);
        var before = text[lineStart..at];
        var rest = text[at..(lineEnd < 0 ? text.Length : lineEnd)];

        string? what = null;
        if (DeclarationWord().Match(before) is { Success: true } earlier)
        {
            what = $"'{earlier.Groups[1].Value.TrimEnd()}'";
        }
        else if (DeclarationStart().Match(rest) is { Success: true } word
            && (word.Groups["reserved"].Success || before.TrimEnd().EndsWith("export", StringComparison.Ordinal)))
        {
            what = $"'{word.Value.Split(' ')[0]}'";
        }
        else if (Cast().Match(rest) is { Success: true } cast)
        {
            what = $"'{cast.Groups[1].Value}'";
        }
        else if ((rest.StartsWith(':') && Annotated().IsMatch(before) && TypeAfter().IsMatch(rest[1..]))
            || (OptionalParameter().IsMatch(rest) && EndsInName().IsMatch(before)))
        {
            what = "a type annotation";
        }
        else if ((rest.StartsWith('<') && EndsInName().IsMatch(before) && !JsxElement().IsMatch(rest)) || GenericArrow().IsMatch(rest)
            || Generic().Matches(before + rest).Any(generic => generic.Index < before.Length && before.Length <= generic.Index + generic.Length))
        {
            what = "type parameters";
        }
        else if (NonNull().IsMatch(rest) && EndsInValue().IsMatch(before))
        {
            what = "a non-null assertion ('!')";
        }

        return what is null ? null : $"TypeScript syntax: {what}. {TypeScriptRemedy}";
    }

    // The parser stumbles over the name behind a word that is none of JavaScript's: interface X, type X =, private x, …
    [GeneratedRegex(@"(?:^|[;{}]|\*/|\bexport\s)\s*(?:export\s+)?(interface|type|enum|namespace|declare|abstract|import\s+type|private|public|protected|readonly|override)\s+$")]
    private static partial Regex DeclarationWord();

    [GeneratedRegex(@"^<(?:>|[A-Za-z][\w$.-]*(?:\s+[\w-]+\s*=|\s*/?>))")]
    private static partial Regex JsxElement();

    [GeneratedRegex(@"^<\s*[A-Za-z_$][\w$]*\s*(?:,|\bextends\b|>\s*\()[^>]*>?\s*\(")]
    private static partial Regex GenericArrow();

    [GeneratedRegex(@"^await\b(?!\s*[=:])")]
    private static partial Regex AwaitWord();

    // Reserved words are refused where they stand, and all of them behind export.
    [GeneratedRegex(@"^((?<reserved>interface|enum|private|public|protected|implements)|type|namespace|declare|abstract)\s+[A-Za-z_$]", RegexOptions.ExplicitCapture)]
    private static partial Regex DeclarationStart();

    [GeneratedRegex(@"^(as|satisfies)\s+[A-Za-z_${\[('""]")]
    private static partial Regex Cast();

    [GeneratedRegex(@"(?:\b(?:const|let|var)\s+(?:[\w$]+|[{\[][^=]*[}\]])|[(,]\s*(?:\.\.\.)?(?:[\w$]+\??|[{\[][^=]*[}\]])|\)|\b[\w$]+)\s*$")]
    private static partial Regex Annotated();

    [GeneratedRegex(@"^\s*(?:[A-Za-z_$][\w$.]*|\{|\[|\(|'|"")")]
    private static partial Regex TypeAfter();

    [GeneratedRegex(@"^\?\s*:")]
    private static partial Regex OptionalParameter();

    [GeneratedRegex(@"[\w$]\s*$")]
    private static partial Regex EndsInName();

    [GeneratedRegex(@"[\w$)\]]\s*$")]
    private static partial Regex EndsInValue();

    [GeneratedRegex(@"\b[A-Za-z_$][\w$]*<[\w$\s,.|\[\]<>{}:;'""]+>\s*\(\s*")]
    private static partial Regex Generic();

    [GeneratedRegex(@"^!\s*(?:[.:;,)\]\[}]|$)")]
    private static partial Regex NonNull();
}
