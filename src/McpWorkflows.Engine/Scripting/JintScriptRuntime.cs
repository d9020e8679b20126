using System.Text.RegularExpressions;
using Jint;
using Jint.Native;
using Jint.Native.Object;
using Jint.Runtime;
using McpWorkflows.Engine.Scripts;

namespace McpWorkflows.Engine.Scripting;

/// <summary>One run's script in an engine of its own. The engine lives between turns; threads do not.</summary>
internal sealed class JintScriptRuntime : IScriptRuntime
{
    /// <summary>
    /// How much longer than its limit a slice may take to come to a check of its own. What is longer is one built-in
    /// operation that nothing in the process can stop.
    /// </summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly OutputBuffer _outputs = new();
    private readonly ScriptSources _sources = new();
    private readonly ScriptClock _clock = new();
    private Session? _session;
    private TimeSpan _sliceLimit;
    private volatile bool _ended;

    public ValueTask<IReadOnlyList<ScriptOutput>> TurnAsync(ScriptInput input, CancellationToken cancellationToken)
    {
        if (_ended)
        {
            throw new InvalidOperationException("The script has ended and takes no further turn.");
        }

        if (input is StartScript start)
        {
            _sliceLimit = start.Limits.Slice;
        }

        return new(WatchAsync(SliceThreads.RunAsync(() => Turn(input, cancellationToken)), cancellationToken));
    }

    /// <summary>Gives a turn up when its thread does not come back: the run ends, the thread is left to itself.</summary>
    private async Task<IReadOnlyList<ScriptOutput>> WatchAsync(
        Task<IReadOnlyList<ScriptOutput>> turn, CancellationToken cancellationToken)
    {
        try
        {
            return await turn.WaitAsync(_sliceLimit + Grace, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _ended = true;
            throw;
        }
        catch (TimeoutException) when (!turn.IsCompleted)
        {
            _ended = true;
            return [Failed(
                $"The script ran for more than {_sliceLimit.TotalSeconds:0.###} s inside one built-in operation. "
                + "Work on smaller or flatter data: deeply nested arrays are slow to write as JSON.")];
        }
    }

    public ValueTask DisposeAsync()
    {
        _ended = true;
        _session = null;
        return ValueTask.CompletedTask;
    }

    private IReadOnlyList<ScriptOutput> Turn(ScriptInput input, CancellationToken cancellationToken)
    {
        ScriptOutput? end;
        try
        {
            Run(input, cancellationToken);
            end = _outputs.End switch
            {
                null => null,
                { Returned: true } done => new ScriptReturned(done.Text),
                { } done => new ScriptFailed(_sources.Locate(done.Text!, done.Stack!)),
            };
        }
        catch (SliceOverrunException overrun)
        {
            end = Failed(overrun.Message);
        }
        catch (ScriptRefusedException refused)
        {
            end = new ScriptFailed(refused.Errors[0]);
        }
        catch (RegexMatchTimeoutException)
        {
            end = Failed($"A regular expression took longer than {ScriptSandbox.RegexTimeout.TotalSeconds:0} s to match. "
                + "Make it simpler: nested repetitions like (a+)+ take exponential time.");
        }
        catch (JavaScriptException failure)
        {
            // Thrown outside of any promise: by a patched built-in, or while stack was short.
            end = new ScriptFailed(_sources.Locate(failure.Message, failure.JavaScriptStackTrace ?? ""));
        }
        catch (Exception fault) when (fault is OutOfMemoryException or InsufficientExecutionStackException)
        {
            end = Failed(fault is OutOfMemoryException
                ? "The script built a value too large for any memory. Keep less at a time."
                : "The script nests calls or expressions too deeply. Split the work into steps.");
        }
        catch (JintException fault)
        {
            end = Failed(fault.Message);
        }
        catch
        {
            // Canceled, or a fault of ours: the engine stands somewhere in the middle of the script.
            End();
            throw;
        }

        var outputs = _outputs.Take();
        if (end is not null)
        {
            outputs.Add(end);
            End();
        }

        return outputs;
    }

    private void Run(ScriptInput input, CancellationToken cancellationToken)
    {
        switch (input)
        {
            case StartScript start when _session is null:
                _clock.Now = start.Time;
                _session = new Session(start, _outputs, _clock, _sources);
                _session.Slice(cancellationToken, api => _session.Call(
                    api, "start", Evaluate(_session.Engine, start.Script, start.FileName), Text(start.ArgsJson)));
                break;
            case Deliver deliver when _session is not null:
                _clock.Now = deliver.Time;
                _session.Host.SpentTokens = deliver.SpentTokens;
                _session.Host.Failures.Add(deliver.Failure);
                _session.Host.Random.Restart(_session.Seed, deliver.Identity);
                _session.Slice(cancellationToken, api => Settle(api, deliver.RequestId, deliver.Settlement));
                break;
            default:
                throw new InvalidOperationException("A script is started once, before anything is delivered.");
        }
    }

    private void Settle(ObjectInstance api, int requestId, Settlement settlement)
    {
        switch (settlement)
        {
            case Resolved resolved:
                _session!.Call(api, "resolve", requestId, Text(resolved.Json));
                break;
            case Rejected rejected:
                _session!.Call(api, "reject", requestId, rejected.Name, rejected.Message);
                break;
            case ChildScript child:
                StartChild(api, requestId, child);
                break;
        }
    }

    private void StartChild(ObjectInstance api, int requestId, ChildScript child)
    {
        JsValue factory;
        try
        {
            factory = Evaluate(_session!.Engine, child.Script, child.FileName);
        }
        catch (ScriptRefusedException refused)
        {
            _session!.Call(api, "reject", requestId, "Error", $"workflow('{child.Name}') cannot run: {refused.Errors[0]}");
            return;
        }

        _session.Call(api, "runChild", requestId, factory, $"▸ {child.Name}");
    }

    private JsValue Evaluate(Jint.Engine engine, string text, string fileName) =>
        engine.Evaluate(_sources.Prepare(text, fileName).Script);

    private ScriptFailed Failed(string message) => new(_sources.Unlocated(message));

    private void End()
    {
        _ended = true;
        _session = null;
    }

    private static JsValue Text(string? text) => text is null ? JsValue.Undefined : new JsString(text);

    /// <summary>The engine and what belongs to it, from the first turn to the last.</summary>
    private sealed class Session
    {
        private readonly SliceGuard _guard;
        private readonly JsValue _rangeError;
        private ObjectInstance? _api;

        public Session(StartScript start, OutputBuffer outputs, ScriptClock clock, ScriptSources sources)
        {
            Seed = start.Seed;
            _guard = new SliceGuard(start.Limits);
            Engine = ScriptSandbox.Create(_guard, clock, sources);
            Host = new HostFunctions(start, outputs);
            _rangeError = Engine.GetValue("RangeError");
        }

        public long Seed { get; }

        public Jint.Engine Engine { get; }

        public HostFunctions Host { get; }

        /// <summary>Runs work and every microtask that follows from it, within the limits of a slice.</summary>
        public void Slice(CancellationToken cancellationToken, Action<ObjectInstance> work)
        {
            _guard.BeginSlice(RangeError, cancellationToken);
            try
            {
                _api ??= Prelude();
                work(_api);
                Engine.Advanced.ProcessTasks();
            }
            finally
            {
                _guard.EndSlice();
            }
        }

        public void Call(ObjectInstance api, string function, params JsValue[] arguments) =>
            Engine.Call(api.Get(function), arguments);

        private JsValue RangeError(string message) => Engine.Construct(_rangeError, message);

        private ObjectInstance Prelude()
        {
            var host = Host.Build(Engine);
            host.Set("builtIns", ScriptSandbox.BuiltInNames(Engine));
            return Engine.Call(Engine.Evaluate(PreparedScripts.Prelude), host).AsObject();
        }
    }
}
