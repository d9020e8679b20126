using McpWorkflows.Agents.Connections;
using McpWorkflows.Agents.Faults;
using McpWorkflows.Agents.Limits;
using McpWorkflows.Agents.Providers;
using McpWorkflows.Agents.Telemetry;
using McpWorkflows.Engine.Agents;
using Microsoft.Extensions.AI;

namespace McpWorkflows.Agents.Loop;

/// <summary>
/// Asks the model, and asks again where that may help. A retry repeats one request, not the agent's work: the
/// conversation so far, tool results included, is kept, and a request that succeeds restores the retries.
/// </summary>
/// <param name="warmth">Null for providers without a cache.</param>
internal sealed class ModelRequests(ProviderClient provider, FaultClassifier faults, ModelLimits limits, CacheWarmth? warmth, AgentCall call)
{
    private const int MaxConcessions = 10;

    private readonly ModelCallTags _tags = new(call.Model, provider);
    private bool _isFirst = true;

    public AnswerForm AnswerForm => provider.AnswerForm;

    public async Task<(Round? Round, RoundFailure? Failure)> AskAsync(Conversation conversation, CancellationToken cancellationToken)
    {
        if (_isFirst)
        {
            foreach (var known in provider.Refused.Of(call.Model.Name).Where(conversation.Concede))
            {
                call.Resolved.Drop(known.Name);
            }
        }

        var warming = await WarmAsync(conversation, cancellationToken).ConfigureAwait(false);
        try
        {
            return await AskAsync(conversation, warming, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            warming?.End();
        }
    }

    private async Task<(Round? Round, RoundFailure? Failure)> AskAsync(Conversation conversation, CacheWarmth.Warming? warming, CancellationToken cancellationToken)
    {
        var failures = 0;
        var stalls = 0;
        var successes = limits.Successes;
        var conceded = new List<Concession>();
        while (true)
        {
            var ticket = new LimitTicket(conversation.EstimatedTokens + limits.OutputGuess, failures, call.Patience);
            var admission = limits.TryEnter(ticket) ?? await WaitAsync(ticket, cancellationToken).ConfigureAwait(false);
            if (admission.Permit is not { } permit)
            {
                return (null, GaveUp(admission.Fault!, admission.Failures, stalled: false));
            }

            var (round, fault) = await TryAsync(conversation, permit, warming, cancellationToken).ConfigureAwait(false);
            if (round is not null)
            {
                conceded.ForEach(concession => provider.Refused.Remember(call.Model.Name, concession));
                return (round, null);
            }

            if (fault!.RefusedForm is { } refusal && conceded.Count < MaxConcessions && conversation.TryDoWithout(refusal) is { } concession)
            {
                conceded.Add(concession);
                call.Resolved.Drop(concession.Name);
                call.Report(AgentProgressKind.Retrying, $"The endpoint refused {concession.Asked ?? concession.Name}; asking {(concession.Instead is { } instead ? $"with {instead}" : "without")}.");
                continue;
            }

            // Where others got through meanwhile, the limit is being lived within: waiting goes on.
            failures = fault.IsLimit && limits.Successes != successes ? 1 : failures + 1;
            successes = limits.Successes;
            stalls += fault.Kind == FaultKind.Stall ? 1 : 0;
            if (!fault.IsTransient || failures > call.Patience.After(fault))
            {
                return (null, GaveUp(fault, failures, stalls == failures));
            }

            ModelInstruments.Retried(_tags, fault);
            call.Report(AgentProgressKind.Retrying, fault.Cause);
            if (fault.Kind == FaultKind.Transient && !fault.IsUnreachable)
            {
                await AsideAsync(async token =>
                {
                    await Task.Delay(RetryDelay.After(fault, failures, call.Options), call.Options.Time, token).ConfigureAwait(false);
                    return true;
                }, cancellationToken).ConfigureAwait(false);
            }

            call.Attempts++;
            call.Report(AgentProgressKind.AttemptStarted, null);
        }
    }

    private static RoundFailure GaveUp(Fault fault, int failures, bool stalled)
    {
        var kind = fault.Kind switch
        {
            FaultKind.Quota => AgentOutcomeKind.QuotaExhausted,
            FaultKind.Stall when stalled => AgentOutcomeKind.Stalled,
            _ => AgentOutcomeKind.Failed,
        };
        return new RoundFailure(kind, failures <= 1 || kind == AgentOutcomeKind.QuotaExhausted ? fault.Cause : $"{fault.Cause} Gave up after {failures} attempts.")
        {
            RetryAt = fault.RetryAt,
        };
    }

    /// <summary>Lets another request with the same beginning go ahead, if there is one on its way.</summary>
    private async Task<CacheWarmth.Warming?> WarmAsync(Conversation conversation, CancellationToken cancellationToken)
    {
        var isFirst = _isFirst;
        _isFirst = false;
        return isFirst && warmth is not null && conversation.Beginning(provider.CachesPrompts) is { } beginning
            ? await AsideAsync(token => warmth.EnterAsync($"{call.Model}\n{beginning}", token), cancellationToken).ConfigureAwait(false)
            : null;
    }

    private Task<Admission> WaitAsync(LimitTicket ticket, CancellationToken cancellationToken)
    {
        call.Report(AgentProgressKind.Waiting, "Waits for the provider's limit.");
        return AsideAsync(token => limits.EnterAsync(ticket, token), cancellationToken);
    }

    /// <summary>What waits here is no work: others may have the place at the gate meanwhile.</summary>
    private Task<T> AsideAsync<T>(Func<CancellationToken, Task<T>> waitAsync, CancellationToken cancellationToken) =>
        call.Request.Place is { } place ? place.StepAsideAsync(waitAsync, cancellationToken) : waitAsync(cancellationToken);

    private async Task<(Round? Round, Fault? Fault)> TryAsync(Conversation conversation, Permit permit, CacheWarmth.Warming? warming, CancellationToken cancellationToken)
    {
        using var watch = new StallWatch(call.Stall, call.Options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, watch.Token);
        if (provider.Provider is not null)
        {
            conversation.Options.SetPulse(watch.Pulse);
        }

        var span = RequestSpan.Start(_tags, call, conversation);
        try
        {
            var (round, used) = await StreamAsync(conversation, permit, warming, watch, either.Token).ConfigureAwait(false);
            span.Succeeded(round, used);
            return (round, null);
        }
        // The boundary to chat clients of any make: whatever they throw is a fault of the request.
        catch (Exception exception)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                span.Cancelled();
                throw new OperationCanceledException(cancellationToken);
            }

            var fault = watch.HasStalled ? faults.Stalled(watch.Silence, watch.OnlyPulse) : faults.Classify(exception);
            permit.Fail(fault);
            span.Failed(fault);
            return (null, fault);
        }
        finally
        {
            permit.Release();
        }
    }

    private async Task<(Round Round, AgentUsage? Used)> StreamAsync(
        Conversation conversation, Permit permit, CacheWarmth.Warming? warming, StallWatch watch, CancellationToken cancellationToken)
    {
        var round = new RoundBuilder();
        AgentUsage? used = null;
        var updates = provider.Client.GetStreamingResponseAsync(conversation.Messages, conversation.Options, cancellationToken);
        var source = updates.GetAsyncEnumerator(cancellationToken);
        await using var closing = source.ConfigureAwait(false);
        while (await NextAsync(source, round, cancellationToken).ConfigureAwait(false))
        {
            var update = source.Current;
            watch.Progress();
            round.Finish = update.FinishReason ?? round.Finish;
            if (update.AdditionalProperties?.GetValueOrDefault(LimitNews.Key) is LimitNews news)
            {
                permit.Heard(news);
            }

            warming?.Succeed();
            foreach (var content in update.Contents)
            {
                round.Add(content);
                used = content is UsageContent { Details: var details } ? call.Meter.Add(details) : used;
            }

            call.ReportText(round.Text);
        }

        if (used is null)
        {
            call.Meter.Missed();
        }
        else
        {
            limits.Used(used.OutputTokens);
        }

        permit.Succeed(used is null ? 0 : used.InputTokens + used.OutputTokens);
        return (round.Build(), used);
    }

    /// <summary>Where the stream pauses, what came last is shown before the next piece comes.</summary>
    private async Task<bool> NextAsync(IAsyncEnumerator<ChatResponseUpdate> source, RoundBuilder round, CancellationToken cancellationToken)
    {
        var next = source.MoveNextAsync();
        if (next.IsCompleted || call.UntilText(round.Text) is not { } pause)
        {
            return await next.ConfigureAwait(false);
        }

        var coming = next.AsTask();
        using (var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
        {
            if (await Task.WhenAny(coming, Task.Delay(pause, call.Options.Time, enough.Token)).ConfigureAwait(false) != coming && !cancellationToken.IsCancellationRequested)
            {
                call.ShowText(round.Text);
            }

            await enough.CancelAsync().ConfigureAwait(false);
        }

        return await coming.ConfigureAwait(false);
    }
}
