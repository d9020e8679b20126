using System.Text.Json;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Server.Reports;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpWorkflows.Server.Tools;

/// <summary>
/// A tool of this server. What the caller can repair becomes a result with <c>isError</c>; the answer stands in the
/// structured content and, as the same JSON, in the text, since each client shows its model only one of them.
/// </summary>
internal abstract partial class WorkflowTool(string name, ILogger logger) : McpServerTool
{
    public sealed override Tool ProtocolTool { get; } = ToolDefinition.Load(name);

    public sealed override IReadOnlyList<object> Metadata => [];

    public sealed override async ValueTask<CallToolResult> InvokeAsync(
        RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken = default)
    {
        try
        {
            var arguments = new ToolArguments(request.Params.Arguments, ProtocolTool.InputSchema);
            return Answered(await AnswerAsync(arguments, ProgressChannel.Of(request, cancellationToken), cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception) when (exception is not McpProtocolException)
        {
            // The boundary to the client: whatever goes wrong must reach the model as a sentence, never as a trace.
            return Refused(Explain(exception));
        }
    }

    /// <param name="cancellationToken">Ends with the client's patience; what must outlive that takes another token.</param>
    protected abstract Task<object> AnswerAsync(ToolArguments arguments, ProgressChannel progress, CancellationToken cancellationToken);

    private string Explain(Exception exception)
    {
        if (UserMessage.Of(exception) is { } message)
            return exception is RunNotFoundException ? $"{message} get_status without runId lists them." : message;
        LogUnexpected(ProtocolTool.Name, exception);
        return $"{ProtocolTool.Name} failed unexpectedly ({exception.GetType().Name}). The server's log on stderr says more; trying again may help.";
    }

    internal static CallToolResult Answered(object answer)
    {
        var json = JsonSerializer.Serialize(answer, answer.GetType(), ReportJson.Compact);
        return new CallToolResult
        {
            Content = [new TextContentBlock { Text = json }],
            StructuredContent = RunReports.Element(json),
        };
    }

    private static CallToolResult Refused(string message) => new()
    {
        Content = [new TextContentBlock { Text = message }],
        IsError = true,
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "The tool {Tool} failed.")]
    private partial void LogUnexpected(string tool, Exception exception);
}
