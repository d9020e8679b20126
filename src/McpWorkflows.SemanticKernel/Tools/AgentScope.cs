using McpWorkflows.Engine.Agents;

namespace McpWorkflows.SemanticKernel.Tools;

/// <summary>The agent on whose behalf a function is called: it flows with the call, since filters are told of kernels only.</summary>
internal sealed class AgentScope : IProgress<AgentProgress>
{
    private static readonly AsyncLocal<AgentScope?> Flowing = new();
    private static readonly AsyncLocal<int> Nested = new();

    private readonly IProgress<AgentProgress> _progress;
    private int _attempt = 1;

    private AgentScope(IProgress<AgentProgress> progress) => _progress = progress;

    public static AgentScope? Current => Flowing.Value;

    /// <summary>Functions around the one that is called.</summary>
    public static int Depth
    {
        get => Nested.Value;
        set => Nested.Value = value;
    }

    public static AgentScope Enter(IProgress<AgentProgress> progress) => Flowing.Value = new AgentScope(progress);

    public void Report(AgentProgress value)
    {
        _attempt = value.Attempt;
        _progress.Report(value);
    }

    public void ReportCall(string function) => _progress.Report(new AgentProgress(AgentProgressKind.ToolCall, function, _attempt));
}
