using McpWorkflows.Engine.Agents;

namespace McpWorkflows.Engine.Scripting;

/// <summary>What a script tells the engine; plain data, in the order in which the script did it.</summary>
public abstract record ScriptOutput;

/// <summary>
/// <c>agent()</c> was called and took a place. Arguments are checked and the cap and the budget are enforced on
/// the script's side, so a request is always one to be answered; the engine counts again.
/// </summary>
public sealed record AgentRequested : ScriptOutput
{
    /// <summary>From 1, over all kinds of requests of the run.</summary>
    public required int RequestId { get; init; }

    public required string Prompt { get; init; }

    public required AgentOptions Options { get; init; }

    public required string Label { get; init; }

    /// <summary>The call's own phase, else the ambient one; child workflows' phases already carry <c>▸ name</c>.</summary>
    public string? Phase { get; init; }

    /// <summary>How many calls of the whole run this one stands for; 1 unless only a slice is run.</summary>
    public double Weight { get; init; } = 1;
}

/// <summary><c>setTimeout</c> was called.</summary>
public sealed record TimerRequested(int RequestId, double DelayMilliseconds) : ScriptOutput;

/// <summary><c>clearTimeout</c> was called on a timer that has not fired.</summary>
public sealed record TimerCleared(int RequestId) : ScriptOutput;

/// <summary><c>workflow()</c> was called; exactly one of the two is set.</summary>
public sealed record WorkflowRequested(int RequestId, string? Name, string? ScriptPath) : ScriptOutput;

/// <summary><c>checkpoint()</c> was called; arguments are checked on the script's side.</summary>
public sealed record QuestionAsked : ScriptOutput
{
    /// <summary>From 1, over all kinds of requests of the run.</summary>
    public required int RequestId { get; init; }

    public required string Text { get; init; }

    /// <summary>JSON Schema of the answer, as JSON text; null where any answer will do.</summary>
    public string? SchemaJson { get; init; }

    /// <summary>JSON text of what the script is told when the time is up; null for none.</summary>
    public string? DefaultJson { get; init; }

    /// <summary>How long a person has; null for as long as it takes.</summary>
    public double? TimeoutMilliseconds { get; init; }
}

/// <summary><c>phase()</c> was called.</summary>
public sealed record PhaseEntered(string Title) : ScriptOutput;

/// <summary>A line of <c>log()</c>, <c>console.*</c> or the runtime itself.</summary>
/// <param name="Level"><c>log</c>, <c>info</c>, <c>warn</c>, <c>error</c> or <c>debug</c>.</param>
public sealed record Logged(string Level, string Text) : ScriptOutput;

/// <summary>
/// A thunk of <c>parallel</c> or a stage of <c>pipeline</c> threw, and its slot became <c>null</c>; for the census. The
/// line in the log is a <see cref="Logged"/> of its own.
/// </summary>
/// <param name="Where">For example <c>parallel[3]</c> or <c>pipeline[2] stage 1</c>.</param>
/// <param name="Phase">The ambient phase when it threw.</param>
/// <param name="OfAgent">It threw what an agent of it had rejected with, which is a failure of that agent already.</param>
public sealed record BranchFailed(string Where, string Message, string? Phase = null, bool OfAgent = false) : ScriptOutput;

/// <summary>The script returned. Nothing follows.</summary>
/// <param name="ResultJson">JSON text; null for <c>undefined</c>.</param>
public sealed record ScriptReturned(string? ResultJson) : ScriptOutput;

/// <summary>The script threw, or overran a limit. Nothing follows.</summary>
/// <param name="Error">With position where there is one, true to the workflow file.</param>
public sealed record ScriptFailed(ScriptError Error) : ScriptOutput;

/// <summary>An error in or of a script, as data.</summary>
/// <param name="Message">Cause and remedy, without position.</param>
/// <param name="FileName">The file, for child workflows the child's.</param>
/// <param name="Line">From 1; 0 where unknown.</param>
/// <param name="Column">From 1; 0 where unknown.</param>
/// <param name="SourceLine">The offending line, cut to 200 characters.</param>
public sealed record ScriptError(string Message, string FileName = "", int Line = 0, int Column = 0, string? SourceLine = null)
{
    /// <summary><c>file:line:column: message</c>, with the source line and a caret below it where known.</summary>
    public override string ToString()
    {
        var head = Line > 0 ? $"{FileName}:{Line}:{Column}: {Message}" : Message;
        return SourceLine is null ? head : $"{head}\n  {SourceLine}\n  {new string(' ', Math.Clamp(Column - 1, 0, SourceLine.Length))}^";
    }
}
