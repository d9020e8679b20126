using System.Text;
using McpWorkflows.Agents.Faults;
using McpWorkflows.Engine.Agents;
using Microsoft.Extensions.AI;

namespace McpWorkflows.Agents.Loop;

/// <summary>
/// Asks the model, and asks again where that may help. A retry repeats one request, not the agent's work: the
/// conversation so far, tool results included, is kept, and a request that succeeds restores the retries.
/// </summary>
internal sealed class ModelRequests(IChatClient client, FaultClassifier faults, AgentCall call)
{
    public async Task<(Round? Round, RoundFailure? Failure)> AskAsync(Conversation conversation, CancellationToken cancellationToken)
    {
        var failures = 0;
        var stalls = 0;
        while (true)
        {
            var (round, fault) = await TryAsync(conversation, cancellationToken).ConfigureAwait(false);
            if (round is not null)
            {
                return (round, null);
            }

            if (fault!.RefusedForm is { } refusal && conversation.TryDoWithout(refusal) is { } dropped)
            {
                call.Report(AgentProgressKind.Retrying, $"The endpoint refused {dropped}; asking without.");
                continue;
            }

            failures++;
            stalls += fault.Kind == FaultKind.Stall ? 1 : 0;
            if (!fault.IsTransient || failures > call.Retries)
            {
                var kind = fault.Kind == FaultKind.Stall && stalls == failures ? AgentOutcomeKind.Stalled : AgentOutcomeKind.Failed;
                return (null, new RoundFailure(kind, failures == 1 ? fault.Cause : $"{fault.Cause} Gave up after {failures} attempts."));
            }

            call.Report(AgentProgressKind.Retrying, fault.Cause);
            if (fault.Kind != FaultKind.Stall)
            {
                await Task.Delay(RetryDelay.After(fault, failures, call.Options), call.Options.Time, cancellationToken).ConfigureAwait(false);
            }

            call.Attempts++;
            call.Report(AgentProgressKind.AttemptStarted, null);
        }
    }

    private async Task<(Round? Round, Fault? Fault)> TryAsync(Conversation conversation, CancellationToken cancellationToken)
    {
        using var watch = new CancellationTokenSource(call.Stall, call.Options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, watch.Token);
        try
        {
            return (await StreamAsync(conversation, watch, either.Token).ConfigureAwait(false), null);
        }
        // The boundary to chat clients of any make: whatever they throw is a fault of the request.
        catch (Exception exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return (null, watch.IsCancellationRequested ? faults.Stalled(call.Stall) : faults.Classify(exception));
        }
    }

    private async Task<Round> StreamAsync(Conversation conversation, CancellationTokenSource watch, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        var calls = new List<FunctionCallContent>();
        ChatFinishReason? finish = null;
        var updates = client.GetStreamingResponseAsync(conversation.Messages, conversation.Options, cancellationToken);
        await foreach (var update in updates.ConfigureAwait(false))
        {
            watch.CancelAfter(call.Stall);
            finish = update.FinishReason ?? finish;
            foreach (var content in update.Contents)
            {
                Take(content, text, calls);
            }
        }

        return new Round(text.ToString(), calls, finish);
    }

    private void Take(AIContent content, StringBuilder text, List<FunctionCallContent> calls)
    {
        switch (content)
        {
            case TextReasoningContent:
                break;
            case TextContent piece:
                text.Append(piece.Text);
                call.ReportText(text);
                break;
            case FunctionCallContent { InformationalOnly: false } asked:
                calls.Add(asked);
                break;
            case UsageContent { Details: var used }:
                call.Usage += new AgentUsage(used.InputTokenCount ?? 0, used.OutputTokenCount ?? 0, used.CachedInputTokenCount ?? 0);
                break;
        }
    }
}
