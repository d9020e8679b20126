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
        var output = new CutText(plan.Head, plan.Tail);
        var error = plan.Merged ? output : new CutText(plan.Head, plan.Tail);
        var streams = Task.WhenAll(
            ReadAsync(process.StandardOutput, output, plan.OnLine), ReadAsync(process.StandardError, error, null), WriteAsync(process, plan.Input));
        using var limit = new CancellationTokenSource(plan.Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
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
        var timedOut = limit.IsCancellationRequested && (!process.HasExited || process.ExitCode != 0);
        return new ProcessResult(process.HasExited ? process.ExitCode : -1, timedOut, output, error);
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
        try
        {
            return Process.Start(start) ?? throw new ProcessStartException($"The program '{plan.FileName}' did not start.");
        }
        catch (Win32Exception failure)
        {
            var name = Path.GetFileName(plan.FileName);
            throw new ProcessStartException(failure.NativeErrorCode == 2
                ? $"The program '{name}' was not found. Install it, or give its full path."
                : $"The program '{name}' cannot be started: {failure.Message}");
        }
    }

    private static async Task ReadAsync(StreamReader reader, CutText text, Action<string>? onLine)
    {
        var buffer = new char[4_096];
        var line = onLine is null ? null : new StringBuilder();
        try
        {
            int read;
            while ((read = await reader.ReadAsync(buffer).ConfigureAwait(false)) > 0)
            {
                text.Append(buffer.AsSpan(0, read));
                for (var index = 0; line is not null && index < read; index++)
                {
                    if (buffer[index] != '\n')
                    {
                        line.Append(buffer[index]);
                        continue;
                    }

                    onLine!(line.ToString().TrimEnd('\r'));
                    line.Clear();
                }
            }

            if (line is { Length: > 0 })
            {
                onLine!(line.ToString());
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The pipe is gone with the program.
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
}
