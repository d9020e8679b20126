using System.Text;
using McpWorkflows.Agents.Prompts;
using McpWorkflows.Agents.Schemas;
using McpWorkflows.Agents.StructuredOutput;
using McpWorkflows.Agents.Tools;
using McpWorkflows.Engine.Agents;
using Microsoft.Extensions.AI;

namespace McpWorkflows.Agents.Loop;

/// <summary>Asks the model, runs the tools it calls, and asks again, until there is an answer or a reason why not.</summary>
internal sealed class AgentLoop(AgentCall call, ModelRequests requests, Toolset toolset)
{
    private const int MaxContinuations = 2;
    private const int ShownLength = 120;
    private const string CutCall = "Error: this call was cut off at the output limit, so it was not run. Do it in smaller steps: a long file, for example, in several parts.";

    private readonly StructuredAnswer? _structured =
        call.Request.Options.SchemaJson is { } schema ? new StructuredAnswer(schema, call.Options.SchemaRetries) : null;

    private readonly StringBuilder _pieces = new();
    private int _continuations;
    private int _cutCalls;
    private bool _askedAfterEmpty;

    public async Task<AgentOutcome> RunAsync(CancellationToken cancellationToken)
    {
        var conversation = new Conversation(call, _structured, toolset.Tools, requests.AnswerForm);
        for (var turn = 1; ; turn++)
        {
            if (turn == call.MaxTurns + 1)
            {
                conversation.CloseTools();
            }

            var (round, failure) = await requests.AskAsync(conversation, cancellationToken).ConfigureAwait(false);
            if (failure is not null)
            {
                return call.Fail(failure.Kind, failure.Cause) with { RetryAt = failure.RetryAt };
            }

            if (round!.Text.Length > 0)
            {
                call.LastText = round.Text;
            }

            conversation.Heard(round);
            var outcome = round.Calls.Count > 0
                ? await UseToolsAsync(conversation, round, cancellationToken).ConfigureAwait(false)
                : _structured is null ? ReadText(conversation, round) : ReadStructuredText(conversation, round);
            if (outcome is not null)
            {
                return outcome;
            }

            if (turn > call.MaxTurns)
            {
                return _structured is { Rejected: > 0 }
                    ? Unsatisfied()
                    : call.Fail(AgentOutcomeKind.Failed, $"The agent used up its {call.MaxTurns} turns (maxTurns) without an answer. Raise maxTurns or give it a smaller task.");
            }
        }
    }

    private AgentOutcome? ReadText(Conversation conversation, Round round)
    {
        if (Withheld(round) is { } withheld)
        {
            return withheld;
        }

        _pieces.Append(round.Text);
        if (round.IsCutOff)
        {
            if (round.Text.Length == 0 || _continuations == MaxContinuations)
            {
                call.LastText = _pieces.ToString();
                return CutOff();
            }

            _continuations++;
            conversation.Say(AgentPrompts.Continue);
            return null;
        }

        var text = AnswerText.WithoutThinking(_pieces.ToString());
        if (!string.IsNullOrWhiteSpace(text))
        {
            return call.Succeed(JsonText.Quote(text));
        }

        if (_askedAfterEmpty)
        {
            return call.Fail(AgentOutcomeKind.Failed, "The model answered with no text, twice. Try another model, or word the task anew.");
        }

        _askedAfterEmpty = true;
        conversation.Say(AgentPrompts.EmptyAnswer);
        return null;
    }

    private AgentOutcome? ReadStructuredText(Conversation conversation, Round round)
    {
        if (Withheld(round) is { } withheld)
        {
            return withheld;
        }

        if (_structured!.Accept(AnswerText.WithoutThinking(round.Text), round.IsCutOff) is { } answer)
        {
            return call.Succeed(answer);
        }

        if (_structured.IsExhausted)
        {
            return Unsatisfied();
        }

        conversation.DemandFormat();
        conversation.Say(conversation.AnswersInText
            ? AgentPrompts.StructuredJsonRetry(_structured.Errors)
            : AgentPrompts.StructuredRetry(_structured.Errors));
        return null;
    }

    private async Task<AgentOutcome?> UseToolsAsync(Conversation conversation, Round round, CancellationToken cancellationToken)
    {
        // Text before a tool call is thinking aloud, not a part of the answer.
        _pieces.Clear();
        _continuations = 0;
        _cutCalls = round.IsCutOff ? _cutCalls + 1 : 0;
        if (_cutCalls > MaxContinuations)
        {
            call.LastText = round.Text.Length > 0 ? round.Text : round.Calls[^1].RawRepresentation as string ?? call.LastText;
            return CutOff();
        }

        var results = new List<AIContent>(round.Calls.Count);
        foreach (var asked in round.Calls)
        {
            if (_structured is not null && asked.Name == StructuredOutputTool.ToolName)
            {
                if (_structured.Accept(asked, round.IsCut(asked)) is { } answer)
                {
                    return call.Succeed(answer);
                }

                results.Add(new FunctionResultContent(asked.CallId, AgentPrompts.StructuredRetry(_structured.Errors)));
            }
            else
            {
                results.Add(new FunctionResultContent(asked.CallId, round.IsCut(asked) ? CutCall : await InvokeAsync(asked, cancellationToken).ConfigureAwait(false)));
            }
        }

        conversation.Answer(results);
        return _structured?.IsExhausted == true ? Unsatisfied() : null;
    }

    private async Task<string> InvokeAsync(FunctionCallContent asked, CancellationToken cancellationToken)
    {
        if (toolset.Tools.FirstOrDefault(tool => tool.Name == asked.Name) is not { } tool)
        {
            return toolset.Refusal(asked.Name, requests.AnswerForm == AnswerForm.Tool ? _structured?.Tool.Name : null);
        }

        if (asked.Exception is not null)
        {
            return "Error: the arguments are not a JSON object. Call the tool again with valid JSON.";
        }

        var arguments = new ToolArguments(asked.Arguments);
        var shown = tool.Describe(arguments);
        call.Report(AgentProgressKind.ToolCall, shown.Length > ShownLength ? shown[..ShownLength] : shown);
        try
        {
            return await tool.InvokeAsync(arguments, cancellationToken).ConfigureAwait(false);
        }
        catch (ToolException refusal)
        {
            return $"Error: {refusal.Message}";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A file system may fail at any point; its messages name full paths.
            return "Error: the file system failed. The file may have just changed; try again or go on without it.";
        }
    }

    private AgentOutcome? Withheld(Round round) => round.Finish?.Value switch
    {
        "content_filter" or "refusal" => call.Fail(
            AgentOutcomeKind.Failed,
            "The endpoint's content filter withheld the answer, or the model declined the task (finish reason content_filter or refusal). Word the task anew, or use another model."),
        "model_context_window_exceeded" => call.Fail(AgentOutcomeKind.Failed, "The answer does not fit into the model's context (finish reason model_context_window_exceeded). Give the agent a smaller task."),
        _ => null,
    };

    private AgentOutcome CutOff() =>
        call.Fail(AgentOutcomeKind.Failed, "The answer does not fit into the model's output limit (finish reason length). Ask for less, or use a model with a higher limit.");

    private AgentOutcome Unsatisfied()
    {
        call.LastText = _structured!.LastRejected ?? call.LastText;
        return call.Fail(
            AgentOutcomeKind.SchemaUnsatisfied,
            $"The answer did not satisfy the schema after {_structured.Rejected} tries: simplify the schema or use a stronger model. Last errors:\n{_structured.Errors}");
    }
}
