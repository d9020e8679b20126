using McpWorkflows.Engine.Agents;
using McpWorkflows.Journal.Texts;

namespace McpWorkflows.Journal.Tests.Texts;

public sealed class OutcomeTextTests
{
    [Fact]
    public void Outcome_WithAWorktree_ComesBackAsItWas()
    {
        var outcome = new AgentOutcome
        {
            Kind = AgentOutcomeKind.Succeeded,
            AnswerJson = "\"done\"",
            Worktree = new AgentWorktree { Branch = "mcpworkflows/x-1", Path = "/w/x-1", Base = "abc", Patch = "diff\n\"ü\"\n", FilesChanged = 1, Insertions = 2, Deletions = 3 },
            Notes = ["Commands ran in the sandbox bwrap, without network."],
        };

        var back = JournalJson.ReadOutcome(JournalJson.Write(outcome));

        Assert.Equal(outcome.Worktree, back.Worktree);
        Assert.Equal(outcome.Notes, back.Notes!);
    }

    [Fact]
    public void Outcome_OfAnOlderJournal_HasNone()
    {
        var old = JournalJson.ReadOutcome("""{"kind":"Succeeded","answerJson":"1","usage":{"inputTokens":1,"outputTokens":2,"cachedInputTokens":0},"attempts":1,"rehearsed":false}""");

        Assert.Null(old.Worktree);
        Assert.Null(old.Notes);
    }
}
