using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.ScriptProcesses.Messages;

namespace McpWorkflows.Engine.ScriptProcesses;

/// <summary>A run's place in a script process. Its state belongs to the link, which changes it under its lock.</summary>
internal sealed class RunPlace(ScriptProcessLink link, int number, ScriptLimits limits)
{
    private TaskCompletionSource<TurnAnswer>? _answer;

    public ScriptProcessLink Link => link;

    public int Number => number;

    public ScriptLimits Limits => limits;

    /// <summary>When the last slice began to count.</summary>
    public long Begun { get; set; }

    public bool IsRunning { get; set; }

    /// <summary>How long what is under way may take by the script's own limits.</summary>
    public TimeSpan Allowance { get; private set; }

    /// <summary>Nobody waits for its answers any more.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Why the place is gone, once it is.</summary>
    public ProcessDeath? Lost { get; set; }

    public Task<TurnAnswer> Answer => _answer!.Task;

    public void Begin(long timestamp, int slices)
    {
        Allowance = slices * limits.Slice;
        Begun = timestamp;
        IsRunning = true;
        _answer = new TaskCompletionSource<TurnAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public void Take(Frame frame) => _answer!.TrySetResult(new TurnAnswer(frame));

    public void Fail(ProcessDeath death)
    {
        if (IsRunning && !IsClosed)
        {
            _answer!.TrySetException(new PlaceLostException(death));
        }
    }
}
