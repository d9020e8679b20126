using System.Threading.Channels;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Lessons;
using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Runs;

/// <summary>
/// Takes what a script asked for: gives it its identity, and lets the journal or the world answer. Used by the run's
/// actor only.
/// </summary>
internal sealed class RequestDesk(
    RunSession session,
    RunParts parts,
    ReplayPlan plan,
    RunLedger ledger,
    AgentCalls calls,
    RunTimers timers,
    QuestionDesk questions,
    RunReport report,
    ChannelWriter<RunMessage> mailbox)
{
    private readonly WorkflowLoader _loader = new(parts.Catalog, parts.Policy, session.Run.Settings.Workspace, mailbox);
    private readonly Dictionary<ItemKey, CallRecord> _known = session.Calls.ToDictionary(call => call.Key);
    private int _lastNumber = session.Calls.Count == 0 ? 0 : session.Calls.Max(call => call.Number);
    private readonly AgentTypeDesk _types = new(parts.Agents as IAgentTypes, ledger, session.Run.Settings.Workspace);
    private readonly RunLessons _lessons = new(session.Snapshots.GetValueOrDefault(RunLessons.Key));
    private readonly List<(CallRecord Call, int Line)> _queued = [];
    private int _agents;

    /// <summary>Takes the outputs of one turn; returns the run's end if there is one among them.</summary>
    public RunEnd? Take(IReadOnlyList<ScriptOutput> outputs)
    {
        var spareLines = outputs.Count(output => output is Logged) - RunBoard.KeptLogLines;
        foreach (var output in outputs)
        {
            switch (output)
            {
                case AgentRequested request when ++_agents > session.MaxAgents:
                    return RunEnd.Failed(
                        $"The script started more than {session.MaxAgents} agents, at '{request.Label}'. "
                        + "A loop without a bound is the likely cause: give it a round cap.");
                case AgentRequested request:
                    Take(request);
                    break;
                case TimerRequested request:
                    Take(request);
                    break;
                case TimerCleared cleared:
                    ledger.Forget(cleared.RequestId);
                    break;
                case WorkflowRequested request:
                    Take(request);
                    break;
                case QuestionAsked request:
                    Take(request);
                    break;
                case PhaseEntered phase:
                    report.Phase(phase.Title);
                    break;
                case Logged when spareLines-- > 0:
                    break;
                case Logged line:
                    report.Log(line.Level, line.Text);
                    break;
                case BranchFailed branch:
                    report.BranchFailed(branch);
                    break;
                case ScriptReturned returned:
                    return new RunEnd(RunState.Completed) { ResultJson = returned.ResultJson };
                case ScriptFailed failed:
                    return RunEnd.Failed(failed.Error.ToString());
                default:
                    throw new InvalidOperationException($"The script's side sent an unknown message '{output.GetType().Name}'.");
            }
        }

        report.Queued(_queued);
        _queued.Clear();
        return null;
    }

    /// <summary>Lets a timer run in real time whose journaled firing counts no more.</summary>
    public void RunAgain(PendingItem timer)
    {
        ledger.Drop(timer);
        timers.Start(timer, ((TimerRequested)timer.Request).DelayMilliseconds);
    }

    private void Take(AgentRequested request)
    {
        var key = ledger.Identity.Next(ItemKind.Agent, ledger.Identity.OfAgent(request.Prompt, request.Options));
        var item = new PendingItem(request.RequestId, key, request);
        ledger.Open(item);
        var hit = plan.Ask(item) == Lookup.Hit;
        var known = _known.GetValueOrDefault(key);
        item.Call = new CallRecord
        {
            Number = known?.Number ?? ++_lastNumber,
            Key = key,
            Label = request.Label,
            Phase = request.Phase,
            Prompt = request.Prompt,
            Options = request.Options,
            State = CallState.Queued,
            FromJournal = hit,
        };
        report.Asked(item.Call);
        if (hit)
        {
            ledger.Recall(item, isKnown: known is not null);
            return;
        }

        var (type, problem) = _types.Find(request.Options.AgentType);
        if (problem is not null)
        {
            ledger.Settle(item, new AgentOutcome { Kind = AgentOutcomeKind.Refused, Failure = new AgentFailure(problem) });
            return;
        }

        _queued.Add((item.Call, request.Line));
        calls.Start(item, new AgentRequest
        {
            RunId = session.Run.Id,
            CallNumber = item.Call.Number,
            Key = item.Key,
            Prompt = request.Prompt,
            Label = request.Label,
            Phase = request.Phase,
            Options = request.Options,
            DefaultModel = session.Run.Settings.Model,
            NeedsCost = session.BudgetDollars is not null,
            Workspace = session.Run.Settings.Workspace,
            AgentTypeJson = type,
            Lessons = _lessons.For(request),
            Log = text => mailbox.TryWrite(new HostSaid(text)),
        });
    }

    private void Take(TimerRequested request)
    {
        var key = ledger.Identity.Next(ItemKind.Timer, ledger.Identity.OfTimer(request.DelayMilliseconds));
        var item = new PendingItem(request.RequestId, key, request);
        ledger.Open(item);
        switch (plan.Ask(item))
        {
            case Lookup.Miss:
                timers.Start(item, request.DelayMilliseconds);
                break;
            case Lookup.Outdated:
                RunAgain(item);
                break;
        }
    }

    private void Take(QuestionAsked request)
    {
        var key = ledger.Identity.Next(ItemKind.Question, ledger.Identity.OfQuestion(request.Text, request.SchemaJson));
        var item = new PendingItem(request.RequestId, key, request);
        ledger.Open(item);
        if (plan.Ask(item) != Lookup.Hit)
            questions.Ask(item, request);
    }

    private void Take(WorkflowRequested request)
    {
        var key = ledger.Identity.Next(ItemKind.Workflow, ledger.Identity.OfWorkflow(request.Name, request.ScriptPath));
        var item = new PendingItem(request.RequestId, key, request);
        ledger.Open(item);
        if (plan.Ask(item) == Lookup.Hit)
            return;

        if (ledger.Workflows.Find(request) is not null)
            ledger.Settle(item);
        else
            _loader.Start(item, request);
    }
}
