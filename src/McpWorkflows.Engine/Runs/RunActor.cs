using System.Diagnostics;
using System.Threading.Channels;
using McpWorkflows.Engine.Activity;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.Telemetry;

namespace McpWorkflows.Engine.Runs;

/// <summary>
/// One session of one run: a mailbox and a loop that holds no thread while the script waits. The script moves one
/// turn at a time; between turns the loop takes in what the world did and decides what the script is told next.
/// </summary>
internal sealed class RunActor
{
    private readonly RunSession _session;
    private readonly RunParts _parts;
    private readonly Channel<RunMessage> _mailbox = Channel.CreateUnbounded<RunMessage>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RunBoard _board;
    private readonly RunWriter _writer;
    private readonly RunEvents _events;
    private readonly RunReport _report;
    private readonly RunLedger _ledger;
    private readonly AgentCalls _calls;
    private readonly RunTimers _timers;
    private readonly RequestDesk _desk;
    private readonly WakeTimer _wake;
    private readonly RunTimeLimit? _limit;
    private readonly RunTally _tally;
    private readonly RunWaiting _waiting;
    private readonly RunPause _pause;
    private readonly Action<RunActor> _ended;
    private readonly RunIntake _intake;
    private readonly ActivityNotes _notes;
    private RunEnd? _end;

    /// <param name="ended">Called when the session is over, before <see cref="Completion"/> completes.</param>
    public RunActor(RunSession session, RunParts parts, Action<RunActor> ended)
    {
        _ended = ended;
        _session = session;
        _parts = parts;
        var plan = new ReplayPlan(session.Settled, session.Marker);
        _board = new RunBoard(session);
        _writer = new RunWriter(parts.Journal, session.Run.Id, parts.Time, _mailbox.Writer);
        _events = new RunEvents(session.LastEvent, parts.Time, _writer);
        Activity = new LiveActivity(session.Run.Id, parts.Agents, parts.Gate, () => _board.Totals, parts.Time);
        _notes = new ActivityNotes(Activity, _events, parts.Time, Wake);
        _report = new RunReport(_board, _events, parts.Time, _notes.Moved);
        _ledger = new RunLedger(session, plan, _writer, _report, parts.Time);
        _calls = new AgentCalls(parts.Agents, parts.Gate.OpenLane(session.Caps.Concurrency), parts.Walls, Activity, _mailbox.Writer, parts.Time);
        _timers = new RunTimers(parts.Time, Wake);
        var questions = new QuestionDesk(session, parts.Journal, _ledger, _report, _writer, parts.Time, _mailbox.Writer);
        _desk = new RequestDesk(session, parts, plan, _ledger, _calls, _timers, questions, _report, _mailbox.Writer);
        _wake = new WakeTimer(parts.Time, Wake);
        _limit = session.Caps.Time is { } cap ? new RunTimeLimit(cap, parts.Time, () => _tally!.Totals.DurationMs, Stop) : null;
        _tally = new RunTally(session, _board, _ledger, _writer, parts.Time);
        _waiting = new RunWaiting(_ledger, _timers, questions, _tally, _report, _wake, parts.Time, parts.Options.UnloadAfter);
        _pause = new RunPause(_calls, _waiting, _tally, _report);
        _intake = new RunIntake(session, _ledger, _writer, questions, _waiting, new OrderDesk(_ledger, _pause, _notes), _report);
    }

    public string RunId => _session.Run.Id;

    /// <summary>What goes on in memory only.</summary>
    public LiveActivity Activity { get; }

    /// <summary>Completes when the session's end is in the journal, or could not be written; never fails.</summary>
    public Task Completion => _completion.Task;

    public RunStatus Status => _board.Read(_tally.SessionMs);

    /// <summary>Completes when the run waits for a person, or its session is over.</summary>
    public Task Rest => Task.WhenAny(_completion.Task, _waiting.ForPerson);

    /// <summary>The journal took not even the session's end, and still calls the run running.</summary>
    public bool EndIsUnwritten { get; private set; }

    public IDisposable Subscribe(Action<RunEvent> handler) => _events.Subscribe(handler);

    public void Start()
    {
        _limit?.Arm();
        var askedBy = System.Diagnostics.Activity.Current?.Context ?? default;
        _ = Task.Run(() => RunAsync(askedBy));
    }

    /// <summary>Asks the run to end so; the first one to ask is heeded.</summary>
    public void Stop(RunEnd end)
    {
        _mailbox.Writer.TryWrite(new StopAsked(end));
        _stop.Cancel();
    }

    /// <summary>
    /// A question may have been answered in the journal; completes when the run has taken note, with false when its
    /// session is over.
    /// </summary>
    public async Task<bool> RefreshAsync()
    {
        var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _mailbox.Writer.TryWrite(new AnswersArrived(taken))
            && await Task.WhenAny(taken.Task, Completion).ConfigureAwait(false) == taken.Task;
    }

    /// <summary>What a person wants; false when there is nothing of the kind to be done.</summary>
    public Task<bool> OrderAsync(RunOrder order)
    {
        var given = new OrderGiven(order, new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously));
        if (!_mailbox.Writer.TryWrite(given))
            given.Done.SetResult(false);
        return given.Done.Task;
    }

    private async Task RunAsync(ActivityContext askedBy)
    {
        RunInstruments.RunBegan();
        _calls.Tracing = RunTracing.Begin(_session, askedBy, _parts.Options.TraceContent);
        try
        {
            await CloseAsync(await LoopOrStopAsync().ConfigureAwait(false)).ConfigureAwait(false);
        }
        finally
        {
            _timers.Dispose();
            _wake.Dispose();
            _notes.Dispose();
            _limit?.Dispose();
            _writer.Dispose();
            RefuseOrders();
            var ended = Status.Run;
            RunInstruments.RunEnded(ended.State.ToText());
            _calls.Tracing?.End(ended);
            Activity.Close();
            _ended(this);
            _completion.SetResult();
        }
    }

    private async Task<RunEnd?> LoopOrStopAsync()
    {
        try
        {
            await using var script = _parts.Scripts.Create();
            return await LoopAsync(script).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception failure) // A defect on either side ends this session, not the server: the journal can resume it.
        {
            return RunEnd.Interrupted with { Error = $"The run stopped on an internal error: {failure.Message} Resume the run." };
        }
    }

    private async Task<RunEnd> LoopAsync(IScriptRuntime script)
    {
        _events.State(RunState.Running);
        foreach (var warning in _session.Warnings)
            _report.Log("warn", warning);

        ScriptInput input = FirstInput();
        while (true)
        {
            var outputs = await script.TurnAsync(input, _stop.Token).ConfigureAwait(false);
            if (_desk.Take(outputs) is { } end)
                return end;

            if (await NextAsync().ConfigureAwait(false) is not { } next)
                return _end!;
            input = next;
        }
    }

    /// <summary>Waits for what the script is told next; null when the run is to end.</summary>
    private async ValueTask<Deliver?> NextAsync()
    {
        while (true)
        {
            TakeIn();
            var next = _end is null && !_pause.IsOn ? _ledger.Next(_desk.RunAgain) : null;
            if (next is not null)
                _waiting.Leave();
            _writer.SendDue();
            if (next is not null || _end is not null)
                return next;

            if (_pause.IsOn)
            {
                if (_pause.IsReached)
                {
                    // What ended last may have come in since.
                    TakeIn();
                    _end ??= RunEnd.Paused;
                    return null;
                }

                await _mailbox.Reader.WaitToReadAsync().ConfigureAwait(false);
                continue;
            }

            if (_ledger.IsIdle)
            {
                _end = RunEnd.Failed(
                    "The script waits for a promise that nothing will settle: no agent, timer or workflow is outstanding. "
                    + "Look for a promise whose resolve function is never called.");
                return null;
            }

            if (_waiting.Settle())
            {
                _end = RunEnd.Unloaded(_waiting.Current!);
                return null;
            }

            _writer.SendDue();
            _timers.Arm();
            await _mailbox.Reader.WaitToReadAsync().ConfigureAwait(false);
        }
    }

    private void TakeIn()
    {
        while (_mailbox.Reader.TryRead(out var message))
            _end = _intake.Handle(message, _end);
        while (_timers.TryTakeDue(out var timer))
            _ledger.Settle(timer);
        _notes.TellDue();
    }

    private void Wake() => _mailbox.Writer.TryWrite(Woken.Message);

    private void RefuseOrders()
    {
        _mailbox.Writer.Complete();
        while (_mailbox.Reader.TryRead(out var message))
            (message as OrderGiven)?.Done.SetResult(false);
    }

    private async Task CloseAsync(RunEnd? end)
    {
        await _calls.CloseAsync([.. _ledger.CallsInFlight]).ConfigureAwait(false);
        // Outcomes that came in meanwhile were paid for: they are written with the end.
        TakeIn();
        while (_writer.IsUnderWay && await _mailbox.Reader.WaitToReadAsync().ConfigureAwait(false))
            TakeIn();
        var closing = new RunClosing(_session, _parts, _board, _ledger, _writer, _events, _report, _tally);
        EndIsUnwritten = !await closing.TryWriteAsync(end ?? _end ?? RunEnd.Interrupted).ConfigureAwait(false);
    }

    private StartScript FirstInput() => new()
    {
        Script = _session.Run.Script,
        FileName = _session.Run.FileName,
        ArgsJson = _session.Run.ArgsJson,
        Seed = _session.Run.Settings.Seed,
        Time = _session.ScriptStart,
        BudgetTotal = _session.Budget,
        BudgetMicroDollars = _session.BudgetDollars is { } dollars ? RunCost.MicroDollars(dollars) : null,
        Extensions = _ledger.Extensions.Sources,
        Limits = _parts.Options.ScriptLimits with
        {
            MaxAgents = _session.MaxAgents,
            Rules = _session.Caps.RulesOver(_session.Run.Settings),
        },
        Slice = _session.Run.Settings.Slice,
    };
}
