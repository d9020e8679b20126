using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Extensions;
using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.ScriptProcesses.Messages;

/// <summary>
/// The encodings of all that engine and script say to each other. A new record needs one entry here, properties in the
/// same order in both functions.
/// </summary>
internal static class ScriptMessages
{
    public static MessageTable<Settlement> Settlements { get; } = new MessageTable<Settlement>()
        .With<Resolved>(1, (to, it) => to.OptionalText(it.Json), from => new Resolved(from.OptionalText()))
        .With<Rejected>(
            2,
            (to, it) =>
            {
                to.Text(it.Name);
                to.Text(it.Message);
            },
            from => new Rejected(from.Text(), from.Text()))
        .With<ChildScript>(
            3,
            (to, it) =>
            {
                to.Text(it.Name);
                to.Text(it.FileName);
                to.Text(it.Script);
            },
            from => new ChildScript(from.Text(), from.Text(), from.Text()));

    public static MessageTable<ScriptInput> Inputs { get; } = new MessageTable<ScriptInput>()
        .With<StartScript>(
            1,
            (to, it) =>
            {
                to.Text(it.Script);
                to.Text(it.FileName);
                to.OptionalText(it.ArgsJson);
                to.Long(it.Seed);
                Time(to, it.Time);
                to.OptionalLong(it.BudgetTotal);
                to.OptionalLong(it.BudgetMicroDollars);
                Limits(to, it.Limits);
                to.Items(it.Extensions, Extension);
                to.OptionalInt(it.Slice);
            },
            from => new StartScript
            {
                Script = from.Text(),
                FileName = from.Text(),
                ArgsJson = from.OptionalText(),
                Seed = from.Long(),
                Time = Time(from),
                BudgetTotal = from.OptionalLong(),
                BudgetMicroDollars = from.OptionalLong(),
                Limits = Limits(from),
                Extensions = from.Items(Extension),
                Slice = from.OptionalInt(),
            })
        .With<Deliver>(
            2,
            (to, it) =>
            {
                to.Int(it.RequestId);
                Settlements.Write(to, it.Settlement);
                Time(to, it.Time);
                to.Long(it.SpentTokens);
                to.Long(it.SpentMicroDollars);
                to.Text(it.Identity);
                to.OptionalItem(it.Failure, Failure);
            },
            from => new Deliver
            {
                RequestId = from.Int(),
                Settlement = Settlements.Read(from),
                Time = Time(from),
                SpentTokens = from.Long(),
                SpentMicroDollars = from.Long(),
                Identity = from.Text(),
                Failure = from.OptionalItem(Failure),
            });

    public static MessageTable<ScriptOutput> Outputs { get; } = new MessageTable<ScriptOutput>()
        .With<AgentRequested>(
            1,
            (to, it) =>
            {
                to.Int(it.RequestId);
                to.Text(it.Prompt);
                Options(to, it.Options);
                to.Text(it.Label);
                to.OptionalText(it.Phase);
                to.Double(it.Weight);
            },
            from => new AgentRequested
            {
                RequestId = from.Int(),
                Prompt = from.Text(),
                Options = Options(from),
                Label = from.Text(),
                Phase = from.OptionalText(),
                Weight = from.Double(),
            })
        .With<TimerRequested>(
            2,
            (to, it) =>
            {
                to.Int(it.RequestId);
                to.Double(it.DelayMilliseconds);
            },
            from => new TimerRequested(from.Int(), from.Double()))
        .With<TimerCleared>(3, (to, it) => to.Int(it.RequestId), from => new TimerCleared(from.Int()))
        .With<WorkflowRequested>(
            4,
            (to, it) =>
            {
                to.Int(it.RequestId);
                to.OptionalText(it.Name);
                to.OptionalText(it.ScriptPath);
            },
            from => new WorkflowRequested(from.Int(), from.OptionalText(), from.OptionalText()))
        .With<PhaseEntered>(5, (to, it) => to.Text(it.Title), from => new PhaseEntered(from.Text()))
        .With<Logged>(
            6,
            (to, it) =>
            {
                to.Text(it.Level);
                to.Text(it.Text);
            },
            from => new Logged(from.Text(), from.Text()))
        .With<BranchFailed>(
            7,
            (to, it) =>
            {
                to.Text(it.Where);
                to.Text(it.Message);
                to.OptionalText(it.Phase);
                to.Flag(it.OfAgent);
            },
            from => new BranchFailed(from.Text(), from.Text(), from.OptionalText(), from.Flag()))
        .With<ScriptReturned>(8, (to, it) => to.OptionalText(it.ResultJson), from => new ScriptReturned(from.OptionalText()))
        .With<ScriptFailed>(9, (to, it) => Error(to, it.Error), from => new ScriptFailed(Error(from)))
        .With<QuestionAsked>(
            10,
            (to, it) =>
            {
                to.Int(it.RequestId);
                to.Text(it.Text);
                to.OptionalText(it.SchemaJson);
                to.OptionalText(it.DefaultJson);
                to.OptionalDouble(it.TimeoutMilliseconds);
            },
            from => new QuestionAsked
            {
                RequestId = from.Int(),
                Text = from.Text(),
                SchemaJson = from.OptionalText(),
                DefaultJson = from.OptionalText(),
                TimeoutMilliseconds = from.OptionalDouble(),
            });

    private static void Extension(WireWriter to, ScriptExtension it)
    {
        to.Text(it.Name);
        to.Text(it.Source);
    }

    private static ScriptExtension Extension(WireReader from) => new(from.Text(), from.Text());

    private static void Failure(WireWriter to, CallFailure it)
    {
        to.Text(it.Kind);
        to.Text(it.Label);
        to.OptionalText(it.Phase);
        to.Text(it.Cause);
        to.Int(it.Attempts);
        to.OptionalText(it.LastText);
    }

    private static CallFailure Failure(WireReader from) =>
        new(from.Text(), from.Text(), from.OptionalText(), from.Text(), from.Int(), from.OptionalText());

    private static void Options(WireWriter to, AgentOptions it)
    {
        to.OptionalText(it.SchemaJson);
        to.OptionalText(it.Model);
        to.OptionalText(it.Effort);
        to.OptionalText(it.Isolation);
        to.OptionalText(it.AgentType);
        to.OptionalTexts(it.Tools);
        to.OptionalTexts(it.DisallowedTools);
        to.OptionalSpan(it.Stall);
        to.OptionalSpan(it.Timeout);
        to.OptionalInt(it.MaxTurns);
        to.OptionalInt(it.Retries);
    }

    private static AgentOptions Options(WireReader from) => new()
    {
        SchemaJson = from.OptionalText(),
        Model = from.OptionalText(),
        Effort = from.OptionalText(),
        Isolation = from.OptionalText(),
        AgentType = from.OptionalText(),
        Tools = from.OptionalTexts(),
        DisallowedTools = from.OptionalTexts(),
        Stall = from.OptionalSpan(),
        Timeout = from.OptionalSpan(),
        MaxTurns = from.OptionalInt(),
        Retries = from.OptionalInt(),
    };

    private static void Limits(WireWriter to, ScriptLimits it)
    {
        to.Int(it.MaxAgents);
        to.Int(it.MaxItems);
        to.Span(it.Slice);
        to.Long(it.MemoryBytes);
        to.Int(it.CallDepth);
        to.OptionalItem(it.Rules, Rules);
    }

    private static void Rules(WireWriter to, LimitRules it)
    {
        to.OptionalText(it.Agents);
        to.OptionalText(it.Tokens);
        to.OptionalText(it.Dollars);
    }

    private static LimitRules Rules(WireReader from) => new(from.OptionalText(), from.OptionalText(), from.OptionalText());

    private static ScriptLimits Limits(WireReader from) => new()
    {
        MaxAgents = from.Int(),
        MaxItems = from.Int(),
        Slice = from.Span(),
        MemoryBytes = from.Long(),
        CallDepth = from.Int(),
        Rules = from.OptionalItem(Rules),
    };

    private static void Error(WireWriter to, ScriptError it)
    {
        to.Text(it.Message);
        to.Text(it.FileName);
        to.Int(it.Line);
        to.Int(it.Column);
        to.OptionalText(it.SourceLine);
    }

    private static ScriptError Error(WireReader from) =>
        new(from.Text(), from.Text(), from.Int(), from.Int(), from.OptionalText());

    private static void Time(WireWriter to, DateTimeOffset it)
    {
        to.Long(it.Ticks);
        to.Long(it.Offset.Ticks);
    }

    private static DateTimeOffset Time(WireReader from) => new(from.Long(), from.Span());
}
