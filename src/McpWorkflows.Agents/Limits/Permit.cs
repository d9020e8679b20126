using McpWorkflows.Agents.Faults;

namespace McpWorkflows.Agents.Limits;

/// <summary>The right to send one request, and the way to tell what became of it: exactly one of the ends is told.</summary>
internal sealed class Permit(ModelLimits limits)
{
    private int _ended;

    /// <summary>The estimate that was taken, in tokens.</summary>
    public required double Tokens { get; init; }

    public required double SentAt { get; init; }

    /// <summary>Failures of requests sent before the last change of the width say nothing new.</summary>
    public required int Epoch { get; init; }

    public required double RequestsTaken { get; init; }

    public required double TokensTaken { get; init; }

    /// <summary>It was sent alone, to see whether the provider is back.</summary>
    public required bool IsProbe { get; init; }

    /// <summary>It took one of the slots that are shared with other processes.</summary>
    public required bool HasSlot { get; init; }

    /// <summary>The answer's headers are there.</summary>
    public void Heard(LimitNews news) => limits.Heard(this, news);

    /// <param name="tokens">Input and output together; 0 where the endpoint does not say.</param>
    public void Succeed(long tokens)
    {
        if (End())
        {
            limits.Succeeded(this, tokens);
        }
    }

    public void Fail(Fault fault)
    {
        if (End())
        {
            limits.Failed(this, fault);
        }
    }

    /// <summary>It ended without telling anything of the provider: cancelled, or refused for its content.</summary>
    public void Release()
    {
        if (End())
        {
            limits.Released(this);
        }
    }

    private bool End() => Interlocked.Exchange(ref _ended, 1) == 0;
}
