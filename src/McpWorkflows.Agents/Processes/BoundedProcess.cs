using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace McpWorkflows.Agents.Processes;

/// <summary>Runs a program within a time limit; at its end, at the limit and on cancelling nothing of it stays alive.</summary>
internal static class BoundedProcess
{
    /// <summary>Time for pipes to run dry that something left behind may hold open.</summary>
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(2);

    /// <exception cref="ProcessStartException">It could not be started.</exception>
    /// <exception cref="OperationCanceledException">As asked; the program has been ended.</exception>
    public static async Task<ProcessResult> RunAsync(ProcessPlan plan, TimeProvider time, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var mark = Guid.NewGuid().ToString("N");
        using var process = Start(plan, mark);
        using var silence = new SilenceWatch(plan, time);
        var output = new CutText(plan.Head, plan.Tail);
        var error = plan.Merged ? output : new CutText(plan.Head, plan.Tail);
        var streams = Task.WhenAll(
            new OutputReader(process.StandardOutput, output, silence.Heard, plan.OnLine).RunAsync(),
            new OutputReader(process.StandardError, error, silence.Heard, null).RunAsync(),
            WriteAsync(process, plan.Input));
        using var limit = new CancellationTokenSource(plan.Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token, silence.Token);
        try
        {
            await process.WaitForExitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            ProcessTree.Kill(process, mark);
            await process.WaitForExitAsync(CancellationToken.None).WaitAsync(Drain, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        var drained = await Task.WhenAny(streams, Task.Delay(Drain, CancellationToken.None)).ConfigureAwait(false) == streams;
        if (!drained || OperatingSystem.IsLinux())
        {
            // What was put into the background ends with the command that did so.
            ProcessTree.KillMarked(mark);
            await streams.WaitAsync(Drain, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        cancellationToken.ThrowIfCancellationRequested();
        var ended = !process.HasExited || process.ExitCode != 0;
        return new ProcessResult(
            process.HasExited ? process.ExitCode : -1,
            ended && limit.IsCancellationRequested,
            ended && silence.Token.IsCancellationRequested ? silence.Bound : null,
            output,
            error);
    }

    private static Process Start(ProcessPlan plan, string mark)
    {
        var start = new ProcessStartInfo(plan.FileName)
        {
            WorkingDirectory = plan.Folder,
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var argument in plan.Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        foreach (var (name, value) in plan.Environment)
        {
            start.Environment[name] = value;
        }

        start.Environment[ProcessTree.Marker] = mark;
        if (ProcessOwner.Own is { } owner)
        {
            start.Environment[ProcessOwner.Variable] = owner.ToString();
        }

        try
        {
            return Process.Start(start) ?? throw new ProcessStartException($"The program '{plan.FileName}' did not start.");
        }
        catch (Win32Exception failure)
        {
            var name = Path.GetFileName(plan.FileName);
            throw new ProcessStartException(failure.NativeErrorCode == 2 && Directory.Exists(plan.Folder)
                ? $"The program '{name}' was not found. Install it, or give its full path."
                : $"The program '{name}' cannot be started: {failure.Message}");
        }
    }

    private static async Task WriteAsync(Process process, string? input)
    {
        try
        {
            if (input is not null)
            {
                await process.StandardInput.WriteAsync(input).ConfigureAwait(false);
            }

            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // A program need not read what it is told.
        }
    }

    /// <summary>Ends a program that says nothing.</summary>
    private sealed class SilenceWatch : IDisposable
    {
        private readonly Lock _lock = new();
        private readonly CancellationTokenSource _end;
        private readonly TimeSpan? _afterOutput;
        private bool _disposed;

        public SilenceWatch(ProcessPlan plan, TimeProvider time)
        {
            _afterOutput = plan.Silence ?? plan.SilenceAfterOutput;
            Bound = plan.Silence;
            _end = new CancellationTokenSource(plan.Silence ?? Timeout.InfiniteTimeSpan, time);
        }

        public CancellationToken Token => _end.Token;

        /// <summary>The bound that holds now.</summary>
        public TimeSpan? Bound { get; private set; }

        public void Heard()
        {
            lock (_lock)
            {
                Bound = _afterOutput;
                if (!_disposed && _afterOutput is { } bound)
                {
                    _end.CancelAfter(bound);
                }
            }
        }

        public void Dispose()
        {
            lock (_lock)
            {
                _disposed = true;
            }

            _end.Dispose();
        }
    }
}
