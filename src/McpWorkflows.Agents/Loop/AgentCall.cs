using McpWorkflows.Agents.Limits;
using McpWorkflows.Agents.Options;
using McpWorkflows.Agents.Pricing;
using McpWorkflows.Agents.Providers;
using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Agents.Loop;

/// <summary>One call of an agent while it runs: its settings, and what it has used so far.</summary>
internal sealed class AgentCall(AgentRequest request, ResolvedOptions resolved, AgentHostOptions options, PriceTable prices, IProgress<AgentProgress> progress)
{
    private const int TailLength = 4_096;

    private static readonly TimeSpan TextInterval = TimeSpan.FromMilliseconds(100);

    private long _lastText = options.Time.GetTimestamp();
    private System.Text.StringBuilder? _shownOf;
    private int _shown;

    public AgentRequest Request => request;

    public ResolvedOptions Resolved => resolved;

    public ModelReference Model => resolved.Model.Value;

    public AgentHostOptions Options => options;

    public TimeSpan Stall => resolved.Stall.Value;

    public TimeSpan? Timeout => resolved.Timeout.Value;

    public int MaxTurns => resolved.MaxTurns.Value;

    public Patience Patience => new(resolved.Retries.Value, resolved.Retries.From != Origin.Default);

    public UsageMeter Meter { get; } = new(resolved.Model.Value, prices);

    /// <summary>The one under way included.</summary>
    public int Attempts { get; set; } = 1;

    /// <summary>The last text of the model, kept for whoever wants to save something from a failure.</summary>
    public string? LastText { get; set; }

    public void Report(AgentProgressKind kind, string? detail) => progress.Report(new AgentProgress(kind, detail, Attempts));

    /// <summary>How long until text that has not been shown may be; null where all has.</summary>
    public TimeSpan? UntilText(System.Text.StringBuilder text) => text.Length == 0 || (text == _shownOf && text.Length == _shown) ? null
        : TextInterval - options.Time.GetElapsedTime(_lastText) is { Ticks: > 0 } left ? left
        : TimeSpan.Zero;

    /// <summary>At most ten times a second, however fast the tokens come.</summary>
    public void ReportText(System.Text.StringBuilder text)
    {
        if (UntilText(text) == TimeSpan.Zero)
        {
            ShowText(text);
        }
    }

    public void ShowText(System.Text.StringBuilder text)
    {
        (_lastText, _shownOf, _shown) = (options.Time.GetTimestamp(), text, text.Length);
        var start = Math.Max(0, text.Length - 80);
        var tail = Math.Max(0, text.Length - TailLength);
        progress.Report(new AgentProgress(AgentProgressKind.Text, text.ToString(start, text.Length - start).ReplaceLineEndings(" "), Attempts)
        {
            Tail = text.ToString(tail, text.Length - tail),
        });
    }

    public AgentOutcome Succeed(string answerJson) => Outcome(AgentOutcomeKind.Succeeded) with { AnswerJson = answerJson };

    public AgentOutcome Fail(AgentOutcomeKind kind, string cause) => Outcome(kind) with { Failure = new AgentFailure(cause, LastText) };

    private AgentOutcome Outcome(AgentOutcomeKind kind) => new()
    {
        Kind = kind,
        Usage = Meter.Usage,
        Cost = Meter.Cost,
        Attempts = Attempts,
        Model = Model.ToString(),
        Resolved = resolved.ToJson(),
    };
}
