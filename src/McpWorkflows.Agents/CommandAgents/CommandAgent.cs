using System.Globalization;
using McpWorkflows.Agents.AgentTypes;
using McpWorkflows.Agents.Options;
using McpWorkflows.Agents.Processes;
using McpWorkflows.Agents.Prompts;
using McpWorkflows.Agents.Schemas;
using McpWorkflows.Agents.StructuredOutput;
using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Agents.CommandAgents;

/// <summary>An agent that is a program of its own, such as another coding agent: prompt in, answer out.</summary>
internal sealed class CommandAgent(AgentTypeDefinition type, AgentRequest request, AgentHostOptions options, IProgress<AgentProgress> progress)
{
    private const int MaxCorrections = 2;
    private const int MaxOutput = 8_000_000;
    private const int ShownError = 600;

    /// <summary>A stall says nothing of the task; another try may.</summary>
    private const int StallRetries = 1;

    private readonly CommandOptions _resolved = CommandOptions.Resolve(request.Options, type, options);
    private AgentUsage _usage = AgentUsage.None;
    private decimal? _cost;
    private int _attempts;
    private string? _lastText;

    /// <summary>Why the type must not run here; null when it may.</summary>
    public static string? Problem(AgentTypeDefinition type, AgentHostOptions options) =>
        type.Origin != AgentTypeOrigin.Workspace || options.Granted.CommandAgents ? null
            : $"The agent type '{type.Name}' of this workspace would start the program '{type.Command!.Line[0]}', which is not allowed. "
                + "Add command_agents to the setting 'allow', or move the type's file to .mcpworkflows/agents in your home folder.";

    public async Task<AgentOutcome> RunAsync(CancellationToken cancellationToken)
    {
        var structured = request.Options.SchemaJson is { } schema ? new StructuredAnswer(schema, Math.Min(MaxCorrections, options.SchemaRetries)) : null;
        var task = Task(structured);
        var prompt = task;
        var failures = 0;
        var stalls = 0;
        while (true)
        {
            _attempts++;
            progress.Report(new AgentProgress(AgentProgressKind.AttemptStarted, null, _attempts));
            var (answer, problem, stalled) = await AskAsync(prompt, cancellationToken).ConfigureAwait(false);
            if (problem is not null)
            {
                failures++;
                stalls += stalled ? 1 : 0;
                if (failures > (_resolved.Retries.Value ?? (stalled ? StallRetries : 0)))
                {
                    return Fail(stalls == failures ? AgentOutcomeKind.Stalled : AgentOutcomeKind.Failed, failures == 1 ? problem : $"{problem} Gave up after {failures} attempts.");
                }

                progress.Report(new AgentProgress(AgentProgressKind.Retrying, problem, _attempts));
                continue;
            }

            if (structured is null)
            {
                return Succeed(JsonText.Quote(answer!));
            }

            if (structured.Accept(answer!, cutOff: false) is { } json)
            {
                return Succeed(json);
            }

            if (structured.IsExhausted)
            {
                return Fail(
                    AgentOutcomeKind.SchemaUnsatisfied,
                    $"The answer of '{type.Name}' did not satisfy the schema after {structured.Rejected} tries. Last errors:\n{structured.Errors}");
            }

            prompt = $"{task}\n\n{AgentPrompts.CommandJsonRetry(answer!, structured.Errors)}";
        }
    }

    private string Task(StructuredAnswer? structured)
    {
        var lessons = request.Lessons.Count == 0 ? "" : $"{AgentPrompts.Lessons(request.Lessons)}\n\n";
        var task = $"{(type.Instructions.Length == 0 ? "" : $"{type.Instructions}\n\n")}{lessons}{request.Prompt}";
        return structured is null ? task : $"{task}\n\n{AgentPrompts.CommandJson(structured.SchemaJson)}";
    }

    private async Task<(string? Answer, string? Problem, bool Stalled)> AskAsync(string prompt, CancellationToken cancellationToken)
    {
        var line = type.Command!.Line;
        var takesArgument = line.Any(word => word.Contains("{prompt}", StringComparison.Ordinal));
        var plan = new ProcessPlan(line[0], [.. line.Skip(1).Select(word => Fill(word, prompt))], request.Workspace)
        {
            Environment = PlainEnvironment.Create(type.Command.Env),
            Input = takesArgument ? null : prompt,
            Limit = _resolved.Timeout.Value,
            Silence = _resolved.Stall.Value,
            SilenceAfterOutput = options.CommandAgentStall,
            Head = 4_000,
            Tail = MaxOutput,
            OnLine = text => progress.Report(new AgentProgress(AgentProgressKind.Text, text.Length > 120 ? text[..120] : text, _attempts)),
        };
        ProcessResult result;
        try
        {
            result = await BoundedProcess.RunAsync(plan, options.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (ProcessStartException failure)
        {
            return (null, failure.Message, false);
        }

        var answer = CommandOutput.Read(result.Output.ToString());
        _usage += answer.Usage;
        _cost = answer.Cost is { } cost ? (_cost ?? 0) + cost : _cost;
        _lastText = answer.Text ?? _lastText;
        var problem = Problem(result, answer);
        return (problem is null ? answer.Text : null, problem, result.StalledAfter is not null);
    }

    private string? Problem(ProcessResult result, CommandAnswer answer)
    {
        var stderr = result.Error.End(ShownError) is { Length: > 0 } end ? $" Its last words on standard error:\n{end}" : "";
        if (result.StalledAfter is { } silence)
        {
            return string.Create(CultureInfo.InvariantCulture, $"'{type.Name}' stalled: no output for {silence.TotalSeconds:0.###} s, and was ended. It may hang, or wait for somebody; if it merely works in silence, raise stallSeconds in its file or stallMs of the call, or have it print JSON lines.{stderr}");
        }

        if (result.TimedOut)
        {
            return string.Create(CultureInfo.InvariantCulture, $"'{type.Name}' did not end within its time limit of {_resolved.Timeout.Value.TotalSeconds:0.###} s, and was ended. Raise timeoutSeconds in its file or timeoutMs of the call.{stderr}");
        }

        if (answer.Error is { } error)
        {
            return $"'{type.Name}' reports an error: {error}{stderr}";
        }

        if (result.ExitCode != 0)
        {
            var shown = stderr.Length > 0 ? stderr : answer.Text is { } said ? $" It said:\n{(said.Length > ShownError ? said[^ShownError..] : said)}" : "";
            return string.Create(CultureInfo.InvariantCulture, $"'{type.Name}' ended with exit code {result.ExitCode}.{shown}");
        }

        return answer.Text is null ? $"'{type.Name}' ended without an answer.{stderr}" : null;
    }

    private string Fill(string word, string prompt) => word
        .Replace("{model}", _resolved.Model.Value ?? "", StringComparison.Ordinal)
        .Replace("{workspace}", request.Workspace, StringComparison.Ordinal)
        .Replace("{prompt}", prompt, StringComparison.Ordinal);

    private AgentOutcome Succeed(string answerJson) => Outcome(AgentOutcomeKind.Succeeded) with { AnswerJson = answerJson };

    private AgentOutcome Fail(AgentOutcomeKind kind, string cause) => Outcome(kind) with { Failure = new AgentFailure(cause, _lastText) };

    private AgentOutcome Outcome(AgentOutcomeKind kind) => new()
    {
        Kind = kind,
        Usage = _usage,
        Cost = _cost,
        Attempts = _attempts,
        Model = $"command/{type.Name}",
        Resolved = _resolved.ToJson() is var chosen && chosen != "{}" ? chosen : null,
    };
}
