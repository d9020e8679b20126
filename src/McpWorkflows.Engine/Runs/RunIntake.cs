using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Extensions;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Runs;

/// <summary>Takes note of what reached a run's mailbox. Used by the run's actor only.</summary>
internal sealed class RunIntake(
    RunSession session, RunLedger ledger, RunWriter writer, QuestionDesk questions, RunWaiting waiting, OrderDesk orders, RunReport report)
{
    private QuotaWall? _announced;

    /// <summary>The run's end after this message; <paramref name="end"/> is the one before it.</summary>
    public RunEnd? Handle(RunMessage message, RunEnd? end)
    {
        switch (message)
        {
            case CallAdmitted admitted:
                ledger.Admitted(admitted.Item);
                break;
            case CallEnded { Outcome: { } outcome } ended:
                ledger.Settle(ended.Item, outcome);
                writer.Current.Tell(ended.OnDisk);
                break;
            case CallPostponed postponed:
                Announce(postponed);
                ledger.Postpone(postponed.Item, postponed.Wall.Until, postponed.Spent);
                break;
            case CallRequeued requeued:
                ledger.Requeue(requeued.Item);
                break;
            case HostSaid said:
                report.Log("warn", said.Text);
                break;
            case AnswersArrived arrived:
                questions.Refresh(arrived.Taken);
                break;
            case QuestionsRead read:
                if (questions.TakeAnswers(read.Questions))
                    waiting.Leave();
                questions.TellTaken();
                break;
            case WorkflowLoaded loaded:
                if (loaded.Workflow is { } workflow)
                {
                    writer.Add(ledger.Workflows.Keep((WorkflowRequested)loaded.Item.Request, workflow));
                    foreach (var extension in ledger.Extensions.Keep(BuiltInExtensions.NamedIn(workflow.Script)))
                        writer.Add(extension);
                }

                ledger.Settle(loaded.Item, error: loaded.Error);
                break;
            case Committed committed:
                writer.Committed(committed.Batch);
                break;
            case CommitFailed failed:
                writer.Failed(failed.Batch, failed.Entries);
                return RunEnd.JournalFailed(failed.Failure);
            case CallRestarted restarted:
                ledger.Restart(restarted.Item);
                break;
            case OrderGiven given:
                given.Done.SetResult(end is null && orders.Do(given.Order));
                break;
            case StopAsked stop:
                // A run that waits goes on waiting without its process, and a paused one stays so.
                return end ?? (stop.End != RunEnd.Interrupted ? stop.End
                    : orders.IsPaused ? RunEnd.Paused
                    : waiting.Current is { } wait ? RunEnd.Unloaded(wait) : stop.End);
        }

        return end;
    }

    private void Announce(CallPostponed postponed)
    {
        if (postponed.Wall == _announced)
            return;

        _announced = postponed.Wall;
        var model = postponed.Spent?.Model ?? postponed.Item.Call!.Options.Model ?? session.Run.Settings.Model ?? "the default model";
        var words = postponed.Spent?.Failure is { } failure ? $" ({CutText.At(failure.Cause, 200)})" : "";
        report.Log("warn", $"The quota of {model} is spent{words}. Its agents go on by themselves at {postponed.Wall.Until:u}.");
    }
}
