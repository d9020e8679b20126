using System.Diagnostics;
using McpWorkflows.Engine.Telemetry;
using Microsoft.Extensions.AI;

namespace McpWorkflows.Agents.Telemetry;

/// <summary>The span of one call of a tool.</summary>
internal static class ToolSpan
{
    public static Activity? Start(FunctionCallContent asked, bool isKnown, string runId, bool withContent)
    {
        // A name that the model made up is its own text.
        var name = isKnown ? asked.Name : "unknown";
        var span = WorkflowTelemetry.Source.StartActivity($"{GenAI.ExecuteTool} {name}");
        if (span is not { IsAllDataRequested: true })
            return span;

        span.SetTag(GenAI.Operation, GenAI.ExecuteTool);
        span.SetTag(GenAI.ToolName, name);
        span.SetTag(GenAI.ToolType, "function");
        span.SetTag(GenAI.ToolCallId, asked.CallId);
        span.SetTag(GenAI.RunId, runId);
        if (withContent)
            span.SetTag(GenAI.ToolArguments, ConversationJson.Of(asked.Arguments));
        return span;
    }

    public static void End(Activity? span, string result, bool withContent)
    {
        // Tools tell the model of their failures, in words that begin so.
        if (result.StartsWith("Error: ", StringComparison.Ordinal))
        {
            span?.SetTag(GenAI.ErrorType, "tool_error");
            span?.SetStatus(ActivityStatusCode.Error);
        }

        if (withContent)
            span?.SetTag(GenAI.ToolResult, result);
    }
}
