using System.Collections.Concurrent;

namespace McpWorkflows.Agents.Limits;

/// <summary>
/// Lets the first of several requests with the same beginning go ahead, so that the others find the beginning in the
/// provider's cache instead of paying for it each. They wait for its first sign of an answer, and not for long.
/// </summary>
internal sealed class CacheWarmth(TimeProvider time)
{
    private const int MaxKnown = 1_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Providers keep what was used for at least so long.</summary>
    private static readonly TimeSpan StaysWarm = TimeSpan.FromMinutes(4);

    private readonly ConcurrentDictionary<string, Warming> _known = new(StringComparer.Ordinal);

    /// <summary>
    /// The warming that this request does itself, which it must end; or null, after the wait for another's, or at once
    /// where the beginning is warm.
    /// </summary>
    public async Task<Warming?> EnterAsync(string beginning, CancellationToken cancellationToken)
    {
        if (_known.Count > MaxKnown)
        {
            _known.Clear();
        }

        var mine = new Warming(time);
        while (true)
        {
            var known = _known.GetOrAdd(beginning, mine);
            if (known == mine)
            {
                return mine;
            }

            if (known.IsWarm(StaysWarm))
            {
                return null;
            }

            if (known.IsOver)
            {
                // It failed, or the cache has gone cold: the next one begins anew.
                _known.TryUpdate(beginning, mine, known);
                continue;
            }

            try
            {
                await known.Over.WaitAsync(Patience, time, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                return null;
            }

            if (known.IsWarm(StaysWarm))
            {
                return null;
            }
        }
    }

    /// <summary>A request on its way whose beginning will be in the cache.</summary>
    internal sealed class Warming(TimeProvider time)
    {
        private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long _warmAt;

        public Task Over => _over.Task;

        public bool IsOver => _over.Task.IsCompleted;

        public bool IsWarm(TimeSpan stays) => IsOver && _warmAt != 0 && time.GetElapsedTime(_warmAt) < stays;

        /// <summary>The answer has begun.</summary>
        public void Succeed()
        {
            _warmAt = time.GetTimestamp();
            _over.TrySetResult();
        }

        /// <summary>Lets the others go, if the answer never began.</summary>
        public void End() => _over.TrySetResult();
    }
}
