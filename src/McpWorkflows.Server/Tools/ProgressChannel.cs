using McpWorkflows.Server.Reports;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpWorkflows.Server.Tools;

/// <summary>
/// Progress notifications of one tool call; silent when the caller gave no token or has given up. Values rise
/// strictly, and all sending is awaited, so that nothing follows the answer.
/// </summary>
internal sealed class ProgressChannel(Func<float, string, Task>? send, CancellationToken patience)
{
    private const int MaxMessage = 199;

    private float value;

    /// <summary>Whether anybody listens.</summary>
    public bool IsOpen => send is not null && !patience.IsCancellationRequested;

    /// <param name="patience">The call's token: it dies when the client gives up.</param>
    public static ProgressChannel Of(RequestContext<CallToolRequestParams> request, CancellationToken patience) =>
        request.Params.ProgressToken is not { } token
            ? new ProgressChannel(null, patience)
            : new ProgressChannel(
                (progress, message) => request.Server.NotifyProgressAsync(
                    token, new ProgressNotificationValue { Progress = progress, Message = message }, cancellationToken: CancellationToken.None),
                patience);

    public Task SendAsync(string message) =>
        IsOpen ? send!(++value, RunReports.Cut(message.ReplaceLineEndings(" "), MaxMessage)) : Task.CompletedTask;

    /// <summary>Says the same every ten seconds until something is done; does not observe how it ended.</summary>
    public async Task WhileAsync(Task work, string message)
    {
        while (IsOpen && !work.IsCompleted)
        {
            await SendAsync(message);
            await Task.WhenAny(work, Task.Delay(RunWatch.Heartbeat, patience));
        }
    }
}
