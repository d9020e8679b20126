namespace McpWorkflows.Testing.Models;

/// <summary>Every call that reached a model server, in order of arrival. Safe for use from any thread.</summary>
public sealed class ModelLog
{
    private readonly Lock gate = new();
    private readonly List<ModelCall> calls = [];
    private TaskCompletionSource changed = NewSignal();

    public IReadOnlyList<ModelCall> Calls
    {
        get
        {
            lock (gate)
            {
                return [.. calls];
            }
        }
    }

    public int Count
    {
        get
        {
            lock (gate)
            {
                return calls.Count;
            }
        }
    }

    public int InFlight { get; private set; }

    /// <summary>The most calls that were ever in flight at once.</summary>
    public int HighWater { get; private set; }

    /// <summary>Conversations, a repeated first request counting again: calls that carry no earlier turn of the model.</summary>
    public IReadOnlyList<ModelCall> Openings => [.. Calls.Where(call => call.Turn == 0)];

    public IReadOnlyList<ModelCall> With(string inPrompt) => [.. Calls.Where(call => call.Prompt.Contains(inPrompt, StringComparison.Ordinal))];

    /// <summary>How often each task was begun, by prompt.</summary>
    public IReadOnlyDictionary<string, int> OpeningsByPrompt() =>
        Openings.GroupBy(call => call.Prompt, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);

    /// <summary>Waits until the log is as asked; fails with what it is instead.</summary>
    public async Task WaitAsync(Func<ModelLog, bool> condition, TimeSpan timeout)
    {
        using var deadline = new CancellationTokenSource(timeout);
        while (true)
        {
            Task next;
            lock (gate)
            {
                next = changed.Task;
            }

            if (condition(this))
            {
                return;
            }

            try
            {
                await next.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"After {timeout.TotalSeconds:0.#} s the model server had {Count} calls, {InFlight} of them in flight.");
            }
        }
    }

    public Task WaitForCallsAsync(int count, TimeSpan timeout) => WaitAsync(log => log.Count >= count, timeout);

    /// <summary>Fails unless so many calls were in flight at once, and never more.</summary>
    public void AssertHighWater(int expected)
    {
        if (HighWater != expected)
        {
            throw new InvalidOperationException($"The most calls in flight at once were {HighWater}, not {expected}.");
        }
    }

    /// <summary>Fails if a real endpoint would have refused a request for its form.</summary>
    public void AssertWellFormed()
    {
        var refused = Calls.FirstOrDefault(call => call.Refusal is not null);
        if (refused is not null)
        {
            throw new InvalidOperationException($"Call {refused.Number} broke the wire format: {refused.Refusal}");
        }
    }

    public void Clear()
    {
        lock (gate)
        {
            calls.Clear();
            HighWater = InFlight;
        }
    }

    internal LogSummary Summarize()
    {
        lock (gate)
        {
            return new LogSummary(
                calls.Count, HighWater, calls.Count(call => call.Refusal is not null), calls.FirstOrDefault()?.ArrivedAt, calls.Max(call => call.EndedAt));
        }
    }

    internal void Enter(ModelCall call)
    {
        lock (gate)
        {
            calls.Add(call);
            call.Number = calls.Count;
            call.ArrivedAt = DateTimeOffset.UtcNow;
            call.InFlight = ++InFlight;
            HighWater = Math.Max(HighWater, InFlight);
            Signal();
        }
    }

    /// <summary>The first end of a call counts.</summary>
    internal void Leave(ModelCall call, CallEnd end)
    {
        lock (gate)
        {
            if (call.End != CallEnd.Open)
            {
                return;
            }

            call.End = end;
            call.EndedAt = DateTimeOffset.UtcNow;
            InFlight--;
            Signal();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Signal()
    {
        changed.TrySetResult();
        changed = NewSignal();
    }
}

/// <summary>The log in short, as <c>GET /log</c> gives it to another process.</summary>
public sealed record LogSummary(int Calls, int HighWater, int Refused, DateTimeOffset? FirstCallAt, DateTimeOffset? LastAnswerAt)
{
    /// <summary>Calls answered with 429 by the server's own limits.</summary>
    public int Limited { get; init; }
}
