using System.Globalization;
using System.Text;
using Jint;
using Jint.Native;
using Jint.Native.Object;
using Jint.Runtime.Interop;

namespace McpWorkflows.Engine.Scripting;

/// <summary>
/// What the prelude is built on: plain values in, messages out. Nothing of it reaches a script, and no CLR object
/// crosses over.
/// </summary>
internal sealed class HostFunctions
{
    private const int MaxDefaultLabel = 60;
    private const int MaxLabel = 200;

    private readonly StartScript _start;
    private readonly OutputBuffer _outputs;
    private readonly HashSet<string> _reportedOptions = [];
    private int _agents;

    public HostFunctions(StartScript start, OutputBuffer outputs)
    {
        _start = start;
        _outputs = outputs;
        Random = new SeededRandom(start.Seed);
    }

    public SeededRandom Random { get; }

    /// <summary><c>failures()</c>.</summary>
    public FailureList Failures { get; } = new();

    /// <summary><c>budget.spent()</c>.</summary>
    public long SpentTokens { get; set; }

    public long SpentMicroDollars { get; set; }

    /// <summary>The object the prelude is called with.</summary>
    public ObjectInstance Build(Jint.Engine engine)
    {
        var host = new JsObject(engine);
        host.Set("maxItems", _start.Limits.MaxItems);
        host.Set("total", _start.BudgetTotal is { } total ? total : JsValue.Null);
        host.Set("slice", _start.Slice is { } slice ? slice : JsValue.Undefined);
        Add("agent", args => Agent((int)args[0].AsNumber(), Text(args[1])!, Text(args[2]), Text(args[3]), Text(args[4]), args[5].AsNumber()));
        Add("timer", args => Tell(new TimerRequested((int)args[0].AsNumber(), args[1].AsNumber())));
        Add("clear", args => Tell(new TimerCleared((int)args[0].AsNumber())));
        Add("workflow", args => Tell(new WorkflowRequested((int)args[0].AsNumber(), Text(args[1]), Text(args[2]))));
        Add("phase", args => Tell(new PhaseEntered(PhaseTitle(Text(args[0]), Text(args[1]))!)));
        Add("log", args => Tell(new Logged(Text(args[0])!, Text(args[1])!)));
        Add("branchFailed", args => BranchFailed(Text(args[0])!, Text(args[1])!, PhaseTitle(Text(args[2]), Text(args[3])), args[4].AsBoolean()));
        Add("question", args => Question((int)args[0].AsNumber(), Text(args[1])!, Text(args[2])));
        Add("failures", _ => Failures.ToJson());
        Add("returned", args => End(new ScriptEnd(true, Text(args[0]), null)));
        Add("failed", args => End(new ScriptEnd(false, Text(args[0]), Text(args[1]))));
        Add("spent", _ => SpentTokens);
        Add("random", _ => Random.NextDouble());
        return host;

        void Add(string name, Func<JsValue[], JsValue> function) =>
            host.Set(name, new ClrFunction(engine, name, (_, args) => function(args)));
    }

    private JsValue Agent(int requestId, string prompt, string? optionsJson, string? phase, string? prefix, double weight)
    {
        try
        {
            if (string.IsNullOrWhiteSpace(prompt))
            {
                throw new CallRefusedException("TypeError", "agent() got an empty prompt. Say what the agent is to do.");
            }

            var options = optionsJson is null ? CallOptions.None : CallOptions.Read(optionsJson);
            TakePlace();
            ReportUnknown(options.Unknown);
            return Tell(new AgentRequested
            {
                RequestId = requestId,
                Prompt = prompt,
                Options = options.Agent,
                Label = options.Label is { Length: > 0 } label ? CutText.At(label, MaxLabel) : DefaultLabel(prompt),
                Phase = PhaseTitle(options.Phase ?? phase, prefix),
                Weight = weight,
            });
        }
        catch (CallRefusedException refusal)
        {
            return $"{refusal.Name}: {refusal.Message}";
        }
    }

    private JsValue Question(int requestId, string text, string? optionsJson)
    {
        try
        {
            return Tell(QuestionOptions.Read(optionsJson).Ask(requestId, text));
        }
        catch (CallRefusedException refusal)
        {
            return $"{refusal.Name}: {refusal.Message}";
        }
    }

    private JsValue BranchFailed(string where, string message, string? phase, bool ofAgent)
    {
        if (!ofAgent)
        {
            Failures.Add(new CallFailure("branch", where, phase, message, 0, null));
        }

        return Tell(new BranchFailed(where, message, phase, ofAgent));
    }

    private static string Dollars(long millionths) => string.Create(CultureInfo.InvariantCulture, $"${millionths / 1_000_000m:0.00####}");

    private static string RuleText(string? rule) => rule is null ? "" : $" ({rule})";

    private void TakePlace()
    {
        if (_agents >= _start.Limits.MaxAgents)
        {
            throw new CallRefusedException(
                "WorkflowAgentCapError",
                $"agent() was called more than {_start.Limits.MaxAgents:N0} times in this run, the cap per run{RuleText(_start.Limits.Rules?.Agents)}. "
                + "The likely cause is a loop that does not end: bound its rounds.");
        }

        if (_start.BudgetTotal is { } total && SpentTokens >= total)
        {
            throw new CallRefusedException(
                "WorkflowBudgetExceededError",
                $"The run's budget of {total:N0} output tokens{RuleText(_start.Limits.Rules?.Tokens)} is spent ({SpentTokens:N0} used), so no further agent starts. "
                + "Check budget.remaining() before a call, or resume with a larger budget.");
        }

        if (_start.BudgetMicroDollars is { } ceiling && SpentMicroDollars >= ceiling)
        {
            throw new CallRefusedException(
                "WorkflowBudgetExceededError",
                $"The run's budget of {Dollars(ceiling)}{RuleText(_start.Limits.Rules?.Dollars)} is spent ({Dollars(SpentMicroDollars)} used), so no further agent starts. "
                + "Resume with a larger budget.");
        }

        _agents++;
    }

    private void ReportUnknown(IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            if (_reportedOptions.Add(name))
            {
                var near = NearestName.Find(name, CallOptions.Known);
                Tell(new Logged("warn", $"agent() option '{name}' is unknown and ignored."
                    + (near is null ? $" Known options: {string.Join(", ", CallOptions.Known)}." : $" Did you mean '{near}'?")));
            }
        }
    }

    /// <summary>Child workflows group their phases under their own name.</summary>
    private static string? PhaseTitle(string? phase, string? prefix) =>
        prefix is null ? phase : phase is null ? prefix : $"{prefix} · {phase}";

    private static string DefaultLabel(string prompt)
    {
        var label = new StringBuilder(MaxDefaultLabel);
        foreach (var unit in prompt)
        {
            if (char.IsWhiteSpace(unit) || char.IsControl(unit))
            {
                if (label.Length > 0 && label[^1] != ' ')
                {
                    label.Append(' ');
                }
            }
            else
            {
                label.Append(unit);
            }

            if (label.Length == MaxDefaultLabel)
            {
                break;
            }
        }

        // Not half of a surrogate pair.
        if (label.Length > 0 && char.IsHighSurrogate(label[^1]))
        {
            label.Length--;
        }

        return label.ToString().Trim();
    }

    private JsValue Tell(ScriptOutput output)
    {
        _outputs.Add(output);
        return JsValue.Undefined;
    }

    private JsValue End(ScriptEnd end)
    {
        _outputs.End ??= end;
        return JsValue.Undefined;
    }

    private static string? Text(JsValue value) => value.IsUndefined() ? null : value.AsString();
}
