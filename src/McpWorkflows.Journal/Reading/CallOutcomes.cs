using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal.Texts;
using McpWorkflows.Journal.Writing;

namespace McpWorkflows.Journal.Reading;

/// <summary>Finds the outcome of each call of a run among everything that was ever settled in it.</summary>
internal sealed class CallOutcomes
{
    private readonly Dictionary<(ItemKey Key, int CallNumber), OutcomeRow> own = [];
    private readonly Dictionary<ItemKey, OutcomeRow> current = [];

    /// <param name="outcomes">In the order in which they were written.</param>
    public CallOutcomes(IEnumerable<OutcomeRow> outcomes)
    {
        foreach (var row in outcomes)
        {
            own[(row.ItemKey(), row.CallNumber)] = row;
            if (!row.Dropped)
            {
                current[row.ItemKey()] = row;
            }
        }
    }

    /// <summary>
    /// The outcome that ended this call, even if it was dropped or replaced since; else the one of the same identity
    /// that it was answered with. Null while it is queued or running.
    /// </summary>
    public AgentOutcome? Of(CallRow call)
    {
        if (call.OutcomeJson is { } stored)
        {
            return JournalJson.ReadOutcome(stored);
        }

        var key = new ItemKey(ItemKind.Agent, call.Hash, call.Ordinal);
        return !CallStates.IsEnd(Names.To<CallState>(call.State)) ? null
            : (own.GetValueOrDefault((key, call.Number)) ?? current.GetValueOrDefault(key))?.Outcome();
    }
}
