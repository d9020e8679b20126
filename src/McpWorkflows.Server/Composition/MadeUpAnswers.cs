using System.Globalization;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;

namespace McpWorkflows.Server.Composition;

/// <summary>
/// Keeps a rehearsal's answers out of a real run. A call's identity does not hold the run's model, so that a resume on
/// another model would find them in the journal like any others.
/// </summary>
internal static class MadeUpAnswers
{
    /// <summary>The request, with every rehearsed call among those to run again, unless the resume is a rehearsal too.</summary>
    /// <param name="before">The run as it stands.</param>
    public static async Task<ResumeRun> LeaveOutAsync(Workbench workbench, ResumeRun request, RunStatus before, CancellationToken cancellationToken)
    {
        var model = request.Model ?? before.Run.Settings.Model ?? workbench.Models.Default;
        if (!before.Run.Totals.Rehearsed || ModelSetup.IsRehearsal(model))
            return request;
        var journal = await workbench.JournalAsync(cancellationToken);
        var calls = await journal.ReadCallsAsync(request.RunId, cancellationToken);
        var rehearsed = calls.Where(call => call.Outcome is { Rehearsed: true })
            .Select(call => call.Number.ToString(CultureInfo.InvariantCulture));
        return request with { Rerun = [.. request.Rerun, .. rehearsed] };
    }
}
