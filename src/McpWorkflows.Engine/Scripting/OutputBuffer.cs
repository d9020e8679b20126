namespace McpWorkflows.Engine.Scripting;

/// <summary>Collects what one turn tells the engine.</summary>
internal sealed class OutputBuffer
{
    private const int MaxLines = 1_000;

    /// <summary>Lines are for people; what is longer belongs into an agent's prompt or the result.</summary>
    private const int MaxLineLength = 8_000;

    /// <summary>Far beyond what honest scripts ask for at once: every one of them is written to the journal or watched.</summary>
    private const int MaxOutputs = 50_000;

    private List<ScriptOutput> _outputs = [];
    private int _lines;

    /// <summary>The script's end, once its body settled; it is told after everything else of the turn.</summary>
    public ScriptEnd? End { get; set; }

    public void Add(ScriptOutput output)
    {
        // Only the last 1,000 lines of a run are kept, so a loop that logs need not fill the memory.
        if (output is Logged && ++_lines > 2 * MaxLines)
        {
            DropOldLines();
        }

        _outputs.Add(output is Logged { Text.Length: > MaxLineLength } line
            ? line with { Text = $"{line.Text.AsSpan(0, MaxLineLength)} … ({line.Text.Length:N0} characters, the rest is cut off)" }
            : output);
        if (_outputs.Count - _lines > MaxOutputs)
        {
            throw new SliceOverrunException(
                $"The script asked for more than {MaxOutputs:N0} things (timers, phases, workflows, failed branches) without waiting for any. "
                + "Look for a loop that does not end.");
        }
    }

    /// <summary>Everything since the last call.</summary>
    public List<ScriptOutput> Take()
    {
        var outputs = _outputs;
        _outputs = [];
        _lines = 0;
        return outputs;
    }

    private void DropOldLines()
    {
        var surplus = _lines - MaxLines;
        _outputs.RemoveAll(output => output is Logged && surplus-- > 0);
        _lines = MaxLines;
    }
}

/// <summary>How the body settled.</summary>
/// <param name="Text">The result's JSON, or the error as <c>Name: message</c>.</param>
/// <param name="Stack">The error's stack.</param>
internal sealed record ScriptEnd(bool Returned, string? Text, string? Stack);
