using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Engine.Runs;

/// <summary>
/// Takes up runs that no living process owns and that can go on by themselves: those that waited for an answer that
/// is there now, or until a time that has come; and by setting interrupted ones, at start or always. Of several servers the
/// one that gets the lease runs a run.
/// </summary>
internal sealed class OrphanWatch(RunParts parts, ActiveRuns runs, RunLauncher launcher, Func<RunRecord, bool> mayTakeUp)
{
    /// <value>15 s</value>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    /// <summary>Between two looks for what other servers left; never all servers in step.</summary>
    /// <value>2 s, a quarter less or more</value>
    public static readonly TimeSpan TakeOverInterval = TimeSpan.FromSeconds(2);

    /// <summary>A run that is due but held by a living process is not asked for in a loop.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <summary>The first look reaches far back, later ones find what has just been left.</summary>
    private const int FirstLook = 2_000;

    private const int Look = 200;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var takesOver = parts.Options.TakeOver;
        var due = await LookAsync(FirstLook, parts.Options.ResumeInterrupted || takesOver, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            var longest = takesOver ? TakeOverInterval * (0.75 + ((ulong)parts.Ids.NewSeed() % 1_024 / 2_048.0)) : Interval;
            var left = due - parts.Time.GetUtcNow();
            var wait = left < Shortest ? Shortest : left < longest ? left.Value : longest;
            await Task.Delay(wait, parts.Time, cancellationToken).ConfigureAwait(false);
            due = await LookAsync(Look, takesOver, cancellationToken).ConfigureAwait(false);
        }
    }

    private Task<IReadOnlyList<RunRecord>> FindAsync(int limit, CancellationToken cancellationToken) => parts.Options.TakeOver
        ? parts.Journal.ListUnattendedAsync(cancellationToken)
        : parts.Journal.ListRunsAsync(limit, cancellationToken);

    /// <summary>Gives the first time at which a run is due, as far as it was seen.</summary>
    private async Task<DateTimeOffset?> LookAsync(int limit, bool interrupted, CancellationToken cancellationToken)
    {
        DateTimeOffset? due = null;
        try
        {
            foreach (var run in await FindAsync(limit, cancellationToken).ConfigureAwait(false))
            {
                if (runs.Find(run.Id) is not null || runs.FindParked(run.Id) is not null)
                    continue;

                if (run.State == RunState.Waiting ? await CanGoOnAsync(run, cancellationToken).ConfigureAwait(false) : interrupted && WasCutOff(run))
                    await TakeUpAsync(run, cancellationToken).ConfigureAwait(false);
                else if (run.WaitingUntil is { } until && (due is null || until < due))
                    due = until;
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // Whatever it was, the next look may do better, and every run can be resumed by hand.
        }

        return due;
    }

    private async Task TakeUpAsync(RunRecord run, CancellationToken cancellationToken)
    {
        try
        {
            if (mayTakeUp(run))
                await launcher.TryRecoverAsync(run.Id, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // One run that cannot be taken up must not keep the others from it.
        }
    }

    /// <summary>One that stopped on an error would stop on it again.</summary>
    private static bool WasCutOff(RunRecord run) => run is { State: RunState.Interrupted, Error: null };

    private async Task<bool> CanGoOnAsync(RunRecord run, CancellationToken cancellationToken) =>
        run.WaitingUntil <= parts.Time.GetUtcNow()
        || (run.WaitingFor == WaitingFor.Answer
            && await QuestionAnswers.AnyUnsettledAsync(parts.Journal, run.Id, cancellationToken).ConfigureAwait(false));
}
