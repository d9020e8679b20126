using System.Globalization;
using Acornima;
using Jint;
using Jint.Native;
using Jint.Native.Object;
using Jint.Runtime;

namespace McpWorkflows.Engine.Scripting;

/// <summary>Makes engines in which a script finds the ECMAScript built-ins and nothing else.</summary>
internal static class ScriptSandbox
{
    /// <summary>One match of a regular expression.</summary>
    public static readonly TimeSpan RegexTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Nesting of JSON that is read.</summary>
    private const int MaxJsonDepth = 1_000;

    /// <summary>
    /// Globals that stay. Gone are, besides what is no ECMAScript: <c>eval</c>; <c>Atomics</c> and
    /// <c>SharedArrayBuffer</c>, which can block; <c>WeakRef</c> and <c>FinalizationRegistry</c>, which show when garbage
    /// is collected, so that no replay could be trusted.
    /// </summary>
    public static readonly IReadOnlyList<string> BuiltIns =
    [
        "globalThis", "Infinity", "NaN", "undefined", "isFinite", "isNaN", "parseFloat", "parseInt",
        "decodeURI", "decodeURIComponent", "encodeURI", "encodeURIComponent", "escape", "unescape",
        "Object", "Function", "Boolean", "Symbol", "Number", "BigInt", "Math", "Date", "String", "RegExp", "JSON",
        "Error", "AggregateError", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError",
        "Array", "Map", "Set", "WeakMap", "WeakSet", "Promise", "Reflect", "Proxy", "Iterator",
        "ArrayBuffer", "DataView", "Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array",
        "Int32Array", "Uint32Array", "BigInt64Array", "BigUint64Array", "Float16Array", "Float32Array", "Float64Array",
    ];

    public static Jint.Engine Create(SliceGuard guard, ScriptClock clock, ScriptSources sources)
    {
        return new Jint.Engine(options =>
        {
            options.Strict = true;
            options.Culture = CultureInfo.InvariantCulture;
            options.TimeZone = TimeZoneInfo.Utc;
            options.TimeSystem = clock;
            options.Host.StringCompilationAllowed = false;
            options.UseHostFactory(_ => new NoCompilationHost());
            options.Constraints.RegexTimeout = RegexTimeout;
            options.Json.MaxParseDepth = MaxJsonDepth;
            options.Constraint(guard);
            options.Interop.BuildCallStackHandler = (function, place, _) => Frame(sources, function, place);
        });
    }

    /// <summary>The names that stay, for the prelude to look up.</summary>
    public static ObjectInstance BuiltInNames(Jint.Engine engine)
    {
        var names = new JsObject(engine);
        foreach (var name in BuiltIns)
        {
            names.Set(name, JsBoolean.True);
        }

        return names;
    }

    /// <summary>One line of an error's stack, with positions true to the file.</summary>
    private static string Frame(ScriptSources sources, string function, SourceLocation place)
    {
        var name = string.IsNullOrWhiteSpace(function) ? "<anonymous>" : function;
        return sources.PlaceOf(place.SourceFile, place.Start.Line, place.Start.Column) is { } at
            ? $"    at {name} ({place.SourceFile}:{at.Line}:{at.Column})\n"
            : $"    at {name} (native)\n";
    }

    /// <summary>Says in this product's words what <c>f.constructor('…')</c> runs into.</summary>
    private sealed class NoCompilationHost : Host
    {
        public override void EnsureCanCompileStrings(Realm callerRealm, Realm evalRealm) => throw new JavaScriptException(
            callerRealm.Intrinsics.TypeError, "Code cannot be made from text in a workflow, neither by eval nor by a function's constructor. Write the function out.");
    }
}
