namespace McpWorkflows.Cluster.Broker;

/// <summary>
/// Keeps a connection to the broker: opens it again, with growing pauses, whenever it is lost. Safe for use from any thread.
/// </summary>
/// <param name="open">Sets up consumers on a new session before anybody else gets it.</param>
/// <param name="notify">Told, in a sentence, when the broker goes and comes back.</param>
internal sealed class BrokerLink(Uri address, string name, TimeProvider time, Func<BrokerSession, CancellationToken, Task> open, Action<string> notify) : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PublishPatience = TimeSpan.FromSeconds(15);

    private readonly CancellationTokenSource _lifetime = new();
    private readonly Lock _lock = new();
    private TaskCompletionSource<BrokerSession> _session = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _loop = Task.CompletedTask;

    public string Server => BrokerAddress.Read(address).Servers;

    /// <summary>The session of now; null while there is none.</summary>
    public BrokerSession? Current
    {
        get
        {
            lock (_lock)
            {
                return _session.Task.IsCompletedSuccessfully && !_session.Task.Result.Closed.IsCompleted ? _session.Task.Result : null;
            }
        }
    }

    public void Start() => _loop = Task.Run(RunAsync);

    /// <summary>Waits for a connection, however long that takes.</summary>
    public Task<BrokerSession> SessionAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _session.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Does something that may be repeated until it is done on a connection that lived that long.</summary>
    public async Task DoAsync(Func<BrokerSession, CancellationToken, Task> action, CancellationToken cancellationToken)
    {
        for (var pause = FirstPause; ; pause = Longer(pause))
        {
            var session = await SessionAsync(cancellationToken).ConfigureAwait(false);
            using var patience = new CancellationTokenSource(PublishPatience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
            try
            {
                await action(session, either.Token).ConfigureAwait(false);
                return;
            }
            catch (Exception failure) when (BrokerFaults.Is(failure) && !cancellationToken.IsCancellationRequested && !_lifetime.IsCancellationRequested)
            {
                await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Does something if there is a connection; whether it worked does not matter.</summary>
    public async Task TryAsync(Func<BrokerSession, Task> action)
    {
        if (Current is not { } session)
        {
            return;
        }

        try
        {
            await action(session).ConfigureAwait(false);
        }
        catch (Exception failure) when (BrokerFaults.Is(failure))
        {
            // The session ends by this, or has ended; there will be a next one.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _lifetime.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        lock (_lock)
        {
            _session.TrySetException(new ObjectDisposedException(nameof(BrokerLink)));
            // Nobody may be waiting for it.
            _ = _session.Task.Exception;
        }
    }

    private async Task RunAsync()
    {
        var pause = FirstPause;
        string? said = null;
        while (!_lifetime.IsCancellationRequested)
        {
            try
            {
                var session = await BrokerSession.OpenAsync(address, name, _lifetime.Token).ConfigureAwait(false);
                await using var ending = session.ConfigureAwait(false);
                await open(session, _lifetime.Token).ConfigureAwait(false);
                if (said is not null)
                {
                    notify($"The message broker at {Server} is back.");
                    said = null;
                }

                lock (_lock)
                {
                    _session.SetResult(session);
                }

                pause = FirstPause;
                await session.Closed.WaitAsync(_lifetime.Token).ConfigureAwait(false);
                Renew();
                said = "";
                notify($"The connection to the message broker at {Server} is lost; calls wait until it is back.");
            }
            catch (Exception) when (_lifetime.IsCancellationRequested)
            {
                Renew();
                return;
            }
            // The boundary of the connection: without it nothing goes on, so it is tried again whatever went wrong.
            catch (Exception failure)
            {
                Renew();
                var words = $"The message broker at {Server} cannot be used ({BrokerFaults.Describe(failure)}); tried again until it can.";
                if (said is null || (said.Length > 0 && said != words))
                {
                    notify(words);
                }

                said = said is "" ? "" : words;
                await Task.Delay(pause, time, _lifetime.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = Longer(pause);
            }
        }
    }

    private static TimeSpan Longer(TimeSpan pause) => pause * 2 < LongestPause ? pause * 2 : LongestPause;

    private void Renew()
    {
        lock (_lock)
        {
            if (_session.Task.IsCompleted)
            {
                _session = new TaskCompletionSource<BrokerSession>(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }
}
