using System.Diagnostics;
using McpWorkflows.Engine.Telemetry;
using Microsoft.SemanticKernel;

namespace McpWorkflows.SemanticKernel.Tools;

/// <summary>
/// Traces and reports the functions that functions call in their turn: of what the agent itself calls the loop has told
/// already.
/// </summary>
internal sealed class FunctionCallReports : IFunctionInvocationFilter
{
    public async Task OnFunctionInvocationAsync(FunctionInvocationContext context, Func<FunctionInvocationContext, Task> next)
    {
        using var span = AgentScope.Depth > 0 ? Begin(context.Function) : null;
        AgentScope.Depth++;
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            span?.SetTag(GenAI.ErrorType, exception.GetType().Name);
            span?.SetStatus(ActivityStatusCode.Error);
            throw;
        }
        finally
        {
            AgentScope.Depth--;
        }
    }

    private static Activity? Begin(KernelFunction function)
    {
        var name = function.PluginName is { Length: > 0 } plugin ? $"{plugin}-{function.Name}" : function.Name;
        AgentScope.Current?.ReportCall(name);
        var span = WorkflowTelemetry.Source.StartActivity($"{GenAI.ExecuteTool} {name}");
        span?.SetTag(GenAI.Operation, GenAI.ExecuteTool);
        span?.SetTag(GenAI.ToolName, name);
        return span;
    }
}
