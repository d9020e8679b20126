using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Server.Reports;

namespace McpWorkflows.Server.Tools;

/// <summary>Waits for a run and tells the caller how it goes.</summary>
internal sealed class RunWatch(TimeProvider time)
{
    /// <summary>Below every client's own time-out.</summary>
    public const int MaxSeconds = 45;

    /// <summary>Clients that extend their time-out on progress want a sign at least this often.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Throttle = TimeSpan.FromSeconds(1);

    /// <summary>Ends with the run, the time or the caller's patience, whichever is first. The run goes on in any case.</summary>
    public async Task<RunStatus> WaitAsync(
        WorkflowEngine engine, string runId, TimeSpan wait, ProgressChannel progress, CancellationToken cancellationToken)
    {
        if (wait == TimeSpan.Zero)
            return await engine.GetStatusAsync(runId, cancellationToken);
        var end = engine.WaitAsync(runId, wait, cancellationToken);
        if (progress.IsOpen)
            await ReportAsync(engine, runId, end, progress, cancellationToken);
        return await end;
    }

    private async Task ReportAsync(
        WorkflowEngine engine, string runId, Task end, ProgressChannel progress, CancellationToken cancellationToken)
    {
        using var changed = new SemaphoreSlim(0);
        using var subscription = engine.Subscribe(runId, _ => Signal(changed));
        var said = "";
        while (!end.IsCompleted)
        {
            var message = Describe(await engine.GetStatusAsync(runId, cancellationToken));
            await progress.SendAsync(message == said ? $"Still: {message}" : message);
            said = message;
            await Task.WhenAny(end, Task.Delay(Throttle, time, cancellationToken));
            await NextAsync(end, changed, cancellationToken);
        }
    }

    private async Task NextAsync(Task end, SemaphoreSlim changed, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var change = changed.WaitAsync(stop.Token);
        await Task.WhenAny(end, change, Task.Delay(Heartbeat - Throttle, time, stop.Token));
        await stop.CancelAsync();
        await change.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        while (changed.CurrentCount > 0)
            await changed.WaitAsync(CancellationToken.None);
    }

    private static void Signal(SemaphoreSlim changed)
    {
        if (changed.CurrentCount == 0)
            changed.Release();
    }

    public static string Describe(RunStatus status)
    {
        if (status.Run is { State: RunState.Waiting } waiting)
        {
            return status.Questions is [var question, ..]
                ? $"Waits for an answer to question {question.Number}: {RunReports.Cut(question.Text, 100)}"
                : $"Waits for {waiting.WaitingFor?.ToText()}{(waiting.WaitingUntil is { } until ? $" until {until:u}" : "")}";
        }

        var progress = RunAnswers.Progress(status);
        var phase = progress.Phase is null ? "" : $"{RunReports.Cut(progress.Phase, 60)}: ";
        var failed = progress.Failed == 0 ? "" : $", {progress.Failed} failed";
        var queued = progress.Queued == 0 ? "" : $", {progress.Queued} queued";
        return $"{phase}{progress.Done} of {progress.Agents} agents done, {progress.Running} running{queued}{failed}";
    }
}
