using System.Text.RegularExpressions;
using Jint;
using Jint.Native;
using Jint.Native.Object;
using Jint.Runtime;
using McpWorkflows.Engine.Extensions;
using McpWorkflows.Engine.Scripting.Texts;
using McpWorkflows.Engine.Scripts;

namespace McpWorkflows.Engine.Scripting;

/// <summary>One run's script in an engine of its own, on whatever thread its turns are taken.</summary>
internal sealed class JintScript
{
    /// <summary>The most a result may have; it goes into the journal and to whoever asked.</summary>
    private const int MaxResultLength = 16 * 1024 * 1024;

    private readonly OutputBuffer _outputs = new();
    private readonly ScriptSources _sources = new();
    private readonly ScriptClock _clock = new();
    private Session? _session;
    private volatile bool _ended;

    /// <summary>An error of the run as a whole, in the words and with the file name of this script.</summary>
    public ScriptFailed Failed(string message) => new(_sources.Unlocated(message));

    /// <summary>The script has returned, failed or been stopped, and takes no further turn.</summary>
    public bool HasEnded => _ended;

    /// <summary>It failed for the memory it took, as far as that can be told apart from what others in this process took.</summary>
    public bool EndedForMemory { get; private set; }

    /// <summary>Runs one slice on the calling thread, one of <see cref="SliceThreads"/>; otherwise as <see cref="IScriptRuntime.TurnAsync"/>.</summary>
    public IReadOnlyList<ScriptOutput> Turn(ScriptInput input, CancellationToken cancellationToken)
    {
        if (_ended)
        {
            throw new InvalidOperationException("The script has ended and takes no further turn.");
        }

        ScriptOutput? end;
        try
        {
            Run(input, cancellationToken);
            end = _outputs.End switch
            {
                null => null,
                { Returned: true, Text.Length: > MaxResultLength } done => Failed(
                    $"The script returned {done.Text.Length:N0} characters of JSON; {MaxResultLength:N0} is the most. Return a summary, "
                    + "or let an agent write the whole to a file."),
                { Returned: true } done => new ScriptReturned(done.Text),
                { } done => new ScriptFailed(_sources.Locate(done.Text!, done.Stack!)),
            };
        }
        catch (SliceOverrunException overrun)
        {
            EndedForMemory = overrun.IsOfMemory;
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
            EndedForMemory = fault is OutOfMemoryException;
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
                _session.Slice(cancellationToken, api =>
                {
                    var (factory, extensions) = Evaluate(_session, start.Script, start.FileName);
                    _session.Call(api, "start", factory, Text(start.ArgsJson), extensions);
                });
                break;
            case Deliver deliver when _session is not null:
                _clock.Now = deliver.Time;
                _session.Host.SpentTokens = deliver.SpentTokens;
                _session.Host.SpentMicroDollars = deliver.SpentMicroDollars;
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
        JsValue extensions;
        try
        {
            (factory, extensions) = Evaluate(_session!, child.Script, child.FileName);
        }
        catch (ScriptRefusedException refused)
        {
            _session!.Call(api, "reject", requestId, "Error", $"workflow('{child.Name}') cannot run: {refused.Errors[0]}");
            return;
        }

        _session!.Call(api, "runChild", requestId, factory, $"▸ {child.Name}", extensions);
    }

    /// <summary>The workflow as a function, and by name the extensions that it may call.</summary>
    private (JsValue Factory, JsValue Extensions) Evaluate(Session session, string text, string fileName)
    {
        var prepared = _sources.Prepare(text, fileName);
        return (session.Engine.Evaluate(prepared.Script), session.Extensions(prepared.Extensions));
    }

    /// <summary>Lets go of the script's memory. A slice that still runs on another thread is to be cancelled.</summary>
    public void End()
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
        private readonly IReadOnlyList<ScriptExtension> _extensions;
        private ObjectInstance? _api;

        public Session(StartScript start, OutputBuffer outputs, ScriptClock clock, ScriptSources sources)
        {
            Seed = start.Seed;
            _extensions = start.Extensions;
            _guard = new SliceGuard(start.Limits);
            Engine = ScriptSandbox.Create(_guard, clock, sources);
            Host = new HostFunctions(start, outputs, sources);
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

        /// <summary>An object that holds, by name, what makes each extension over a script's own globals.</summary>
        public JsObject Extensions(IReadOnlyList<string> names)
        {
            var made = new JsObject(Engine);
            foreach (var extension in _extensions.Where(extension => names.Contains(extension.Name)))
                made.Set(extension.Name, Engine.Evaluate(PreparedScripts.Extension(extension)));
            return made;
        }

        private JsValue RangeError(string message) => Engine.Construct(_rangeError, message);

        private ObjectInstance Prelude()
        {
            var host = Host.Build(Engine);
            host.Set("builtIns", ScriptSandbox.BuiltInNames(Engine));
            host.Set("dialect", Names(WrappedScript.Dialect));
            host.Set("globals", Names(WrappedScript.Globals));
            Engine.Call(Engine.Evaluate(PreparedScripts.Corrections), TextFunctions.Build(Engine));
            return Engine.Call(Engine.Evaluate(PreparedScripts.Prelude), host).AsObject();
        }

        private JsArray Names(IReadOnlyList<string> names) => new(Engine, [.. names.Select(name => (JsValue)name)]);
    }
}
