using System.Data.Common;
using McpWorkflows.Journal.Writing;
using Npgsql;

namespace McpWorkflows.Journal.Postgres;

/// <summary>
/// Hears of commits of all processes, on one connection that opens when somebody first listens. What is missed while it is away costs
/// those who wait nothing but their patience.
/// </summary>
internal sealed class ChangeFeed(NpgsqlConnectionStringBuilder address, HeldLeases? held, TimeProvider timeProvider) : IAsyncDisposable
{
    /// <summary>The channel that names runs to which something was added.</summary>
    public const string Changes = "mcpworkflows_changes";

    /// <summary>The channel that names runs of whose owners somebody wants something.</summary>
    public const string Wishes = "mcpworkflows_wishes";

    /// <summary>Stands for the runs that this process holds.</summary>
    private const string Mine = "";

    private readonly string connectionString = new NpgsqlConnectionStringBuilder(address.ConnectionString)
    {
        Pooling = false,
        KeepAlive = 10,
        ApplicationName = "mcp-workflows listener",
    }.ConnectionString;

    private readonly CancellationTokenSource lifetime = new();
    private readonly Dictionary<string, Bell> waiting = [];
    private readonly Lock gate = new();
    private Task? listening;

    /// <summary>Completes when the run, or with null one that this process holds, may have changed; or after the time.</summary>
    public async Task WaitAsync(string? runId, TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        var key = runId ?? Mine;
        Bell? bell;
        lock (gate)
        {
            listening ??= lifetime.IsCancellationRequested ? Task.CompletedTask : Task.Run(() => ListenAsync(lifetime.Token), CancellationToken.None);
            if (!waiting.TryGetValue(key, out bell))
            {
                bell = new Bell();
                waiting.Add(key, bell);
            }

            bell.Waiting++;
        }

        try
        {
            await bell.Task.WaitAsync(atMost, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The caller looks for itself.
        }
        finally
        {
            lock (gate)
            {
                if (--bell.Waiting == 0 && waiting.GetValueOrDefault(key) == bell)
                {
                    waiting.Remove(key);
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        // A connection that is just dying throws when it is told.
        await lifetime.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (listening is not null)
        {
            await listening.ConfigureAwait(false);
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        var backoff = new Backoff();
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = new NpgsqlConnection(connectionString);
                connection.Notification += (_, told) => Hear(told.Channel, told.Payload);
                await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
                await using (var listen = new NpgsqlCommand($"LISTEN {Changes}; LISTEN {Wishes}", connection))
                {
                    await listen.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
                }

                WakeAll();
                backoff = new Backoff();
                while (true)
                {
                    await connection.WaitAsync(cancellationToken).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is DbException or IOException or TimeoutException or InvalidOperationException or OperationCanceledException)
            {
                // Whoever waits looks for itself meanwhile.
                await Task.Delay(backoff.Next(), timeProvider, cancellationToken).ContinueWith(static _ => { }, TaskScheduler.Default).ConfigureAwait(false);
            }
        }
    }

    private void Hear(string channel, string runId)
    {
        if (channel == Changes)
        {
            Wake(runId);
        }
        else if (held?.IsHeld(runId) == true)
        {
            Wake(Mine);
        }
    }

    private void Wake(string key)
    {
        Bell? bell;
        lock (gate)
        {
            waiting.Remove(key, out bell);
        }

        bell?.TrySetResult();
    }

    private void WakeAll()
    {
        List<Bell> all;
        lock (gate)
        {
            all = [.. waiting.Values];
            waiting.Clear();
        }

        all.ForEach(static bell => bell.TrySetResult());
    }

    /// <summary>Rings once, for all who wait.</summary>
    private sealed class Bell() : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public int Waiting { get; set; }
    }
}
