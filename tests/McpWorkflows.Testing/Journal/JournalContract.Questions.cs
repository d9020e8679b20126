using McpWorkflows.Engine.Journal;
using Xunit;

namespace McpWorkflows.Testing.Journal;

public abstract partial class JournalContract
{
    private static readonly ItemKey QuestionKey = new(ItemKind.Question, Hash("q"), 1);

    private static readonly QuestionRecord Question = new()
    {
        Number = 1,
        Key = QuestionKey,
        Text = "Ship it? \ud800",
        SchemaJson = """{"z":1,"a":2}""",
        DefaultJson = "false",
        Deadline = Noon.AddHours(1),
        AskedAt = Noon,
    };

    [Fact]
    public async Task ReadQuestions_Opened_ComeByNumberWithAllFields()
    {
        await using var journal = await OpenWithRunAsync("wf_1");
        var second = new QuestionRecord { Number = 2, Key = QuestionKey with { Ordinal = 2 }, Text = "Why?", AskedAt = Noon };

        await AppendAsync(journal, new QuestionOpened(second), new QuestionOpened(Question));

        Assert.Equal([Question, second], await journal.ReadQuestionsAsync("wf_1", Cancellation));
        await Assert.ThrowsAnyAsync<JournalException>(() => journal.ReadQuestionsAsync("wf_none", Cancellation));
    }

    [Fact]
    public async Task AnswerQuestion_FromElsewhere_ReachesTheOwnerUntilItIsSettled()
    {
        await using var owner = await OpenWithQuestionAsync();
        await using var other = await OpenAsync();
        Assert.Empty((await owner.ReadRequestsAsync(Cancellation)).Answered);

        Assert.True(await other.AnswerQuestionAsync("wf_1", 1, """{"b":1,"a":"\ud800"}""", Cancellation));

        Assert.Equal(["wf_1"], (await owner.ReadRequestsAsync(Cancellation)).Answered);
        Assert.Empty((await other.ReadRequestsAsync(Cancellation)).Answered);
        var answered = (await owner.ReadQuestionsAsync("wf_1", Cancellation)).Single();
        Assert.Equal("""{"b":1,"a":"\ud800"}""", answered.AnswerJson);
        Assert.NotNull(answered.AnsweredAt);

        await AppendAsync(owner, new ItemSettled(Item(1, QuestionKey) with { AnswerJson = answered.AnswerJson }));
        Assert.Empty((await owner.ReadRequestsAsync(Cancellation)).Answered);
    }

    [Fact]
    public async Task AnswerQuestion_Twice_TheFirstWins()
    {
        await using var journal = await OpenWithQuestionAsync();

        Assert.True(await journal.AnswerQuestionAsync("wf_1", 1, "1", Cancellation));
        Assert.False(await journal.AnswerQuestionAsync("wf_1", 1, "2", Cancellation));

        Assert.Equal("1", (await journal.ReadQuestionsAsync("wf_1", Cancellation)).Single().AnswerJson);
    }

    [Fact]
    public async Task AnswerQuestion_WithNoAnswer_ClosesIt()
    {
        await using var journal = await OpenWithQuestionAsync();

        Assert.True(await journal.AnswerQuestionAsync("wf_1", 1, null, Cancellation));

        Assert.False(await journal.AnswerQuestionAsync("wf_1", 1, "2", Cancellation));
        Assert.Null((await journal.ReadQuestionsAsync("wf_1", Cancellation)).Single().AnswerJson);
    }

    [Fact]
    public async Task AnswerQuestion_UnknownOrEnded_IsFalse()
    {
        await using var journal = await OpenWithQuestionAsync();

        Assert.False(await journal.AnswerQuestionAsync("wf_none", 1, "1", Cancellation));
        Assert.False(await journal.AnswerQuestionAsync("wf_1", 2, "1", Cancellation));
        await AppendAsync(journal, Ended(RunState.Cancelled));
        Assert.False(await journal.AnswerQuestionAsync("wf_1", 1, "1", Cancellation));
    }

    [Theory]
    [InlineData("false")]
    [InlineData(null)]
    public async Task ItemSettled_OpenQuestion_ClosesItWithThatAnswer(string? answer)
    {
        await using var journal = await OpenWithQuestionAsync();
        var item = Item(1, QuestionKey) with { AnswerJson = answer };

        await AppendAsync(journal, new ItemSettled(item));

        Assert.Equal([item], await journal.ReadSettledAsync("wf_1", Cancellation));
        Assert.Equal(
            Question with { AnswerJson = answer, AnsweredAt = item.Time },
            (await journal.ReadQuestionsAsync("wf_1", Cancellation)).Single());
        Assert.False(await journal.AnswerQuestionAsync("wf_1", 1, "2", Cancellation));
        Assert.Empty((await journal.ReadRequestsAsync(Cancellation)).Answered);
    }

    [Fact]
    public async Task ItemSettled_QuestionAnsweredBefore_KeepsTheAnswerThatWon()
    {
        await using var journal = await OpenWithQuestionAsync();
        await journal.AnswerQuestionAsync("wf_1", 1, "1", Cancellation);

        await AppendAsync(journal, new ItemSettled(Item(1, QuestionKey) with { AnswerJson = "2" }));

        Assert.Equal("1", (await journal.ReadQuestionsAsync("wf_1", Cancellation)).Single().AnswerJson);
    }

    [Fact]
    public async Task QuestionOpened_AgainUnderAnotherNumber_KeepsTheAnswer()
    {
        await using var journal = await OpenWithQuestionAsync();
        await journal.AnswerQuestionAsync("wf_1", 1, "1", Cancellation);

        await AppendAsync(journal, new QuestionOpened(Question with { Number = 3, Text = "Now?" }));

        var question = (await journal.ReadQuestionsAsync("wf_1", Cancellation)).Single();
        Assert.Equal((3, "Now?", "1"), (question.Number, question.Text, question.AnswerJson));
    }

    [Fact]
    public async Task QuestionOpened_NumberOfAnother_Throws()
    {
        await using var journal = await OpenWithQuestionAsync();

        await Assert.ThrowsAnyAsync<JournalException>(
            () => AppendAsync(journal, new QuestionOpened(Question with { Key = QuestionKey with { Ordinal = 2 } })));
    }

    [Fact]
    public async Task ItemDropped_Question_IsOpenAgain()
    {
        await using var journal = await OpenWithQuestionAsync();
        await AppendAsync(journal, new ItemSettled(Item(1, QuestionKey) with { AnswerJson = "1" }));

        await AppendAsync(journal, new ItemDropped(QuestionKey));

        Assert.Equal(Question, (await journal.ReadQuestionsAsync("wf_1", Cancellation)).Single());
        Assert.True(await journal.AnswerQuestionAsync("wf_1", 1, "2", Cancellation));
        Assert.Equal(["wf_1"], (await journal.ReadRequestsAsync(Cancellation)).Answered);
    }

    [Fact]
    public async Task RunChanged_Waiting_SaysForWhatAndUntilWhen()
    {
        await using var journal = await OpenWithRunAsync("wf_1");

        await AppendAsync(journal, Waiting with { WaitingFor = WaitingFor.Quota, WaitingUntil = Noon.AddMinutes(3) });
        var run = (await journal.FindRunAsync("wf_1", Cancellation))!;
        Assert.Equal((RunState.Waiting, WaitingFor.Quota, Noon.AddMinutes(3)), (run.State, run.WaitingFor!.Value, run.WaitingUntil!.Value));
        Assert.Equal(run, (await journal.ListRunsAsync(1, Cancellation)).Single());

        await AppendAsync(journal, new RunChanged { State = RunState.Running, Totals = new RunTotals() });
        run = (await journal.FindRunAsync("wf_1", Cancellation))!;
        Assert.Null(run.WaitingFor);
        Assert.Null(run.WaitingUntil);
    }

    [Theory]
    [InlineData(RunState.Waiting)]
    [InlineData(RunState.Paused)]
    [InlineData(RunState.Planned)]
    public async Task RunChanged_Released_CanBeLeasedElsewhereAndKeepsItsState(RunState state)
    {
        await using var owner = await OpenWithRunAsync("wf_1");
        await using var other = await OpenAsync();
        await AppendAsync(owner, Waiting with { State = state });
        Assert.False(await other.TryLeaseAsync("wf_1", Cancellation));

        await AppendAsync(owner, Waiting with { State = state, Release = true });

        Assert.Equal(state, (await other.FindRunAsync("wf_1", Cancellation))!.State);
        await Assert.ThrowsAsync<LeaseLostException>(() => AppendAsync(owner, new QuestionOpened(Question)));
        Assert.True(await other.TryLeaseAsync("wf_1", Cancellation));
        await AppendAsync(other, new QuestionOpened(Question));
    }

    [Fact]
    public async Task FindRun_WaitingWithADeadOwner_StillWaits()
    {
        var owner = await OpenWithRunAsync("wf_1");
        await AppendAsync(owner, Waiting);
        await owner.DisposeAsync();
        await using var other = await OpenAsync();

        Assert.Equal(RunState.Waiting, (await other.FindRunAsync("wf_1", Cancellation))!.State);
        Assert.True(await other.TryLeaseAsync("wf_1", Cancellation));
    }

    [Fact]
    public async Task CreateRun_PlannedAndReleased_BelongsToNobody()
    {
        await using var owner = await OpenAsync();
        await using var other = await OpenAsync();

        await owner.CreateRunAsync(
            NewRun("wf_1") with { State = RunState.Planned },
            [Waiting with { State = RunState.Planned, Release = true }],
            Cancellation);

        Assert.Equal(RunState.Planned, (await other.FindRunAsync("wf_1", Cancellation))!.State);
        Assert.True(await other.TryLeaseAsync("wf_1", Cancellation));
    }

    [Fact]
    public async Task RequestCancel_WaitingWithoutAnOwner_CancelsAtOnce()
    {
        await using var journal = await OpenWithRunAsync("wf_1");
        await AppendAsync(journal, Waiting with { WaitingFor = WaitingFor.Answer, WaitingUntil = Noon, Release = true });

        Assert.True(await journal.RequestCancelAsync("wf_1", Cancellation));

        var run = (await journal.FindRunAsync("wf_1", Cancellation))!;
        Assert.Equal((RunState.Cancelled, null, null), (run.State, run.WaitingFor, run.WaitingUntil));
        Assert.NotNull(run.EndedAt);
    }

    private static RunChanged Waiting { get; } = new() { State = RunState.Waiting, Totals = new RunTotals() };

    private async Task<IJournal> OpenWithQuestionAsync()
    {
        var journal = await OpenWithRunAsync("wf_1");
        await AppendAsync(journal, new QuestionOpened(Question));
        return journal;
    }
}
