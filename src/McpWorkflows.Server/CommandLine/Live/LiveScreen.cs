using System.Runtime.InteropServices;
using System.Text;

namespace McpWorkflows.Server.CommandLine.Live;

/// <summary>
/// The terminal's other screen, on which a run is drawn again and again, each time as a whole: a resize needs no thought,
/// and when the display ends the terminal is as it was, even when the process is killed (<see cref="ScreenGuard"/>). Nothing is
/// drawn for a run that is over at once. Spectre.Console's live display is not used: it draws below the
/// prompt, where a resize leaves torn frames behind, knows nothing of Ctrl+Z and of kills, and takes 100 ms to load.
/// </summary>
internal sealed class LiveScreen : IAsyncDisposable
{
    // The other screen, without cursor and without wrapping; and back.
    private const string Enter = "\u001b[?1049h\u001b[?25l\u001b[?7l";
    private const string Leave = "\u001b[?7h\u001b[?25h\u001b[?1049l";

    // Terminals that know how show all of what stands between at once.
    private const string Begin = "\u001b[?2026h\u001b[H";
    private const string End = "\u001b[?2026l";

    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly Func<CancellationToken, Task<RunPicture>> read;
    private readonly TextWriter terminal;
    private readonly StringWriter others = new();
    private readonly TerminalStyle style;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource stop = new();
    private readonly SemaphoreSlim changed = new(0);
    private readonly Lock gate = new();
    private readonly List<PosixSignalRegistration> signals = [];
    private readonly Pace pace = new();
    private readonly Task loop;
    private ScreenGuard? guard;
    private bool shown;
    private bool isWatching;

    /// <param name="terminal">stderr, which the display has for itself until it ends.</param>
    public LiveScreen(Func<CancellationToken, Task<RunPicture>> read, TextWriter terminal, TerminalStyle style, TimeProvider time)
    {
        this.read = read;
        this.terminal = terminal;
        this.style = style;
        this.time = time;
        loop = Task.Run(RunAsync);
    }

    /// <summary>Completes when the run is over, or cannot be read any more: then with the reason.</summary>
    public Task Over => loop;

    /// <summary>There is a terminal that can do it.</summary>
    public static bool IsPossible =>
        !Console.IsErrorRedirected && !OperatingSystem.IsWindows() && Environment.GetEnvironmentVariable("TERM") is { Length: > 0 } and not "dumb";

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await loop.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            await Task.Delay(Delay, time, stop.Token);
            Watch();
            while (true)
            {
                var picture = await read(stop.Token);
                Draw(picture);
                if (picture.IsOver)
                    return;
                await changed.WaitAsync(Interval, stop.Token);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The run is over, or nobody wants to see it any more.
        }
        finally
        {
            signals.ForEach(signal => signal.Dispose());
            Hide();
            Return();
        }
    }

    private void Watch()
    {
        if (!OperatingSystem.IsWindows())
        {
            signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => changed.Release()));
            // A stopped process must not leave its screen to the shell.
            signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTSTP, Stop));
            signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => changed.Release()));
        }

        isWatching = true;
        // What anybody else says would land in the middle of the picture: it is said afterwards.
        Console.SetError(TextWriter.Synchronized(others));
    }

    private void Draw(RunPicture picture)
    {
        var (width, height) = TerminalSize.Read();
        var now = time.GetUtcNow();
        var left = pace.Left(now, picture.Done - picture.FromJournal, picture.Left);
        var frame = new StringBuilder();
        var lines = RunFrame.Draw(picture, width, height, style, left, now);
        // Cleared before it is written: after a full line the cursor still stands on its last letter.
        foreach (var line in lines)
            frame.Append(frame.Length == 0 ? "" : "\r\n").Append("\u001b[K").Append(line);
        if (lines.Count < height)
            frame.Append("\r\n\u001b[J");
        lock (gate)
        {
            if (!shown)
                guard = ScreenGuard.TryStart(Leave);
            terminal.Write((shown ? "" : Enter) + Begin + frame + End);
            terminal.Flush();
            shown = true;
        }
    }

    private void Hide()
    {
        lock (gate)
        {
            if (!shown)
                return;
            shown = false;
            terminal.Write(Leave);
            terminal.Flush();
            guard?.Dispose();
            guard = null;
        }
    }

    private void Stop(PosixSignalContext context)
    {
        // The runtime would not stop a process that listens to the signal.
        context.Cancel = true;
        lock (gate)
        {
            Hide();
            JobControl.Stop();
        }
    }

    private void Return()
    {
        if (!isWatching)
            return;
        Console.SetError(terminal);
        lock (gate)
            terminal.Write(others.ToString());
    }
}
