using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Resources;

namespace McpWorkflows.Server.Surface;

/// <summary>
/// Notices new, edited and removed workflow files, and new runs. Works only while somebody listens. The system's file
/// notifications make it quick; a look every few seconds makes it sure, since folders that do not exist yet, network
/// drives and full queues give none.
/// </summary>
internal sealed class WorkflowWatch(Workbench workbench, WorkflowResources resources, TimeProvider time) : IChangeSource
{
    private const int MaxFiles = 5_000;

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(200);

    private readonly Lock gate = new();
    private readonly List<Action<ChangedLists>> listeners = [];
    private CancellationTokenSource? watching;

    public IDisposable Watch(Action<ChangedLists> changed)
    {
        lock (gate)
        {
            listeners.Add(changed);
            if (watching is null)
            {
                watching = CancellationTokenSource.CreateLinkedTokenSource(workbench.Lifetime);
                _ = RunAsync(watching.Token);
            }
        }

        return new Listener(this, changed);
    }

    public Task<string?> FingerprintAsync(string uri, CancellationToken cancellationToken) => resources.FingerprintAsync(uri, cancellationToken);

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        using var hint = new SemaphoreSlim(0, 1);
        var watchers = new Dictionary<string, FileSystemWatcher>();
        try
        {
            var (files, run) = (Files(), await NewestRunAsync(cancellationToken));
            while (true)
            {
                Attach(watchers, hint);
                if (await WaitAsync(hint, cancellationToken))
                    await Task.Delay(Settle, time, cancellationToken);
                var (nowFiles, nowRun) = (Files(), await NewestRunAsync(cancellationToken));
                if (nowFiles != files || nowRun != run)
                    Tell(nowFiles != files ? ChangedLists.Prompts | ChangedLists.Resources : ChangedLists.Resources);
                (files, run) = (nowFiles, nowRun);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Nobody listens any more.
        }
        finally
        {
            foreach (var watcher in watchers.Values)
                watcher.Dispose();
        }
    }

    private async Task<bool> WaitAsync(SemaphoreSlim hint, CancellationToken cancellationToken)
    {
        using var pace = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var hinted = hint.WaitAsync(pace.Token);
        await Task.WhenAny(hinted, Task.Delay(Pace, time, pace.Token));
        await pace.CancelAsync();
        await hinted.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        cancellationToken.ThrowIfCancellationRequested();
        return hinted.IsCompletedSuccessfully;
    }

    private void Attach(Dictionary<string, FileSystemWatcher> watchers, SemaphoreSlim hint)
    {
        foreach (var folder in workbench.Catalog.Folders(workbench.Workspace).Where(folder => !watchers.ContainsKey(folder) && Directory.Exists(folder)))
        {
            try
            {
                var watcher = new FileSystemWatcher(folder) { NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.Size };
                watcher.Created += (_, _) => Hint(hint);
                watcher.Changed += (_, _) => Hint(hint);
                watcher.Deleted += (_, _) => Hint(hint);
                watcher.Renamed += (_, _) => Hint(hint);
                watcher.EnableRaisingEvents = true;
                watchers[folder] = watcher;
            }
            catch (Exception failure) when (failure is IOException or ArgumentException or UnauthorizedAccessException)
            {
                // The system has no watches left, or the folder went away: looking every few seconds does it too.
            }
        }
    }

    private static void Hint(SemaphoreSlim hint)
    {
        try
        {
            if (hint.CurrentCount == 0)
                hint.Release();
        }
        catch (Exception failure) when (failure is SemaphoreFullException or ObjectDisposedException)
        {
            // Another hint came first, or the watch has ended.
        }
    }

    private string Files()
    {
        var hash = new HashCode();
        foreach (var folder in workbench.Catalog.Folders(workbench.Workspace))
        {
            try
            {
                foreach (var file in new DirectoryInfo(folder).EnumerateFiles().OrderBy(file => file.Name, StringComparer.Ordinal).Take(MaxFiles))
                {
                    hash.Add(file.FullName);
                    hash.Add(file.LastWriteTimeUtc);
                    hash.Add(file.Length);
                }
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // Most of these folders do not exist.
            }
        }

        return hash.ToHashCode().ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    private async Task<string?> NewestRunAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await (await workbench.EngineAsync(cancellationToken)).ListAsync(1, cancellationToken)).FirstOrDefault()?.Id;
        }
        catch (Engine.Journal.JournalException)
        {
            // The next call of a tool says so; here it would be said to nobody.
            return null;
        }
    }

    private void Tell(ChangedLists lists)
    {
        List<Action<ChangedLists>> told;
        lock (gate)
            told = [.. listeners];
        told.ForEach(listener => listener(lists));
    }

    private void Leave(Action<ChangedLists> changed)
    {
        lock (gate)
        {
            listeners.Remove(changed);
            if (listeners.Count > 0 || watching is null)
                return;
            watching.Cancel();
            watching = null;
        }
    }

    private sealed class Listener(WorkflowWatch watch, Action<ChangedLists> changed) : IDisposable
    {
        public void Dispose() => watch.Leave(changed);
    }
}
