using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.ScriptProcesses;

namespace McpWorkflows.Engine.Tests.ScriptProcesses;

/// <summary>Real script processes, of this test assembly.</summary>
internal static class TestProcesses
{
    public static ScriptProcessOptions Options { get; } = new()
    {
        Command =
        [
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", "exec", typeof(TestProcesses).Assembly.Location, ScriptProcess.Verb,
        ],
        MaxProcesses = 1,
    };

    /// <summary>Nothing else runs on the machine, as <c>.ci/run</c> sees to: only then do delays mean anything.</summary>
    public static bool IsAlone { get; } = Environment.GetEnvironmentVariable("MCPWORKFLOWS_ALONE") == "1";

    public static ScriptProcessRuntimeFactory Start(ScriptProcessOptions? options = null) => new(options ?? Options, TimeProvider.System);

    public static ScriptLimits Short { get; } = new() { Slice = TimeSpan.FromSeconds(1) };
}
