using System.Text;
using Acornima.Ast;

namespace McpWorkflows.Engine.Scripts;

/// <summary>
/// Puts a workflow's body into a function, where <c>return</c> and <c>await</c> are legal and the globals are
/// parameters that the body may redeclare. Every character of the body keeps its column, and its line plus
/// <see cref="LineShift"/>.
/// </summary>
internal static class WrappedScript
{
    /// <summary>Lines before the body.</summary>
    public const int LineShift = 1;

    private const string Head =
        "(function (agent, parallel, pipeline, workflow, phase, log, args, budget, console, setTimeout, clearTimeout) "
        + "{ \"use strict\"; return async function () {\n";

    private const string Tail = "\n}; })";

    /// <summary>Six characters, as <c>export</c> has; nobody else's name.</summary>
    private const string DefaultVariable = "var ꘌ_";

    /// <summary>
    /// Source of an expression: a function that takes the globals and gives the body as an async function, which takes
    /// an object of the globals as its one argument.
    /// </summary>
    public static string Create(SourceText source, Program program)
    {
        var body = new StringBuilder(source.Text);
        string? last = null;
        if (source.Text.StartsWith("#!", StringComparison.Ordinal))
        {
            // Only a file may begin so.
            body[0] = '/';
            body[1] = '/';
        }

        foreach (var statement in program.Body)
        {
            switch (statement)
            {
                case ExportNamedDeclaration { Declaration: { } declaration } named:
                    Blank(body, named.Start, declaration.Start);
                    break;
                case ExportNamedDeclaration named:
                    // An empty statement, so that what stands before it still ends there.
                    Blank(body, named.Start, named.End);
                    body[named.Start] = ';';
                    break;
                case ExportDefaultDeclaration exported:
                    last = Default(body, exported);
                    break;
            }
        }

        if (last is not null)
        {
            body.Append($"\n;return typeof {last} === \"function\" ? {last}(arguments[0]) : {last};");
        }

        return Head + body + Tail;
    }

    /// <summary>Makes a declaration of it; returns the name it then has.</summary>
    private static string Default(StringBuilder body, ExportDefaultDeclaration exported)
    {
        var declared = exported.Declaration switch
        {
            FunctionDeclaration { Id: { } id } => id.Name,
            ClassDeclaration { Id: { } id } => id.Name,
            _ => null,
        };
        var keyword = DefaultKeyword(body, exported);
        if (declared is not null)
        {
            Blank(body, exported.Start, "export".Length + exported.Start);
            Blank(body, keyword, keyword + "default".Length);
            return declared;
        }

        Put(body, exported.Start, DefaultVariable);
        Put(body, keyword, "      =");
        return DefaultVariable[4..];
    }

    /// <summary>Where <c>default</c> stands; only white space and comments are between it and <c>export</c>.</summary>
    private static int DefaultKeyword(StringBuilder body, ExportDefaultDeclaration exported)
    {
        var text = body.ToString(exported.Start, exported.Declaration.Start - exported.Start);
        var at = "export".Length;
        while (true)
        {
            if (text.AsSpan(at).StartsWith("//", StringComparison.Ordinal))
            {
                at = text.IndexOfAny(['\n', '\r', '\u2028', '\u2029'], at);
            }
            else if (text.AsSpan(at).StartsWith("/*", StringComparison.Ordinal))
            {
                at = text.IndexOf("*/", at + 2, StringComparison.Ordinal) + 2;
            }
            else if (text[at] == 'd')
            {
                return exported.Start + at;
            }
            else
            {
                at++;
            }
        }
    }

    private static void Blank(StringBuilder body, int start, int end)
    {
        for (var i = start; i < end; i++)
        {
            if (body[i] is not ('\n' or '\r' or '\u2028' or '\u2029'))
            {
                body[i] = ' ';
            }
        }
    }

    private static void Put(StringBuilder body, int start, string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            body[start + i] = text[i];
        }
    }
}
