using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Scripting;

namespace McpWorkflows.Engine.Runs;

/// <summary>Something the script asked for and has not been told yet.</summary>
internal sealed class PendingItem(int requestId, ItemKey key, ScriptOutput request)
{
    public int RequestId { get; } = requestId;

    public ItemKey Key { get; } = key;

    /// <summary>An agent call, a timer, a child workflow or a question, as the script asked.</summary>
    public ScriptOutput Request { get; } = request;

    /// <summary>The call, for agents; changes as it goes on.</summary>
    public CallRecord? Call { get; set; }

    /// <summary>What the journal will answer; null for live items.</summary>
    public SettledItem? Journaled { get; set; }

    /// <summary>Ends a live call before its time.</summary>
    public CancellationTokenSource? Cancellation { get; set; }

    /// <summary>Ends the attempt under way, and nothing else, so that another begins; null before the first.</summary>
    public Action? EndAttempt { get; set; }

    /// <summary>A person skipped the call.</summary>
    public bool Skipped { get; set; }

    /// <summary>The call waits for a spent quota until then.</summary>
    public DateTimeOffset? PostponedUntil { get; set; }

    /// <summary>Delivered, or cleared by the script: nothing is to be told any more.</summary>
    public bool Over { get; set; }

    /// <summary>Settled live, though perhaps not yet committed or delivered.</summary>
    public bool Settled { get; set; }
}
