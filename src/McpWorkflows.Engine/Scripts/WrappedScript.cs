using System.Text;
using Acornima.Ast;
using McpWorkflows.Engine.Extensions;

namespace McpWorkflows.Engine.Scripts;

/// <summary>
/// Puts a workflow's body into a function, where <c>return</c> and <c>await</c> are legal and the globals are
/// parameters that the body may redeclare. Every character of the body keeps its column, and its line plus one,
/// except behind what <see cref="DeepNesting"/> inserts.
/// </summary>
internal sealed class WrappedScript
{
    /// <summary>What the host gives every script, extensions too.</summary>
    public static readonly IReadOnlyList<string> Dialect =
        ["agent", "parallel", "pipeline", "workflow", "phase", "log", "args", "budget", "console", "setTimeout", "clearTimeout",
        "checkpoint", "failures"];

    /// <summary>What every script finds besides the built-ins.</summary>
    public static readonly IReadOnlyList<string> Globals = [.. Dialect, .. BuiltInExtensions.Names];

    private static readonly string Head =
        $"(function ({string.Join(", ", Globals)}) {{ \"use strict\"; {DeepNesting.Helpers} return async function () {{\n";

    private const string Tail = "\n}; })";

    /// <summary>Six characters, as <c>export</c> has; nobody else's name.</summary>
    private const string DefaultVariable = "var ꘌ_";

    private readonly ILookup<int, (int Column, int Length)> _insertions;

    private WrappedScript(string code, ILookup<int, (int Column, int Length)> insertions)
    {
        Code = code;
        _insertions = insertions;
    }

    /// <summary>
    /// Source of an expression: a function that takes the globals and gives the body as an async function, which takes
    /// an object of the globals as its one argument.
    /// </summary>
    public string Code { get; }

    public static WrappedScript Create(SourceText source, Program program, DeepNesting nesting)
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

        foreach (var keyword in nesting.Elses)
        {
            Blank(body, keyword, keyword + "else".Length);
        }

        var insertions = Insert(source, body, nesting);
        return new WrappedScript(Head + body + Tail, insertions);
    }

    /// <summary>The place in the file, from 1, of a place in the code, line from 1 and column from 0.</summary>
    public (int Line, int Column) PlaceOf(int line, int column)
    {
        var inserted = 0;
        foreach (var (at, length) in _insertions[line - 1])
        {
            inserted += Math.Clamp(column - at, 0, length);
        }

        return (Math.Max(1, line - 1), column - inserted + 1);
    }

    /// <summary>Puts the marks into the body; gives, by line of the file, where they stand in the code.</summary>
    private static ILookup<int, (int Column, int Length)> Insert(SourceText source, StringBuilder body, DeepNesting nesting)
    {
        // Of those that open at one offset the outer ones come first, of those that close the inner ones.
        var marks = nesting.Marks
            .Select((mark, index) => (mark.At, mark.Text, Order: mark.Opens ? nesting.Marks.Count - index : index - nesting.Marks.Count))
            .OrderBy(mark => mark.At)
            .ThenBy(mark => mark.Order)
            .ToList();
        var places = new List<(int Line, (int Column, int Length) Mark)>();
        var shift = 0;
        var shiftedLine = 0;
        foreach (var (at, text, _) in marks)
        {
            var (line, column) = source.PlaceOf(at);
            shift = line == shiftedLine ? shift : 0;
            shiftedLine = line;
            places.Add((line, (column - 1 + shift, text.Length)));
            shift += text.Length;
        }

        for (var i = marks.Count - 1; i >= 0; i--)
        {
            body.Insert(marks[i].At, marks[i].Text);
        }

        return places.ToLookup(place => place.Line, place => place.Mark);
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
        var keyword = SourceScan.SkipTo(body.ToString(), exported.Start + "export".Length, 'd');
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
