using System.Globalization;
using McpWorkflows.Agents.AgentTypes;
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
        while (true)
        {
            _attempts++;
            progress.Report(new AgentProgress(AgentProgressKind.AttemptStarted, null, _attempts));
            var (answer, problem) = await AskAsync(prompt, cancellationToken).ConfigureAwait(false);
            if (problem is not null)
            {
                if (failures++ >= (request.Options.Retries ?? 0))
                {
                    return Fail(AgentOutcomeKind.Failed, problem);
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

    private async Task<(string? Answer, string? Problem)> AskAsync(string prompt, CancellationToken cancellationToken)
    {
        var line = type.Command!.Line;
        var takesArgument = line.Any(word => word.Contains("{prompt}", StringComparison.Ordinal));
        var limit = request.Options.Timeout ?? (type.Command.TimeoutSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : options.CommandAgentTime);
        var plan = new ProcessPlan(line[0], [.. line.Skip(1).Select(word => Fill(word, prompt))], request.Workspace)
        {
            Environment = PlainEnvironment.Create(type.Command.Env),
            Input = takesArgument ? null : prompt,
            Limit = limit,
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
            return (null, failure.Message);
        }

        var answer = CommandOutput.Read(result.Output.ToString());
        _usage += answer.Usage;
        _cost = answer.Cost is { } cost ? (_cost ?? 0) + cost : _cost;
        _lastText = answer.Text ?? _lastText;
        var stderr = result.Error.End(ShownError) is { Length: > 0 } end ? $" Its last words on standard error:\n{end}" : "";
        if (result.TimedOut)
        {
            return (null, string.Create(CultureInfo.InvariantCulture, $"'{type.Name}' did not end within its time limit of {limit.TotalSeconds:0} s, and was ended. Raise timeoutSeconds in its file or timeoutMs of the call.{stderr}"));
        }

        if (answer.Error is { } error)
        {
            return (null, $"'{type.Name}' reports an error: {error}{stderr}");
        }

        if (result.ExitCode != 0)
        {
            var shown = stderr.Length > 0 ? stderr : answer.Text is { } said ? $" It said:\n{(said.Length > ShownError ? said[^ShownError..] : said)}" : "";
            return (null, string.Create(CultureInfo.InvariantCulture, $"'{type.Name}' ended with exit code {result.ExitCode}.{shown}"));
        }

        return answer.Text is { } text ? (text, null) : (null, $"'{type.Name}' ended without an answer.{stderr}");
    }

    private string Fill(string word, string prompt) => word
        .Replace("{model}", request.Options.Model ?? "", StringComparison.Ordinal)
        .Replace("{workspace}", request.Workspace, StringComparison.Ordinal)
        .Replace("{prompt}", prompt, StringComparison.Ordinal);

    private AgentOutcome Succeed(string answerJson) => new()
    {
        Kind = AgentOutcomeKind.Succeeded,
        AnswerJson = answerJson,
        Usage = _usage,
        Cost = _cost,
        Attempts = _attempts,
        Model = $"command/{type.Name}",
    };

    private AgentOutcome Fail(AgentOutcomeKind kind, string cause) => new()
    {
        Kind = kind,
        Failure = new AgentFailure(cause, _lastText),
        Usage = _usage,
        Cost = _cost,
        Attempts = _attempts,
        Model = $"command/{type.Name}",
    };
}
