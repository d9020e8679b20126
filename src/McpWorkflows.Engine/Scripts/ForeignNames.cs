namespace McpWorkflows.Engine.Scripts;

/// <summary>Names that other JavaScript runtimes have, or that the sandbox takes away, and what to do without them.</summary>
internal static class ForeignNames
{
    /// <summary>Why there is no such name and what to do instead; null for a name that is no runtime's.</summary>
    public static string? Explain(string name) => name switch
    {
        "require" or "module" or "exports" =>
            "a workflow is one file and loads no modules. Move the code into this file, or let an agent do what the module would.",
        "fs" or "__dirname" or "__filename" =>
            "scripts have no files. Let an agent read and write them.",
        "process" or "Bun" or "Deno" =>
            "scripts have no files, network or processes. Let an agent do it, or pass what you need in args.",
        "child_process" or "execSync" =>
            "scripts start no processes. Let an agent do it.",
        "fetch" or "axios" or "XMLHttpRequest" or "WebSocket" =>
            "scripts have no network. Let an agent do it.",
        "Buffer" or "Blob" or "TextEncoder" or "TextDecoder" or "atob" or "btoa" =>
            "scripts handle text and JSON. Let an agent handle binary data.",
        "setInterval" or "clearInterval" or "setImmediate" or "clearImmediate" or "queueMicrotask" =>
            "setTimeout and clearTimeout are the only timers. Use those, in a loop if need be.",
        "structuredClone" =>
            "copy data with JSON.parse(JSON.stringify(value)).",
        "window" or "document" or "navigator" or "localStorage" or "sessionStorage" or "alert" =>
            "scripts run in no browser. Let an agent use one, or pass what you need in args.",
        "global" =>
            "the global object is called globalThis.",
        "crypto" or "performance" =>
            "scripts must replay alike. Math.random and Date do, and an agent can do the rest.",
        "Intl" =>
            "scripts know no languages or regions. Let an agent word the text.",
        "eval" =>
            "code from strings cannot run. Write the code out, or parse data with JSON.parse.",
        "Atomics" or "SharedArrayBuffer" =>
            "scripts have one thread. Use parallel, or plain variables.",
        "WeakRef" or "FinalizationRegistry" =>
            "when garbage is collected differs from replay to replay. Use a Map or a WeakMap.",
        _ => null,
    };
}
