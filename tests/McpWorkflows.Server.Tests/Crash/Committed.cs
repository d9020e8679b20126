using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Journal;

namespace McpWorkflows.Server.Tests.Crash;

/// <summary>What a journal holds of the only run in it, read between two processes.</summary>
internal sealed record Committed
{
    public RunRecord? Run { get; private init; }

    /// <summary>Answers on disk by identity.</summary>
    public IReadOnlyDictionary<ItemKey, string> Answers { get; private init; } = new Dictionary<ItemKey, string>();

    /// <summary>How many answers to that prompt are on disk.</summary>
    public IReadOnlyDictionary<string, int> ByPrompt { get; private init; } = new Dictionary<string, int>();

    public static async Task<Committed> ReadAsync(string journalPath, CancellationToken cancellationToken)
    {
        if (!File.Exists(journalPath))
            return new Committed();

        await using var journal = await SqliteJournal.OpenAsync(new JournalOptions { Path = journalPath }, cancellationToken);
        var runs = await journal.ListRunsAsync(2, cancellationToken);
        if (runs.Count == 0)
            return new Committed();

        var run = Assert.Single(runs);
        var settled = (await journal.ReadSettledAsync(run.Id, cancellationToken)).Where(item => item.Key.Kind == ItemKind.Agent).ToList();
        var prompts = (await journal.ReadCallsAsync(run.Id, cancellationToken)).ToDictionary(call => call.Key, call => call.Prompt);
        Assert.All(settled, item => Assert.Equal(AgentOutcomeKind.Succeeded, item.Outcome!.Kind));
        return new Committed
        {
            Run = run,
            Answers = settled.ToDictionary(item => item.Key, item => item.Outcome!.AnswerJson!),
            ByPrompt = settled.GroupBy(item => prompts[item.Key]).ToDictionary(group => group.Key, group => group.Count()),
        };
    }
}
