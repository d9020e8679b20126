using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Engine.Runs;

/// <summary>
/// Takes up runs that no living process owns and that can go on by themselves: those that waited for an answer that
/// is there now, or until a time that has come; and, at start and by setting, interrupted ones. Of several servers the
/// one that gets the lease runs a run.
/// </summary>
internal sealed class OrphanWatch(RunParts parts, ActiveRuns runs, RunLauncher launcher, Func<RunRecord, bool> mayTakeUp)
{
    /// <value>15 s</value>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    /// <summary>The first look reaches far back, later ones find what has just been left.</summary>
    private const int FirstLook = 2_000;

    private const int Look = 200;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await LookAsync(FirstLook, parts.Options.ResumeInterrupted, cancellationToken).ConfigureAwait(false);
        using var timer = new PeriodicTimer(Interval, parts.Time);
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            await LookAsync(Look, interrupted: false, cancellationToken).ConfigureAwait(false);
    }

    private async Task LookAsync(int limit, bool interrupted, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var run in await parts.Journal.ListRunsAsync(limit, cancellationToken).ConfigureAwait(false))
            {
                if (runs.Find(run.Id) is null && runs.FindParked(run.Id) is null
                    && (run.State == RunState.Waiting ? await CanGoOnAsync(run, cancellationToken).ConfigureAwait(false) : interrupted && WasCutOff(run))
                    && mayTakeUp(run))
                {
                    await launcher.TryRecoverAsync(run.Id, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // Whatever it was, the next look may do better, and every run can be resumed by hand.
        }
    }

    /// <summary>One that stopped on an error would stop on it again.</summary>
    private static bool WasCutOff(RunRecord run) => run is { State: RunState.Interrupted, Error: null };

    private async Task<bool> CanGoOnAsync(RunRecord run, CancellationToken cancellationToken) =>
        run.WaitingUntil <= parts.Time.GetUtcNow()
        || (run.WaitingFor == WaitingFor.Answer
            && await QuestionAnswers.AnyUnsettledAsync(parts.Journal, run.Id, cancellationToken).ConfigureAwait(false));
}
