using System.Text.Json;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Server.Reports;
using McpWorkflows.Server.Tools;

namespace McpWorkflows.Server.Tests.Tools;

public class RunAnswersTests
{
    // Models count about four characters of JSON to the token.
    private const int CharactersOf300Tokens = 1_200;

    [Fact]
    public void Summary_RunningWithLongNames_StaysUnder300Tokens()
    {
        var json = Text(RunAnswers.Summary(Status(RunState.Running) with { Failures = Failures(50) }));

        Assert.InRange(json.Length, 1, CharactersOf300Tokens);
    }

    [Fact]
    public void Summary_Running_TellsToWaitAndHasNoCensusYet()
    {
        var answer = RunAnswers.Summary(Status(RunState.Running));

        Assert.Contains("get_status", answer.Next);
        Assert.Null(answer.Census);
        Assert.Equal(16, answer.Progress!.Running);
    }

    [Fact]
    public void Summary_CompletedWithFailures_SaysSoAndCountsTheUnlisted()
    {
        var answer = RunAnswers.Summary(Status(RunState.CompletedWithFailures) with { Failures = Failures(5) });

        Assert.Equal("completed_with_failures", answer.State);
        Assert.Contains("say so to the user", answer.Next);
        Assert.Equal(3, answer.Failures!.Count);
        Assert.Equal(2, answer.MoreFailures);
    }

    [Fact]
    public void Summary_SeveralCauses_ShowsOneOfEachWithItsRemedy()
    {
        var other = new FailureStatus(9, "other", null, $"The rate limit is reached ({new string('x', 400)}). Wait, then resume.", 3, null);

        var answer = RunAnswers.Summary(Status(RunState.CompletedWithFailures) with { Failures = [.. Failures(5), other] });

        Assert.Equal("other", answer.Failures![1].Label);
        Assert.StartsWith("The rate limit", answer.Failures[1].Cause);
        Assert.EndsWith("Wait, then resume.", answer.Failures[1].Cause);
    }

    [Fact]
    public void Summary_LongResult_IsCutAndNextNamesTheOffset()
    {
        var status = Status(RunState.Completed, JsonSerializer.Serialize(new string('x', 20_000)));

        var answer = RunAnswers.Summary(status);

        Assert.Equal(ResultText.PageChars, answer.Result!.Value.GetString()!.Length);
        Assert.Equal(20_000, answer.ResultChars);
        Assert.Contains($"\"result:{ResultText.PageChars}\"", answer.Next);
    }

    [Fact]
    public void Full_HugeRun_IsBoundedAndPointsToTheResult()
    {
        var status = Status(RunState.Completed, JsonSerializer.Serialize(new string('x', 20_000))) with
        {
            Failures = Failures(500),
            Log = [.. Enumerable.Repeat(new string('l', 5_000), 1_000)],
            Phases = [.. Enumerable.Range(0, 200).Select(i => new PhaseStatus(new string('p', 500), 9, 9, 0, 0))],
        };

        var answer = RunAnswers.Full(status, []);

        Assert.InRange(Text(answer).Length, 1, 20_000);
        Assert.Null(answer.Result);
        Assert.Contains("\"result:0\"", answer.Next);
    }

    [Fact]
    public void Summary_Rehearsed_WarnsTheModel()
    {
        var status = Status(RunState.Completed, "1");

        var answer = RunAnswers.Summary(status with { Run = status.Run with { Totals = status.Run.Totals with { Rehearsed = true } } });

        Assert.True(answer.Rehearsed);
        Assert.Contains("made up", answer.Next);
    }

    [Fact]
    public void Serialized_NonAsciiAndMarkup_StayAsTheyAre()
    {
        var json = Text(RunAnswers.Summary(Status(RunState.Completed, "\"<b>naïve – 日本</b>\"")));

        Assert.Contains("<b>naïve – 日本</b>", json);
    }

    [Theory]
    [MemberData(nameof(States))]
    public void Next_EveryState_SaysSomething(RunState state) => Assert.NotEmpty(RunAnswers.Summary(Status(state)).Next);

    public static TheoryData<RunState> States() => [.. Enum.GetValues<RunState>()];

    private static string Text(RunAnswer answer) => JsonSerializer.Serialize(answer, ReportJson.Compact.RunAnswer);

    private static IReadOnlyList<FailureStatus> Failures(int count) =>
        [.. Enumerable.Range(1, count).Select(i => new FailureStatus(i, new string('f', 300), "Verify", new string('c', 900), 3, new string('t', 2_000)))];

    private static RunStatus Status(RunState state, string? result = null) => new()
    {
        Run = new RunRecord
        {
            Id = "wf_abcdefghijkl",
            Name = new string('n', 200),
            Script = "",
            FileName = "a.js",
            Settings = new RunSettings { Workspace = "/w", Seed = 1 },
            State = state,
            ResultJson = result,
            CreatedAt = DateTimeOffset.UnixEpoch,
            Totals = new RunTotals { Agents = 100, Failed = 4, DurationMs = 5_000 },
        },
        Active = [.. Enumerable.Range(0, 16).Select(i => $"agent {i}")],
        Queued = 10,
        Phases = [new PhaseStatus("Find", 90, 80, 4, 10)],
    };
}
