using System.Diagnostics;
using McpWorkflows.Engine.ScriptProcesses.Messages;

namespace McpWorkflows.Engine.ScriptProcesses;

/// <summary>One script process as the operating system has it: its pipes, its memory, its end.</summary>
internal sealed class ChildProcess : IDisposable
{
    private static readonly TimeSpan LastBreath = TimeSpan.FromSeconds(1);

    private readonly Process _process;
    private readonly FrameQueue _input;
    private readonly ProcessWords _words;

    /// <summary>Starts the process. Throws <see cref="ScriptProcessException"/>.</summary>
    public ChildProcess(ScriptProcessOptions options)
    {
        _process = ScriptProcessStart.Start(options);
        Id = _process.Id;
        _input = new FrameQueue(_process.StandardInput.BaseStream);
        _words = new ProcessWords(_process.StandardError, onLastWords: Kill);
    }

    public int Id { get; }

    /// <summary>0 once it has ended.</summary>
    public long ResidentBytes
    {
        get
        {
            try
            {
                _process.Refresh();
                return _process.WorkingSet64;
            }
            catch (InvalidOperationException)
            {
                return 0;
            }
        }
    }

    public void Send(ReadOnlyMemory<byte> frame) => _input.Add(frame);

    /// <summary>Closes its input, which asks it to end.</summary>
    public void CloseInput() => _input.Close();

    /// <summary>Reads until the process closes its output or lies; returns the lie.</summary>
    /// <param name="take">Throws <see cref="FrameFaultException"/> for a frame that no honest process sends.</param>
    public string? ReadAll(Action<Frame> take)
    {
        var from = _process.StandardOutput.BaseStream;
        try
        {
            while (Frame.Read(from, Frame.MaxOutputBytes) is { } frame)
            {
                take(frame);
            }
        }
        catch (FrameFaultException lie)
        {
            return $": {lie.Message.TrimEnd('.')}";
        }
        catch (IOException)
        {
            // The pipe broke with the process; its exit code says more.
        }

        return null;
    }

    /// <summary>Ends it at once.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended already, which is what was wanted.
        }
    }

    /// <summary>Waits for the end of a process that has closed its output, and says what it died of.</summary>
    /// <param name="lie">What <see cref="ReadAll"/> returned.</param>
    public (DeathCause Cause, string Detail) End(string? lie)
    {
        // A process that closes its output is about to end; its own exit code says why.
        if (lie is not null || !_process.WaitForExit(LastBreath))
        {
            Kill();
            _process.WaitForExit();
        }

        return _words.Explain(_process.ExitCode, lie);
    }

    public void Dispose() => _process.Dispose();
}
