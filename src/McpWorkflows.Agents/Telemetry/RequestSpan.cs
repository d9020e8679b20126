using System.Diagnostics;
using McpWorkflows.Agents.Faults;
using McpWorkflows.Agents.Loop;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Telemetry;

namespace McpWorkflows.Agents.Telemetry;

/// <summary>The span and the measurements of one request to a model. Ends once, however it ends.</summary>
internal readonly struct RequestSpan
{
    private readonly ModelCallTags _tags;
    private readonly AgentCall _call;
    private readonly Activity? _span;
    private readonly long _began;
    private readonly decimal? _costBefore;

    private RequestSpan(ModelCallTags tags, AgentCall call, Activity? span)
    {
        _tags = tags;
        _call = call;
        _span = span;
        _began = call.Options.Time.GetTimestamp();
        _costBefore = call.Meter.Cost;
    }

    public static RequestSpan Start(ModelCallTags tags, AgentCall call, Conversation conversation)
    {
        if (tags.AreSilent)
            return new RequestSpan(tags, call, null);
        var span = WorkflowTelemetry.Source.StartActivity($"{GenAI.Chat} {tags.Model}", ActivityKind.Client);
        if (span is { IsAllDataRequested: true })
        {
            foreach (var (name, value) in tags.ToTagList())
                span.SetTag(name, value);
            span.SetTag(GenAI.RunId, call.Request.RunId);
            span.SetTag(GenAI.Attempt, call.Attempts);
            if (call.Options.TraceContent)
                span.SetTag(GenAI.InputMessages, ConversationJson.Of(conversation.Messages));
        }

        return new RequestSpan(tags, call, span);
    }

    public void Succeeded(Round round, AgentUsage? used)
    {
        if (_span is { IsAllDataRequested: true })
        {
            _span.SetTag(GenAI.InputTokens, used?.InputTokens);
            _span.SetTag(GenAI.OutputTokens, used?.OutputTokens);
            _span.SetTag(GenAI.CachedTokens, used?.CachedInputTokens);
            _span.SetTag(GenAI.Cost, (double?)(_call.Meter.Cost - _costBefore));
            if (round.Finish is { } finish)
                _span.SetTag(GenAI.FinishReasons, new[] { finish.Value });
            if (_call.Options.TraceContent)
                _span.SetTag(GenAI.OutputMessages, ConversationJson.Of(round));
        }

        if (ModelInstruments.AreWanted && !_tags.AreSilent)
            ModelInstruments.Asked(_tags, Took, null, used?.InputTokens ?? 0, used?.OutputTokens ?? 0);
        _span?.Stop();
    }

    public void Failed(Fault fault)
    {
        var name = ModelInstruments.NameOf(fault);
        _span?.SetTag(GenAI.ErrorType, name);
        _span?.SetStatus(ActivityStatusCode.Error, fault.Cause);
        if (ModelInstruments.AreWanted && !_tags.AreSilent)
            ModelInstruments.Asked(_tags, Took, name, 0, 0);
        ModelInstruments.Refused(_tags, fault);
        _span?.Stop();
    }

    /// <summary>Nobody waits for the answer any more.</summary>
    public void Cancelled()
    {
        _span?.SetTag(GenAI.ErrorType, "cancelled");
        _span?.Stop();
    }

    private TimeSpan Took => _call.Options.Time.GetElapsedTime(_began);
}
