namespace McpWorkflows.Cluster.Owners;

/// <summary>The boundary of what runs beside the calls: it goes on after any fault, and says what it was.</summary>
internal sealed class Upkeep(DispatchOptions options)
{
    public async Task RunAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await work(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                options.OnNotice($"Looking after calls on workers failed ({failure.GetType().Name}: {failure.Message}); tried again.");
                await Task.Delay(options.Sweep, options.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
