using McpWorkflows.Agents.Providers;
using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Agents.Loop;

/// <summary>One call of an agent while it runs: its settings, and what it has used so far.</summary>
internal sealed class AgentCall(AgentRequest request, ModelReference model, AgentHostOptions options, IProgress<AgentProgress> progress)
{
    private static readonly TimeSpan TextInterval = TimeSpan.FromMilliseconds(100);

    private long _lastText = options.Time.GetTimestamp();

    public AgentRequest Request => request;

    public ModelReference Model => model;

    public AgentHostOptions Options => options;

    public TimeSpan Stall { get; } = Positive(request.Options.Stall) ?? options.Stall;

    public TimeSpan? Timeout { get; } = Positive(request.Options.Timeout);

    public int MaxTurns { get; } = request.Options.MaxTurns is > 0 and var turns ? turns : options.MaxTurns;

    public int Retries { get; } = request.Options.Retries is >= 0 and var retries ? retries : options.Retries;

    public AgentUsage Usage { get; set; } = AgentUsage.None;

    /// <summary>The one under way included.</summary>
    public int Attempts { get; set; } = 1;

    /// <summary>The last text of the model, kept for whoever wants to save something from a failure.</summary>
    public string? LastText { get; set; }

    public void Report(AgentProgressKind kind, string? detail) => progress.Report(new AgentProgress(kind, detail, Attempts));

    /// <summary>At most ten times a second, however fast the tokens come.</summary>
    public void ReportText(System.Text.StringBuilder text)
    {
        var now = options.Time.GetTimestamp();
        if (options.Time.GetElapsedTime(_lastText, now) >= TextInterval)
        {
            _lastText = now;
            var start = Math.Max(0, text.Length - 80);
            Report(AgentProgressKind.Text, text.ToString(start, text.Length - start).ReplaceLineEndings(" "));
        }
    }

    public AgentOutcome Succeed(string answerJson) => new()
    {
        Kind = AgentOutcomeKind.Succeeded,
        AnswerJson = answerJson,
        Usage = Usage,
        Attempts = Attempts,
        Model = model.ToString(),
    };

    public AgentOutcome Fail(AgentOutcomeKind kind, string cause) => new()
    {
        Kind = kind,
        Failure = new AgentFailure(cause, LastText),
        Usage = Usage,
        Attempts = Attempts,
        Model = model.ToString(),
    };

    /// <summary>Scripts give zero for "none"; timers take no more than some weeks.</summary>
    private static TimeSpan? Positive(TimeSpan? time) =>
        time is { } given && given > TimeSpan.Zero ? TimeSpan.FromTicks(Math.Min(given.Ticks, TimeSpan.FromDays(30).Ticks)) : null;
}
