using Jint;
using Jint.Native;
using Jint.Native.Object;
using Jint.Runtime.Interop;

namespace McpWorkflows.Engine.Scripting.Texts;

/// <summary>What the corrections of strings' built-ins are made with. Nothing of it reaches a script.</summary>
internal static class TextFunctions
{
    /// <summary>The object the corrections are called with.</summary>
    public static ObjectInstance Build(Jint.Engine engine)
    {
        var host = new JsObject(engine);
        host.Set("normalizeText", new ClrFunction(
            engine, "normalizeText", static (_, args) => UnicodeForm.Normalize(args[0].AsString(), args[1].AsString())));
        host.Set("compareTexts", new ClrFunction(
            engine,
            "compareTexts",
            static (_, args) => TextOrder.Compare(
                args[0].AsString(),
                args[1].AsString(),
                new TextOrderOptions(args[2].AsBoolean(), args[3].AsBoolean(), args[4].AsBoolean(), args[5].AsBoolean(), args[6].AsBoolean()))));
        return host;
    }
}
