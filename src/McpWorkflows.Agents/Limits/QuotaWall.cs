using McpWorkflows.Agents.Faults;

namespace McpWorkflows.Agents.Limits;

/// <summary>
/// Closed while a provider's quota is spent: calls that come meanwhile are told so without asking. Now and then one is
/// let through, since quotas are topped up without notice.
/// </summary>
internal sealed class QuotaWall
{
    private const double AskAgainSeconds = 30;
    private const double AskAgainUntoldSeconds = 5;

    private Fault? _fault;
    private double _closedAt;
    private double _until;

    public void Close(Fault fault, double now, DateTimeOffset clock)
    {
        _fault = fault;
        _closedAt = now;
        _until = now + (fault.RetryAt is { } at ? Math.Clamp((at - clock).TotalSeconds, 0, AskAgainSeconds) : AskAgainUntoldSeconds);
    }

    /// <summary>A request succeeded; only one that was sent since shows that the wall is gone.</summary>
    public void Open(double sentAt)
    {
        if (sentAt >= _closedAt)
        {
            _fault = null;
        }
    }

    /// <summary>Why nothing passes, or null.</summary>
    public Fault? Fault(double now) => now < _until ? _fault : null;
}
