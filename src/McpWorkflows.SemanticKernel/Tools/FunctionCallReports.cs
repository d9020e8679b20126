using System.Diagnostics;
using Microsoft.SemanticKernel;

namespace McpWorkflows.SemanticKernel.Tools;

/// <summary>
/// Traces every function of an agent, and reports those that functions call in their turn: what the agent itself calls the
/// loop has reported already.
/// </summary>
internal sealed class FunctionCallReports : IFunctionInvocationFilter
{
    private static readonly ActivitySource Source = new("McpWorkflows.SemanticKernel");

    public async Task OnFunctionInvocationAsync(FunctionInvocationContext context, Func<FunctionInvocationContext, Task> next)
    {
        var name = context.Function.PluginName is { Length: > 0 } plugin ? $"{plugin}-{context.Function.Name}" : context.Function.Name;
        using var activity = Source.StartActivity($"execute_tool {name}");
        activity?.SetTag("gen_ai.operation.name", "execute_tool").SetTag("gen_ai.tool.name", name);
        if (AgentScope.Depth > 0)
        {
            AgentScope.Current?.ReportCall(name);
        }

        AgentScope.Depth++;
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            activity?.SetStatus(ActivityStatusCode.Error, exception.GetType().Name);
            throw;
        }
        finally
        {
            AgentScope.Depth--;
        }
    }
}
