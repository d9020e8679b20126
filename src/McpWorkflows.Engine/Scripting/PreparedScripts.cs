using System.Collections.Concurrent;
using Acornima.Ast;
using Jint;
using McpWorkflows.Engine.Extensions;
using McpWorkflows.Engine.Scripts;

namespace McpWorkflows.Engine.Scripting;

/// <summary>
/// Scripts ready for Jint: our own once per process, workflows in a small cache, since runs of one file tend to
/// follow each other. Safe for use from any thread.
/// </summary>
internal static class PreparedScripts
{
    private const int Capacity = 16;

    private static readonly ScriptPreparationOptions Options = new()
    {
        ParsingOptions = ScriptParsingOptions.Default with { RegexTimeout = ScriptSandbox.RegexTimeout, CompileRegex = false },
    };

    private static readonly Lazy<Prepared<Script>> LazyCorrections = new(() => Prepare(ReadOwn("Corrections"), "<corrections>"));
    private static readonly Lazy<Prepared<Script>> LazyPrelude = new(() => Prepare(ReadOwn("Prelude"), "<prelude>"));
    private static readonly ConcurrentDictionary<ScriptExtension, Prepared<Script>> Extensions = new();
    private static readonly Lock Gate = new();
    private static readonly Dictionary<(string Text, string FileName, string SourceName), PreparedWorkflow> Cache = [];
    private static readonly Queue<(string Text, string FileName, string SourceName)> Age = new();

    /// <summary>Of Jint's built-ins; comes before <see cref="Prelude"/>.</summary>
    public static Prepared<Script> Corrections => LazyCorrections.Value;

    public static Prepared<Script> Prelude => LazyPrelude.Value;

    /// <summary>
    /// The wrapped workflow under the name that its positions are to carry. Throws <see cref="ScriptRefusedException"/>.
    /// </summary>
    public static PreparedWorkflow Workflow(string text, string fileName, string sourceName)
    {
        var key = (text, fileName, sourceName);
        lock (Gate)
        {
            if (Cache.TryGetValue(key, out var known))
            {
                return known;
            }
        }

        var script = WorkflowScript.Parse(text, fileName);
        var prepared = new PreparedWorkflow(Prepare(script.Wrapped.Code, sourceName), script.Wrapped, script.Extensions);
        lock (Gate)
        {
            if (Cache.TryAdd(key, prepared))
            {
                Age.Enqueue(key);
                if (Age.Count > Capacity)
                {
                    Cache.Remove(Age.Dequeue());
                }
            }
        }

        return prepared;
    }

    /// <summary>An expression: a function that takes the dialect's globals and gives the extension.</summary>
    public static Prepared<Script> Extension(ScriptExtension extension) => Extensions.GetOrAdd(extension, static one => Prepare(
        $"(function ({string.Join(", ", WrappedScript.Dialect)}) {{\n{one.Source}\nreturn {one.Name}; }})", $"<{one.Name}>"));

    private static Prepared<Script> Prepare(string code, string sourceName) =>
        Jint.Engine.PrepareScript(code, sourceName, strict: true, Options);

    private static string ReadOwn(string name)
    {
        using var stream = typeof(PreparedScripts).Assembly.GetManifestResourceStream($"McpWorkflows.Engine.Scripting.{name}.js")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

/// <summary>A workflow ready for Jint, and what leads from its positions back to the file's.</summary>
/// <param name="Extensions">Names of those it may call.</param>
internal sealed record PreparedWorkflow(Prepared<Script> Script, WrappedScript Wrapped, IReadOnlyList<string> Extensions);
