using Acornima.Ast;
using Jint;
using McpWorkflows.Engine.Scripts;

namespace McpWorkflows.Engine.Scripting;

/// <summary>
/// Scripts ready for Jint: the prelude once per process, workflows in a small cache, since runs of one file tend to
/// follow each other. Safe for use from any thread.
/// </summary>
internal static class PreparedScripts
{
    public const string PreludeName = "<prelude>";

    private const int Capacity = 16;

    private static readonly ScriptPreparationOptions Options = new()
    {
        ParsingOptions = ScriptParsingOptions.Default with { RegexTimeout = ScriptSandbox.RegexTimeout, CompileRegex = false },
    };

    private static readonly Lazy<Prepared<Script>> LazyPrelude = new(() => Prepare(ReadPrelude(), PreludeName));
    private static readonly Lock Gate = new();
    private static readonly Dictionary<(string Text, string FileName, string SourceName), PreparedWorkflow> Cache = [];
    private static readonly Queue<(string Text, string FileName, string SourceName)> Age = new();

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

        var wrapped = WorkflowScript.Parse(text, fileName).Wrapped;
        var prepared = new PreparedWorkflow(Prepare(wrapped.Code, sourceName), wrapped);
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

    private static Prepared<Script> Prepare(string code, string sourceName) =>
        Jint.Engine.PrepareScript(code, sourceName, strict: true, Options);

    private static string ReadPrelude()
    {
        using var stream = typeof(PreparedScripts).Assembly.GetManifestResourceStream("McpWorkflows.Engine.Scripting.Prelude.js")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

/// <summary>A workflow ready for Jint, and what leads from its positions back to the file's.</summary>
internal sealed record PreparedWorkflow(Prepared<Script> Script, WrappedScript Wrapped);
