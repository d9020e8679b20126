using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using Xunit;

namespace McpWorkflows.Testing.Journal;

/// <summary>Every promise of <see cref="IJournal"/>; each implementation derives a test class from it.</summary>
public abstract partial class JournalContract
{
    private static readonly DateTimeOffset Noon = new(2030, 1, 2, 12, 0, 0, 123, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>
    /// Opens the test's journal for one more owner, as a further process would: the first call makes it, later ones
    /// open the same runs. Disposing what is returned is that owner's death.
    /// </summary>
    protected abstract Task<IJournal> OpenAsync();

    [Fact]
    public async Task CreateRun_AllFields_ReadBackTheSame()
    {
        await using var journal = await OpenAsync();
        var run = NewRun("wf_1") with
        {
            ParentId = "wf_0",
            ArgsJson = """{"b":1,"a":"é\ud800"}""",
            Goal = "goal",
            Totals = new RunTotals { Agents = 3, OutputTokens = long.MaxValue, Rehearsed = true },
            Settings = new RunSettings { Workspace = "/w", Seed = long.MinValue, Model = "m/x", Budget = 7, MaxAgents = 5 },
        };

        await journal.CreateRunAsync(run, Cancellation);

        Assert.Equal(run, await journal.FindRunAsync("wf_1", Cancellation));
    }

    [Fact]
    public async Task FindRun_Unknown_IsNull()
    {
        await using var journal = await OpenAsync();

        Assert.Null(await journal.FindRunAsync("wf_none", Cancellation));
    }

    [Fact]
    public async Task CreateRun_SameIdTwice_Throws()
    {
        await using var journal = await OpenAsync();
        await journal.CreateRunAsync(NewRun("wf_1"), Cancellation);

        await Assert.ThrowsAnyAsync<JournalException>(() => journal.CreateRunAsync(NewRun("wf_1"), Cancellation));
    }

    [Fact]
    public async Task CreateRun_WithFirstEntries_HoldsThemFromTheStart()
    {
        await using var journal = await OpenAsync();

        await journal.CreateRunAsync(NewRun("wf_1"), [new SnapshotTaken("key", "text")], Cancellation);

        Assert.Equal("text", (await journal.ReadSnapshotsAsync("wf_1", Cancellation))["key"]);
        await Assert.ThrowsAnyAsync<JournalException>(
            () => journal.CreateRunAsync(NewRun("wf_1"), [new SnapshotTaken("more", "text")], Cancellation));
        Assert.Single(await journal.ReadSnapshotsAsync("wf_1", Cancellation));
    }

    [Fact]
    public async Task ListRuns_MoreThanTheLimit_GivesTheNewest()
    {
        await using var journal = await OpenAsync();
        for (var i = 0; i < 4; i++)
            await journal.CreateRunAsync(NewRun($"wf_{i}") with { CreatedAt = Noon.AddSeconds(i == 0 ? 9 : i) }, Cancellation);

        var runs = await journal.ListRunsAsync(3, Cancellation);

        Assert.Equal(["wf_0", "wf_3", "wf_2"], runs.Select(run => run.Id));
    }

    [Fact]
    public async Task Append_RunChanged_ReplacesStateAndEnd()
    {
        await using var journal = await OpenWithRunAsync("wf_1");
        var totals = new RunTotals { Agents = 2, Failed = 1, DurationMs = 5 };

        await AppendAsync(journal, new RunChanged
        {
            State = RunState.CompletedWithFailures,
            Totals = totals,
            ResultJson = """{"z":1,"a":2}""",
            Error = "why",
            EndedAt = Noon.AddHours(1),
        });

        var run = await journal.FindRunAsync("wf_1", Cancellation);
        Assert.Equal((RunState.CompletedWithFailures, totals, """{"z":1,"a":2}""", "why", Noon.AddHours(1)),
            (run!.State, run.Totals, run.ResultJson, run.Error, run.EndedAt!.Value));
    }

    [Fact]
    public async Task Append_RunEdited_ReplacesScriptAndSettings()
    {
        await using var journal = await OpenWithRunAsync("wf_1");
        var settings = new RunSettings { Workspace = "/other", Seed = 4, Model = "b/c" };

        await AppendAsync(journal, new RunEdited("new", "return 2", "b.js", "[1]", settings));

        var run = await journal.FindRunAsync("wf_1", Cancellation);
        Assert.Equal(("new", "return 2", "b.js", "[1]", settings), (run!.Name, run.Script, run.FileName, run.ArgsJson, run.Settings));
    }

    [Fact]
    public async Task ReadSettled_SettledInAnyOrder_GoesByPlace()
    {
        await using var journal = await OpenWithRunAsync("wf_1");
        var first = Item(1, Agent("a"), Answer("""{"z":1,"a":"é\ud800"}"""));
        var second = Item(2, new ItemKey(ItemKind.Timer, Hash("t"), 1));
        var third = Item(3, new ItemKey(ItemKind.Workflow, Hash("w"), 2)) with { Error = "not found" };

        await AppendAsync(journal, new ItemSettled(third), new ItemSettled(first));
        await AppendAsync(journal, new ItemSettled(second));

        Assert.Equal([first, second, third], await journal.ReadSettledAsync("wf_1", Cancellation));
    }

    [Fact]
    public async Task ReadSettled_FailedOutcome_KeepsCauseTextAndUsage()
    {
        await using var journal = await OpenWithRunAsync("wf_1");
        var item = Item(1, Agent("a"), new AgentOutcome
        {
            Kind = AgentOutcomeKind.SchemaUnsatisfied,
            Failure = new AgentFailure("no match", "raw"),
            Usage = new AgentUsage(1, 2, 3),
            Attempts = 6,
            Model = "m/x",
            Rehearsed = true,
        }) with
        { CallNumber = 9 };

        await AppendAsync(journal, new ItemSettled(item));

        Assert.Equal([item], await journal.ReadSettledAsync("wf_1", Cancellation));
    }

    [Fact]
    public async Task ReadSettled_SameIdentitySettledAgain_KeepsTheLaterOne()
    {
        await using var journal = await OpenWithRunAsync("wf_1");
        var later = Item(2, Agent("a"), Answer("2"));

        await AppendAsync(journal, new ItemSettled(Item(1, Agent("a"), Answer("1"))), new ItemSettled(Item(3, Agent("a", 2), Answer("3"))));
        await AppendAsync(journal, new ItemSettled(later));

        Assert.Equal(later, (await journal.ReadSettledAsync("wf_1", Cancellation))[0]);
        Assert.Equal(2, (await journal.ReadSettledAsync("wf_1", Cancellation)).Count);
    }

    [Fact]
    public async Task ReadSettled_Dropped_IsGoneUntilSettledAgain()
    {
        await using var journal = await OpenWithRunAsync("wf_1");
        var again = Item(2, Agent("a"), Answer("2"));
        await AppendAsync(journal, new ItemSettled(Item(1, Agent("a"), Answer("1"))));

        await AppendAsync(journal, new ItemDropped(Agent("a")), new ItemDropped(Agent("never settled")));
        Assert.Empty(await journal.ReadSettledAsync("wf_1", Cancellation));

        await AppendAsync(journal, new ItemSettled(again));
        Assert.Equal([again], await journal.ReadSettledAsync("wf_1", Cancellation));
    }

    [Fact]
    public async Task ReadCalls_OpenedTwice_GivesTheLatestByNumber()
    {
        await using var journal = await OpenWithRunAsync("wf_1");
        var first = Call(1, Agent("a")) with
        {
            Phase = "p",
            Options = new AgentOptions
            {
                SchemaJson = """{"type":"object","properties":{}}""",
                Model = "m",
                Effort = "low",
                Tools = ["t"],
                DisallowedTools = [],
                Stall = TimeSpan.FromMilliseconds(1.5),
                MaxTurns = 3,
            },
        };
        var second = Call(2, Agent("b"));

        await AppendAsync(journal, new CallOpened(second), new CallOpened(first));
        await AppendAsync(journal, new CallOpened(second with { State = CallState.Cancelled, EndedAt = Noon }));

        var calls = await journal.ReadCallsAsync("wf_1", Cancellation);
        Assert.Equivalent(new[] { first, second with { State = CallState.Cancelled, EndedAt = Noon } }, calls, strict: true);
    }

    [Fact]
    public async Task ReadCalls_OpenedWithoutOutcome_TakesThatOfTheSettlement()
    {
        await using var journal = await OpenWithRunAsync("wf_1");
        var answer = Answer("1");

        await AppendAsync(journal, new CallOpened(Call(1, Agent("a"))), new ItemSettled(Item(1, Agent("a"), answer)));
        Assert.Equal(answer, (await journal.ReadCallsAsync("wf_1", Cancellation)).Single().Outcome);

        await AppendAsync(journal, new ItemDropped(Agent("a")));
        Assert.Null((await journal.ReadCallsAsync("wf_1", Cancellation)).Single().Outcome);
    }

    [Fact]
    public async Task ReadEvents_AfterAndLimit_GiveThatPage()
    {
        await using var journal = await OpenWithRunAsync("wf_1");
        for (var i = 1; i <= 5; i++)
            await AppendAsync(journal, new EventAppended(new RunEvent(i, Noon.AddSeconds(i), "log", $$"""{"text":"{{i}}"}""")));

        var page = await journal.ReadEventsAsync("wf_1", after: 2, limit: 2, Cancellation);

        Assert.Equal(
            [new RunEvent(3, Noon.AddSeconds(3), "log", """{"text":"3"}"""), new RunEvent(4, Noon.AddSeconds(4), "log", """{"text":"4"}""")],
            page);
    }

    [Fact]
    public async Task ReadSnapshots_SameKeyTwice_KeepsTheFirst()
    {
        await using var journal = await OpenWithRunAsync("wf_1");

        await AppendAsync(journal, new SnapshotTaken("workflow:a", "one"), new SnapshotTaken("workflow:b", "two"));
        await AppendAsync(journal, new SnapshotTaken("workflow:a", "three"));

        var snapshots = await journal.ReadSnapshotsAsync("wf_1", Cancellation);
        Assert.Equal([("workflow:a", "one"), ("workflow:b", "two")], snapshots.Select(pair => (pair.Key, pair.Value)).Order());
    }

    [Fact]
    public async Task Append_ManyAtOnce_TakeEffectInTheOrderOfTheCalls()
    {
        await using var journal = await OpenWithRunAsync("wf_1");

        await Task.WhenAll(Enumerable.Range(1, 100).Select(i =>
            AppendAsync(journal, new ItemSettled(Item(i, Agent("a"), Answer($"{i}"))), new CallOpened(Call(i, Agent("b", i))))));

        Assert.Equal(100, (await journal.ReadSettledAsync("wf_1", Cancellation)).Single().Sequence);
        Assert.Equal(Enumerable.Range(1, 100), (await journal.ReadCallsAsync("wf_1", Cancellation)).Select(call => call.Number));
    }

    [Fact]
    public async Task Append_RunsSideBySide_StayApart()
    {
        await using var journal = await OpenWithRunAsync("wf_1");
        await journal.CreateRunAsync(NewRun("wf_2"), Cancellation);
        var item = Item(1, Agent("a"), Answer("1"));

        await AppendAsync(journal, new ItemSettled(item), new SnapshotTaken("k", "t"));

        Assert.Empty(await journal.ReadSettledAsync("wf_2", Cancellation));
        Assert.Empty(await journal.ReadSnapshotsAsync("wf_2", Cancellation));
    }

    [Fact]
    public async Task Append_UnknownRun_Throws()
    {
        await using var journal = await OpenAsync();

        await Assert.ThrowsAnyAsync<JournalException>(() => journal.AppendAsync("wf_none", [new ItemDropped(Agent("a"))], Cancellation));
    }

    [Fact]
    public async Task Append_WhenTheOwnerDiedAfterwards_IsStillThere()
    {
        var journal = await OpenWithRunAsync("wf_1");
        var item = Item(1, Agent("a"), Answer("1"));
        await AppendAsync(journal, new ItemSettled(item));
        await journal.DisposeAsync();

        await using var next = await OpenAsync();

        Assert.Equal([item], await next.ReadSettledAsync("wf_1", Cancellation));
    }

    [Fact]
    public async Task FindRun_RunningWithALivingOwner_ReadsAsRunningElsewhere()
    {
        await using var owner = await OpenWithRunAsync("wf_1");
        await using var other = await OpenAsync();

        Assert.Equal(RunState.Running, (await other.FindRunAsync("wf_1", Cancellation))!.State);
        Assert.Equal(RunState.Running, (await other.ListRunsAsync(1, Cancellation)).Single().State);
    }

    [Fact]
    public async Task FindRun_RunningWithADeadOwner_ReadsAsInterrupted()
    {
        var owner = await OpenWithRunAsync("wf_1");
        await owner.DisposeAsync();

        await using var other = await OpenAsync();

        Assert.Equal(RunState.Interrupted, (await other.FindRunAsync("wf_1", Cancellation))!.State);
        Assert.Equal(RunState.Interrupted, (await other.ListRunsAsync(1, Cancellation)).Single().State);
    }

    [Fact]
    public async Task FindRun_EndedWithADeadOwner_KeepsItsState()
    {
        var owner = await OpenWithRunAsync("wf_1");
        await AppendAsync(owner, Ended(RunState.Completed));
        await owner.DisposeAsync();

        await using var other = await OpenAsync();

        Assert.Equal(RunState.Completed, (await other.FindRunAsync("wf_1", Cancellation))!.State);
    }

    [Fact]
    public async Task TryLease_HeldByALivingOwner_IsRefused()
    {
        await using var owner = await OpenWithRunAsync("wf_1");
        await using var other = await OpenAsync();

        Assert.False(await other.TryLeaseAsync("wf_1", Cancellation));
        await AppendAsync(owner, new ItemSettled(Item(1, Agent("a"), Answer("1"))));
    }

    [Theory]
    [InlineData(RunState.Completed)]
    [InlineData(RunState.CompletedWithFailures)]
    [InlineData(RunState.Failed)]
    [InlineData(RunState.Cancelled)]
    [InlineData(RunState.Interrupted)]
    public async Task TryLease_EndedByALivingOwner_IsGranted(RunState state)
    {
        await using var owner = await OpenWithRunAsync("wf_1");
        await AppendAsync(owner, Ended(state));
        await using var other = await OpenAsync();

        Assert.True(await other.TryLeaseAsync("wf_1", Cancellation));
        await AppendAsync(other, new ItemSettled(Item(1, Agent("a"), Answer("1"))));
    }

    [Fact]
    public async Task TryLease_HeldByADeadOwner_IsGranted()
    {
        var owner = await OpenWithRunAsync("wf_1");
        await owner.DisposeAsync();
        await using var other = await OpenAsync();

        Assert.True(await other.TryLeaseAsync("wf_1", Cancellation));
        Assert.Equal(RunState.Running, (await other.FindRunAsync("wf_1", Cancellation))!.State);
    }

    [Fact]
    public async Task Append_AfterAnotherTookTheRun_LosesTheLease()
    {
        await using var owner = await OpenWithRunAsync("wf_1");
        await AppendAsync(owner, Ended(RunState.Failed));
        await using var other = await OpenAsync();
        await other.TryLeaseAsync("wf_1", Cancellation);

        await Assert.ThrowsAsync<LeaseLostException>(() => AppendAsync(owner, new ItemSettled(Item(1, Agent("a"), Answer("1")))));
        Assert.Empty(await other.ReadSettledAsync("wf_1", Cancellation));
    }

    [Fact]
    public async Task Append_ByOneWhoNeverLeased_LosesTheLease()
    {
        await using var owner = await OpenWithRunAsync("wf_1");
        await using var other = await OpenAsync();

        await Assert.ThrowsAsync<LeaseLostException>(() => AppendAsync(other, new ItemSettled(Item(1, Agent("a"), Answer("1")))));
    }

    [Fact]
    public async Task RequestCancel_OfARunElsewhere_ReachesItsOwner()
    {
        await using var owner = await OpenWithRunAsync("wf_1");
        await owner.CreateRunAsync(NewRun("wf_2"), Cancellation);
        await using var other = await OpenAsync();

        Assert.True(await other.RequestCancelAsync("wf_1", Cancellation));

        Assert.Equal(["wf_1"], (await owner.ReadRequestsAsync(Cancellation)).Cancel);
        Assert.Empty((await other.ReadRequestsAsync(Cancellation)).Cancel);
        Assert.Equal(RunState.Running, (await owner.FindRunAsync("wf_1", Cancellation))!.State);
    }

    [Fact]
    public async Task RequestCancel_WithADeadOwner_CancelsAtOnce()
    {
        var owner = await OpenWithRunAsync("wf_1");
        await owner.DisposeAsync();
        await using var other = await OpenAsync();

        Assert.True(await other.RequestCancelAsync("wf_1", Cancellation));

        Assert.Equal(RunState.Cancelled, (await other.FindRunAsync("wf_1", Cancellation))!.State);
    }

    [Fact]
    public async Task RequestCancel_EndedOrUnknown_IsFalse()
    {
        await using var journal = await OpenWithRunAsync("wf_1");
        await AppendAsync(journal, Ended(RunState.Completed));

        Assert.False(await journal.RequestCancelAsync("wf_1", Cancellation));
        Assert.False(await journal.RequestCancelAsync("wf_none", Cancellation));
    }

    [Fact]
    public async Task Order_ForARunElsewhere_IsToldItsOwnerOnceAndInOrder()
    {
        await using var owner = await OpenWithRunAsync("wf_1");
        await owner.CreateRunAsync(NewRun("wf_2"), Cancellation);
        await using var other = await OpenAsync();
        (string, RunOrder)[] orders = [("wf_1", new RunOrder(RunOrderKind.Skip, "7 \ud800")), ("wf_2", new RunOrder(RunOrderKind.Pause)), ("wf_1", new RunOrder(RunOrderKind.Restart, "7"))];

        foreach (var (runId, order) in orders)
            Assert.True(await other.OrderAsync(runId, order, Cancellation));

        Assert.Empty((await other.ReadRequestsAsync(Cancellation)).Orders);
        Assert.Equal(orders, (await owner.ReadRequestsAsync(Cancellation)).Orders);
        Assert.Empty((await owner.ReadRequestsAsync(Cancellation)).Orders);
        Assert.Equal(RunState.Running, (await owner.FindRunAsync("wf_2", Cancellation))!.State);
    }

    [Fact]
    public async Task Order_WithADeadOwner_PausesAtOnceAndDoesNothingElse()
    {
        var owner = await OpenWithRunAsync("wf_1");
        await owner.DisposeAsync();
        await using var other = await OpenAsync();

        Assert.False(await other.OrderAsync("wf_1", new RunOrder(RunOrderKind.Skip, "1"), Cancellation));
        Assert.True(await other.OrderAsync("wf_1", new RunOrder(RunOrderKind.Pause), Cancellation));

        Assert.Equal(RunState.Paused, (await other.FindRunAsync("wf_1", Cancellation))!.State);
        Assert.False(await other.OrderAsync("wf_1", new RunOrder(RunOrderKind.Pause), Cancellation));
        Assert.False(await other.OrderAsync("wf_none", new RunOrder(RunOrderKind.Pause), Cancellation));
    }

    [Fact]
    public async Task ReadRequests_OrdersOfAnEarlierLease_AreForgotten()
    {
        await using var journal = await OpenWithRunAsync("wf_1");
        await journal.OrderAsync("wf_1", new RunOrder(RunOrderKind.Pause), Cancellation);

        await journal.TryLeaseAsync("wf_1", Cancellation);

        Assert.Empty((await journal.ReadRequestsAsync(Cancellation)).Orders);
    }

    [Fact]
    public async Task ReadRequests_CancelsAfterTheEndOrANewLease_AreForgotten()
    {
        await using var journal = await OpenWithRunAsync("wf_1");
        await journal.RequestCancelAsync("wf_1", Cancellation);
        await AppendAsync(journal, Ended(RunState.Cancelled));
        Assert.Empty((await journal.ReadRequestsAsync(Cancellation)).Cancel);

        await journal.TryLeaseAsync("wf_1", Cancellation);
        Assert.Empty((await journal.ReadRequestsAsync(Cancellation)).Cancel);
    }

    [Fact]
    public async Task ListUnattended_DeadInterruptedAndReleased_OldestFirst()
    {
        var dead = await OpenAsync();
        await dead.CreateRunAsync(NewRun("wf_dead") with { CreatedAt = Noon.AddSeconds(2) }, Cancellation);
        await dead.DisposeAsync();
        await using var owner = await OpenAsync();
        await owner.CreateRunAsync(NewRun("wf_running"), Cancellation);
        await owner.CreateRunAsync(NewRun("wf_waiting"), [Waiting], Cancellation);
        await owner.CreateRunAsync(NewRun("wf_completed"), [Ended(RunState.Completed)], Cancellation);
        await owner.CreateRunAsync(NewRun("wf_paused"), [Waiting with { State = RunState.Paused, Release = true }], Cancellation);
        await owner.CreateRunAsync(NewRun("wf_stopped") with { CreatedAt = Noon.AddSeconds(1) }, [Ended(RunState.Interrupted)], Cancellation);
        await owner.CreateRunAsync(NewRun("wf_on_an_error"), [Ended(RunState.Interrupted) with { Error = "The disk is full." }], Cancellation);
        await owner.CreateRunAsync(NewRun("wf_unloaded"), [Waiting with { Release = true }], Cancellation);
        await using var other = await OpenAsync();

        var found = await other.ListUnattendedAsync(Cancellation);

        Assert.Equal(
            [("wf_unloaded", RunState.Waiting), ("wf_stopped", RunState.Interrupted), ("wf_dead", RunState.Interrupted)],
            found.Select(run => (run.Id, run.State)));
    }

    private static RunRecord NewRun(string id) => new()
    {
        Id = id,
        Name = "name",
        Script = "return 1 // é",
        FileName = "a.js",
        Settings = new RunSettings { Workspace = "/w", Seed = 1 },
        State = RunState.Running,
        CreatedAt = Noon,
    };

    private static RunChanged Ended(RunState state) => new() { State = state, Totals = new RunTotals(), EndedAt = Noon };

    private static string Hash(string text) => text.PadRight(64, '0');

    private static ItemKey Agent(string text, int ordinal = 1) => new(ItemKind.Agent, Hash(text), ordinal);

    private static SettledItem Item(long sequence, ItemKey key, AgentOutcome? outcome = null) =>
        new() { Key = key, Sequence = sequence, Time = Noon.AddTicks(sequence), Outcome = outcome };

    private static AgentOutcome Answer(string json) => new()
    {
        Kind = AgentOutcomeKind.Succeeded,
        AnswerJson = json,
        Usage = new AgentUsage(1, 2),
        Attempts = 1,
    };

    private static CallRecord Call(int number, ItemKey key) => new()
    {
        Number = number,
        Key = key,
        Label = "label",
        Prompt = "prompt",
        Options = AgentOptions.None,
        State = CallState.Running,
        StartedAt = Noon,
    };

    private static Task AppendAsync(IJournal journal, params JournalEntry[] entries) => journal.AppendAsync("wf_1", entries, Cancellation);

    private async Task<IJournal> OpenWithRunAsync(string id)
    {
        var journal = await OpenAsync();
        await journal.CreateRunAsync(NewRun(id), Cancellation);
        return journal;
    }
}
