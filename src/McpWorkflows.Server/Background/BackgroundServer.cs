using McpWorkflows.Engine.Journal;
using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Surface;
using McpWorkflows.Server.Tools;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Server;

namespace McpWorkflows.Server.Background;

/// <summary>
/// The process that runs outlive their clients in: one for each user and journal. Every connection is an MCP connection of
/// its own, with the workspace and the surface that its greeting asks for, on one journal and one engine.
/// </summary>
internal sealed class BackgroundServer(Workbench workbench, LocalEndpoint endpoint, TimeSpan idle, TimeProvider time, ILoggerFactory loggers)
{
    private const int ListedRuns = 500;

    private static readonly TimeSpan GreetingPatience = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource stop = new();
    private readonly Dictionary<string, string> environment = Greeting.ModelEnvironment();
    private int connections;

    /// <summary>Serves until nobody is connected and no run is at work for the idle time, or the token ends.</summary>
    /// <returns>False when another server has the journal already.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        endpoint.CreateFolder();
        using var held = TryLock();
        if (held is null)
            return false;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stop.Token);
        var watching = EndWhenIdleAsync(ending.Token);
        try
        {
            await endpoint.ListenAsync(stream => ServeAsync(stream, ending.Token), ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // Idle, asked to stop, or a signal.
        }

        await watching;
        return true;
    }

    private FileStream? TryLock()
    {
        try
        {
            return new FileStream(endpoint.LockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private async Task EndWhenIdleAsync(CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(Math.Clamp(idle.TotalMilliseconds / 4, 50, 5_000)), time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                if (Volatile.Read(ref connections) > 0 || workbench.IsBusy)
                    since = time.GetTimestamp();
                else if (time.GetElapsedTime(since) < idle)
                    continue;
                else if (await GoesOnLaterAsync(cancellationToken))
                    since = time.GetTimestamp();
                else
                    await stop.CancelAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The server ends, for whatever reason.
        }
    }

    // A run that waits for a quota or a deadline goes on by itself, if there is a server by then.
    private async Task<bool> GoesOnLaterAsync(CancellationToken cancellationToken)
    {
        try
        {
            var runs = await (await workbench.EngineAsync(cancellationToken)).ListAsync(ListedRuns, cancellationToken);
            return runs.Any(run => run.State == RunState.Waiting && run.WaitingUntil is not null);
        }
        catch (JournalException)
        {
            // Nothing goes on without a journal.
            return false;
        }
    }

    private async Task ServeAsync(Stream stream, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref connections);
        try
        {
            await using (stream)
                await ConverseAsync(stream, cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The client went away, which is how connections end.
        }
        catch (Exception failure)
        {
            // The boundary of one connection: its fault must not end the others'.
            loggers.CreateLogger("background").LogError(failure, "A connection ended unexpectedly.");
        }
        finally
        {
            Interlocked.Decrement(ref connections);
        }
    }

    private async Task ConverseAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(GreetingPatience);
        if (await Greeting.ReadAsync(stream, patience.Token) is not { } greeting)
            return;
        var others = Volatile.Read(ref connections) - 1;
        var replace = greeting.Command == Greeting.Serve && greeting.Version != ProductVersion.Text && others == 0 && !workbench.IsBusy;
        var answer = new GreetingAnswer
        {
            Version = ProductVersion.Text,
            ProcessId = Environment.ProcessId,
            Connections = others,
            Busy = workbench.IsBusy,
            Differs = Greeting.Differences(environment, greeting.Environment),
            Replace = replace,
        };
        await Greeting.WriteAsync(stream, answer, cancellationToken);
        if (replace || greeting.Command == Greeting.Stop)
            await stop.CancelAsync();
        else if (greeting.Command == Greeting.Serve)
            await ServeMcpAsync(stream, greeting, cancellationToken);
    }

    private async Task ServeMcpAsync(Stream stream, Greeting greeting, CancellationToken cancellationToken)
    {
        var bench = workbench.For(greeting.Workspace, greeting.Model);
        var surface = new ServerSurface(
            bench,
            new SurfaceOptions { ReadOnly = greeting.ReadOnly, Tools = greeting.Tools, Tasks = greeting.Tasks },
            loggers.CreateLogger(ServerSurface.Name),
            time);
        await using var transport = new StreamServerTransport(stream, stream, ServerSurface.Name, loggers);
        bench.Warm();
        await StdioServer.ServeAsync(transport, surface, bench, loggers, cancellationToken);
    }
}
