using McpWorkflows.Engine.Lessons;

namespace McpWorkflows.Server.Composition;

/// <summary>
/// Gathers lessons in a server, after runs or on a schedule, where the settings ask for it. Of several servers on a journal
/// one does it for a project at a time.
/// </summary>
internal static class DreamWatch
{
    private static readonly TimeSpan Pace = TimeSpan.FromMinutes(1);

    public static void Start(Workbench workbench, Dreams dreams, TimeProvider time)
    {
        if (workbench.Settings.Lessons is { After: true } or { Every: not null })
            _ = Task.Run(() => RunAsync(workbench, dreams, time, workbench.Lifetime));
    }

    private static async Task RunAsync(Workbench workbench, Dreams dreams, TimeProvider time, CancellationToken cancellationToken)
    {
        string? told = null;
        try
        {
            while (true)
            {
                var problem = await TryOnceAsync(workbench, dreams, cancellationToken);
                if (problem is not null && problem != told)
                    Console.Error.WriteLine($"warning: lessons could not be gathered: {problem}");
                told = problem;
                await Task.Delay(Pace, time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The server ends; a run that gathers lessons reads as interrupted and goes on with the next.
        }
    }

    /// <summary>What went wrong, if anything did.</summary>
    private static async Task<string?> TryOnceAsync(Workbench workbench, Dreams dreams, CancellationToken cancellationToken)
    {
        var lessons = workbench.Settings.Lessons;
        try
        {
            if (!workbench.Models.IsReady)
                return null;
            foreach (var project in await dreams.ListDueAsync(lessons.Every, lessons.After, cancellationToken))
            {
                var begun = await dreams.BeginAsync(workbench.DreamRequest(project), cancellationToken);
                if (begun is { RunId: { } runId, Start: DreamStart.Started or DreamStart.Resumed })
                    await dreams.FinishAsync(project, runId, cancellationToken);
            }

            return null;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // The boundary of a chore: it must not end the server, and the next round tries again.
            return UserMessage.Of(failure) ?? failure.GetType().Name;
        }
    }
}
