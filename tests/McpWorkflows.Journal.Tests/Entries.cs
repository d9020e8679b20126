using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;

namespace McpWorkflows.Journal.Tests;

/// <summary>Records and entries as tests need them.</summary>
internal static class Entries
{
    public static readonly DateTimeOffset Noon = new(2030, 1, 2, 12, 0, 0, TimeSpan.Zero);

    public static RunRecord Run(string id) => new()
    {
        Id = id,
        Name = "name",
        Script = "return 1",
        FileName = "a.js",
        Settings = new RunSettings { Workspace = "/w", Seed = 1 },
        State = RunState.Running,
        CreatedAt = Noon,
    };

    public static ItemKey Key(int number) => new(ItemKind.Agent, $"{number:x64}", 1);

    public static SettledItem Item(int number, string answerJson = "1") => new()
    {
        Key = Key(number),
        Sequence = number,
        Time = Noon,
        CallNumber = number,
        Outcome = new AgentOutcome { Kind = AgentOutcomeKind.Succeeded, AnswerJson = answerJson },
    };

    public static CallRecord Call(int number) => new()
    {
        Number = number,
        Key = Key(number),
        Label = "label",
        Prompt = "prompt",
        Options = AgentOptions.None,
        State = CallState.Succeeded,
    };

    public static RunEvent Event(int sequence) => new(sequence, Noon, "log", """{"text":"line"}""");

    public static Task SettleAsync(this IJournal journal, string runId, int number, string answerJson = "1") =>
        journal.AppendAsync(runId, [new CallOpened(Call(number)), new ItemSettled(Item(number, answerJson))], CancellationToken.None);
}
