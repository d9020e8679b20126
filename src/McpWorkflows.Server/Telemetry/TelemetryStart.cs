namespace McpWorkflows.Server.Telemetry;

/// <summary>
/// Starts the export once, before anything that is to be measured and no sooner: loading its library takes a tenth of a second of
/// both processors, which a client would wait for that only wants to know what there is.
/// </summary>
internal sealed class TelemetryStart(TelemetrySettings settings) : IAsyncDisposable
{
    /// <summary>So long what nobody has asked for leaves the processors to the first answers.</summary>
    /// <value>1 s</value>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly Lazy<Task<IAsyncDisposable?>> export = new(() => settings.IsOn ? Task.Run(() => TelemetryExport.Start(settings)) : Task.FromResult<IAsyncDisposable?>(null));

    /// <summary>Completes when what happens from now on is exported, where that is wanted.</summary>
    public Task NowAsync() => export.Value;

    /// <summary>The same after the grace.</summary>
    public async Task SoonAsync(CancellationToken cancellationToken)
    {
        if (!settings.IsOn)
            return;

        await Task.Delay(Grace, cancellationToken);
        await NowAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (export.IsValueCreated && await export.Value is { } started)
            await started.DisposeAsync();
    }
}
