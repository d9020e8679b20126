using McpWorkflows.Agents.Faults;

namespace McpWorkflows.Agents.Limits;

/// <summary>
/// Closed for a moment after a provider said that its quota is spent: calls that were on their way are told so without
/// asking. The engine holds up the rest; whoever comes later may ask, since quotas are topped up without notice.
/// </summary>
internal sealed class QuotaWall
{
    private const double Seconds = 2;

    private Fault? _fault;
    private double _closedAt;
    private double _until;

    public void Close(Fault fault, double now, DateTimeOffset clock)
    {
        _fault = fault;
        _closedAt = now;
        _until = now + (fault.RetryAt is { } at ? Math.Clamp((at - clock).TotalSeconds, 0, Seconds) : Seconds);
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
