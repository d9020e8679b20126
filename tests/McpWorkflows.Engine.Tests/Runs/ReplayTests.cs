using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Engine.Scripting;
using McpWorkflows.Testing.Time;

namespace McpWorkflows.Engine.Tests.Runs;

/// <summary>What the dialect promises of a replay, each with the script that breaks a naive design.</summary>
public sealed class ReplayTests : IAsyncDisposable
{
    private readonly ManualTime _time = new();
    private readonly EngineHarness _harness;

    public ReplayTests() => _harness = new EngineHarness(
        _time, new EngineOptions { ScriptLimits = new ScriptLimits { MaxAgents = 20 } }, new JintScriptRuntimeFactory());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Fact]
    public async Task Resume_PromptsOfLoneSurrogatesReordered_EachFindsItsOwnAnswer()
    {
        _harness.Agents.On("\ud800", FakeAgents.Answer("high"));
        _harness.Agents.On("\ud801", FakeAgents.Answer("another"));
        _harness.Agents.On("\ufffd", FakeAgents.Answer("none"));
        _harness.Agents.On("bad", FakeAgents.Failure("down"));
        var first = await RunAsync("await Promise.all([agent('\\ud800'), agent('\\ud801'), agent('\\ufffd')]); await agent('bad');");

        var second = await ResumeAsync(first.Run.Id, "return await Promise.all([agent('\\ufffd'), agent('\\ud801'), agent('\\ud800')]);");

        Assert.Equal("""["none","another","high"]""", second.Run.ResultJson);
        Assert.Empty(_harness.Agents.Prompts);
    }

    [Fact]
    public async Task Recovery_PromptsBuiltFromAnswers_FindTheirAnswersWhateverTheOrderOfKeys()
    {
        _harness.Agents.On("data", FakeAgents.Answer("") with { AnswerJson = """{ "z":1.0, "a":[ 1e3, -0 ], "10":"x", "2":"y" }""" });

        var status = await CrashAtTheEndAsync("const data = await agent('data'); const next = await agent(JSON.stringify(data)); await agent('end'); return next;");

        Assert.Equal(["end"], _harness.Agents.Prompts);
        Assert.Equal("\"{\\u00222\\u0022:\\u0022y\\u0022,\\u002210\\u0022:\\u0022x\\u0022,\\u0022z\\u0022:1,\\u0022a\\u0022:[1000,0]}\"".Replace("\\u0022", "\\\"", StringComparison.Ordinal), status.Run.ResultJson);
    }

    [Fact]
    public async Task Resume_NewAgentsAmongJournaledOnes_AreToldAfterThoseWhateverTheirPlaceInTheScript()
    {
        _harness.Agents.On("bad", FakeAgents.Failure("down"));
        var first = await RunAsync("for (const p of ['a', 'b', 'c', 'bad']) await agent(p);");

        var second = await ResumeAsync(first.Run.Id, """
            const order = [];
            await Promise.all(['new', 'c', 'a', 'newer', 'b'].map(async p => order.push(await agent(p))));
            return order.slice(0, 3).concat(order.slice(3).sort());
            """);

        Assert.Equal("""["a","b","c","new","newer"]""", second.Run.ResultJson);
    }

    [Fact]
    public async Task Resume_AnUnboundedLoopAgainAndAgain_NeverGetsPastTheCap()
    {
        const string Loop = "for (let i = 0; ; i++) { if (await agent(`n${i}`) === null) throw new Error('down'); }";
        var asked = 0;
        foreach (var stop in new[] { "n3", "n9", "n15" })
            _harness.Agents.On(stop, FakeAgents.Failure("down"));
        var status = await RunAsync(Loop);
        var runId = status.Run.Id;
        asked += _harness.Agents.Prompts.Count;
        foreach (var stop in new[] { "n3", "n9", "n15", "none" })
        {
            _harness.Agents.On(stop, FakeAgents.Answer("up"));
            status = await _harness.ResumeAsync(runId);
            asked += _harness.Agents.Prompts.Count;
        }

        Assert.Equal(RunState.Failed, status.Run.State);
        Assert.Contains("called more than 20 times", status.Run.Error, StringComparison.Ordinal);
        Assert.Equal((20 + 3, 20, 20), (asked, status.Run.Totals.Agents, status.Run.Totals.FromJournal));
        Assert.Empty(_harness.Agents.Prompts);
    }

    [Fact]
    public async Task Resume_OptionsThatAreUndefined_AreTheSameAsAbsentOnes()
    {
        _harness.Agents.On("bad", FakeAgents.Failure("down"));
        var first = await RunAsync("await agent('a', { model: undefined, label: 'one' }); await agent('b', { effort: 'low', tools: ['x'] }); await agent('bad');");

        var second = await ResumeAsync(first.Run.Id, "await agent('a'); await agent('b', { tools: ['x'], phase: 'p', effort: 'low', schema: undefined }); return 1;");

        Assert.Equal(RunState.Completed, second.Run.State);
        Assert.Empty(_harness.Agents.Prompts);
    }

    [Fact]
    public async Task Recovery_BudgetSpent_ChangesAtDeliveriesOnlyAndAsTheFirstTime()
    {
        const string Script = """
            const seen = [];
            await Promise.all(['a', 'b', 'c'].map(async p => { const before = budget.spent(); await agent(p); seen.push([before, p, budget.spent()]); }));
            await agent('end');
            return seen.map(s => s.join());
            """;
        foreach (var (prompt, tokens) in new[] { ("a", 1), ("b", 20), ("c", 300) })
            _harness.Agents.On(prompt, FakeAgents.Answer(prompt, tokens));
        var held = _harness.Agents.Hold("end");
        var runId = await StartAsync(Script);
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        var sum = 0L;
        var expected = (await _harness.Journal.ReadSettledAsync(runId, Cancellation)).Select(item =>
            $"\"0,{item.Outcome!.AnswerJson!.Trim('"')},{sum += item.Outcome.Usage.OutputTokens}\"").ToList();
        await _harness.CrashAsync();
        _harness.Agents.On("end", FakeAgents.Answer("end"));

        var status = await _harness.ResumeAsync(runId);

        Assert.Equal($"[{string.Join(",", expected)}]", status.Run.ResultJson);
    }

    [Fact]
    public async Task Resume_CallsReordered_TheClockNeverGoesBack()
    {
        _harness.Agents.On("bad", FakeAgents.Failure("down"));
        foreach (var prompt in new[] { "a", "b", "c" })
        {
            _harness.Agents.On(prompt, (_, _) =>
            {
                _time.Advance(TimeSpan.FromMinutes(1));
                return Task.FromResult(FakeAgents.Answer(prompt));
            });
        }

        var first = await RunAsync("for (const p of ['a', 'b', 'c', 'bad']) await agent(p);");

        var second = await ResumeAsync(first.Run.Id, "const at = []; for (const p of ['b', 'a', 'c']) { await agent(p); at.push(Date.now() - 1893456000000); } return at;");

        Assert.Equal("[120000,120000,180000]", second.Run.ResultJson);
        Assert.Empty(_harness.Agents.Prompts);
    }

    [Fact]
    public async Task Resume_TheAgentTypeWasEditedMeanwhile_UsesItAsTheRunFirstDid()
    {
        _harness.Agents.Types["critic"] = """{"prompt":"first"}""";
        _harness.Agents.On("bad", FakeAgents.Failure("down"));
        var first = await RunAsync("await agent('a', { agentType: 'critic' }); await agent('bad', { agentType: 'critic' });");
        _harness.Agents.Types["critic"] = """{"prompt":"second"}""";

        await ResumeAsync(first.Run.Id, "await agent('a', { agentType: 'critic' }); await agent('bad', { agentType: 'critic' });");

        var request = Assert.Single(_harness.Agents.Requests);
        Assert.Equal(("bad", """{"prompt":"first"}"""), (request.Prompt, request.AgentTypeJson));
    }

    [Fact]
    public async Task Recovery_ARejectionSentTheScriptOneWay_GoesTheSameWay()
    {
        _harness.Agents.On("A", FakeAgents.Failure("schema", AgentOutcomeKind.SchemaUnsatisfied));

        var status = await CrashAtTheEndAsync("let how; try { how = await agent('A'); } catch (e) { how = await agent(`after ${e.message}`); } await agent('end'); return how;");

        Assert.Equal("\"after schema\"", status.Run.ResultJson);
        Assert.Equal(["end"], _harness.Agents.Prompts);
    }

    /// <summary>Crashes while the agent <c>end</c> is at work, and recovers.</summary>
    private async Task<RunStatus> CrashAtTheEndAsync(string script)
    {
        var held = _harness.Agents.Hold("end");
        var runId = await StartAsync(script);
        await held.Started.Task.WaitAsync(EngineHarness.Patience, Cancellation);
        await _harness.CrashAsync();
        _harness.Agents.On("end", FakeAgents.Answer("end"));
        return await _harness.ResumeAsync(runId);
    }

    private async Task<RunStatus> ResumeAsync(string runId, string script)
    {
        _harness.Agents.Forget();
        await _harness.Engine.ResumeAsync(new ResumeRun { RunId = runId, Script = EngineHarness.Script + script }, Cancellation);
        return await _harness.EndOfAsync(runId);
    }

    private async Task<RunStatus> RunAsync(string script) => await _harness.EndOfAsync(await StartAsync(script));

    private Task<string> StartAsync(string script) =>
        _harness.Engine.StartAsync(new StartRun { Script = EngineHarness.Script + script, Workspace = "/w" }, Cancellation);
}
