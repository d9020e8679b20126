using System.Net;
using McpWorkflows.Agents.Faults;
using McpWorkflows.Agents.Tests.Harness;
using McpWorkflows.Engine.Agents;
using Microsoft.Extensions.AI;

namespace McpWorkflows.Agents.Tests.Loop;

public sealed class AgentLoopTests
{
    private const string Schema = """{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"],"additionalProperties":false}""";

    private static readonly AgentOptions Structured = new() { SchemaJson = Schema };

    [Fact]
    public async Task Request_HasStablePrefixPromptAndTools()
    {
        var client = new ScriptedChatClient(ScriptedChatClient.Text("ok"));
        using var bench = AgentBench.On(client);

        await bench.RunAsync("one");
        await bench.RunAsync("two", Structured);

        Assert.Equal(["list_files", "search_text", "read_file"], client.Requests[0].ToolNames);
        Assert.Equal(["list_files", "search_text", "read_file", "StructuredOutput"], client.Requests[1].ToolNames);
        Assert.StartsWith(client.Requests[0].Messages[0].Text, client.Requests[1].Messages[0].Text, StringComparison.Ordinal);
        Assert.Null(client.Requests[1].Options.ToolMode);
        Assert.Null(client.Requests[0].Options.Reasoning);
    }

    [Fact]
    public async Task Instructions_ReplaceTheHostsOwn()
    {
        var client = new ScriptedChatClient(ScriptedChatClient.Text("ok"));
        var host = new ChatAgentHost(
            new AgentHostOptions { Models = McpWorkflows.Agents.Providers.ModelConfiguration.FromEnvironment(_ => null) },
            new Dictionary<string, IChatClient> { ["openai"] = client });
        using var bench = AgentBench.On(client);

        await host.RunAsync(bench.Request("p", null, "openai/m") with { Instructions = "Be brief." }, bench, TestContext.Current.CancellationToken);

        Assert.Equal("Be brief.", client.Requests[0].Messages[0].Text);
    }

    [Fact]
    public async Task Schema_WithoutOtherTools_RequiresTheAnswerTool()
    {
        var client = new ScriptedChatClient(ScriptedChatClient.Call("StructuredOutput", """{"n":1}"""));
        using var bench = AgentBench.On(client);

        var outcome = await bench.RunAsync(options: Structured with { Tools = [] });

        Assert.Equal("""{"n":1}""", outcome.AnswerJson);
        Assert.Equal("StructuredOutput", Assert.IsType<RequiredChatToolMode>(client.Requests[0].Options.ToolMode).RequiredFunctionName);
    }

    [Theory]
    [InlineData("""{"n":3}""")]
    [InlineData("Here you are:\n```json\n{\"n\": 3,}\n```\nAnything else?")]
    [InlineData("The set {a} holds, so: {\"n\": 3}")]
    [InlineData("<think>maybe {\"n\": 4}</think>{\"n\": 3}")]
    [InlineData("""{"answer":{"n":3}}""")]
    [InlineData("""{"arguments":"{\"n\":3}"}""")]
    public async Task Schema_AnsweredAsText_IsParsedWithoutAskingAgain(string text)
    {
        var client = new ScriptedChatClient(ScriptedChatClient.Text(text));
        using var bench = AgentBench.On(client);

        var outcome = await bench.RunAsync(options: Structured);

        Assert.Equal("""{"n":3}""", outcome.AnswerJson?.Replace(" ", "", StringComparison.Ordinal).Replace(",}", "}", StringComparison.Ordinal));
        System.Text.Json.JsonDocument.Parse(outcome.AnswerJson!).Dispose();
        Assert.Single(client.Requests);
    }

    [Fact]
    public async Task Schema_NeverSatisfied_EndsAfterFiveRetriesWithErrorsAndLastText()
    {
        var client = new ScriptedChatClient(ScriptedChatClient.Call("StructuredOutput", """{"n":"x"}"""), ScriptedChatClient.Text("I would rather not."));
        using var bench = AgentBench.On(client);

        var outcome = await bench.RunAsync(options: Structured);

        Assert.Equal((AgentOutcomeKind.SchemaUnsatisfied, 6), (outcome.Kind, client.Requests.Count));
        Assert.Contains("The answer is text, not a JSON object", outcome.Failure!.Cause, StringComparison.Ordinal);
        Assert.Equal("I would rather not.", outcome.Failure.LastText);
        Assert.Contains("/n: must be integer, but is a string", client.Requests[1].LastText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Schema_AnswerCutAtTheOutputLimit_CountsAsInvalid()
    {
        var client = new ScriptedChatClient(ScriptedChatClient.Text("""{"n":1} and {"n":""", ChatFinishReason.Length), ScriptedChatClient.Text("""{"n":2}"""));
        using var bench = AgentBench.On(client);

        Assert.Equal("""{"n":2}""", (await bench.RunAsync(options: Structured)).AnswerJson);
        Assert.Contains("cut off", client.Requests[1].LastText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_CutAtTheOutputLimit_IsContinued()
    {
        var client = new ScriptedChatClient(
            ScriptedChatClient.Text("one ", ChatFinishReason.Length), ScriptedChatClient.Text("two ", ChatFinishReason.Length), ScriptedChatClient.Text("three"));
        using var bench = AgentBench.On(client);

        Assert.Equal("\"one two three\"", (await bench.RunAsync()).AnswerJson);
    }

    [Fact]
    public async Task Text_CutAgainAndAgain_FailsAndKeepsWhatThereIs()
    {
        var client = new ScriptedChatClient(ScriptedChatClient.Text("x", ChatFinishReason.Length));
        using var bench = AgentBench.On(client);

        var outcome = await bench.RunAsync();

        Assert.Equal((AgentOutcomeKind.Failed, 3, "xxx"), (outcome.Kind, client.Requests.Count, outcome.Failure!.LastText));
        Assert.Contains("output limit", outcome.Failure.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EmptyAnswer_IsAskedForOnceMoreThenFails()
    {
        var client = new ScriptedChatClient(ScriptedChatClient.Text(" "));
        using var bench = AgentBench.On(client);

        Assert.Equal(AgentOutcomeKind.Failed, (await bench.RunAsync()).Kind);
        Assert.Equal(2, client.Requests.Count);
    }

    [Fact]
    public async Task ContentFilter_IsNeverAnAnswer()
    {
        using var bench = AgentBench.On(new ScriptedChatClient(ScriptedChatClient.Text("half", ChatFinishReason.ContentFilter)));

        var outcome = await bench.RunAsync();

        Assert.Equal((AgentOutcomeKind.Failed, "half"), (outcome.Kind, outcome.Failure!.LastText));
    }

    [Fact]
    public async Task MaxTurns_Reached_AsksOnceForTheAnswerWithoutTools()
    {
        var client = new ScriptedChatClient(ScriptedChatClient.Call("list_files", "{}"), ScriptedChatClient.Call("list_files", "{}"), ScriptedChatClient.Text("done"));
        using var bench = AgentBench.On(client);

        var outcome = await bench.RunAsync(options: new AgentOptions { MaxTurns = 2 });

        Assert.Equal("\"done\"", outcome.AnswerJson);
        Assert.Empty(client.Requests[2].ToolNames);
        Assert.Contains("turns are used up", client.Requests[2].LastText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MaxTurns_ReachedWithoutAnswer_Fails()
    {
        var client = new ScriptedChatClient(ScriptedChatClient.Call("list_files", "{}"));
        using var bench = AgentBench.On(client);

        var outcome = await bench.RunAsync(options: new AgentOptions { MaxTurns = 2 });

        Assert.Equal((AgentOutcomeKind.Failed, 3), (outcome.Kind, client.Requests.Count));
        Assert.Contains("maxTurns", outcome.Failure!.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnknownTool_IsToldToTheModel()
    {
        var client = new ScriptedChatClient(ScriptedChatClient.Call("rm_rf", "{}"), ScriptedChatClient.Text("ok"));
        using var bench = AgentBench.On(client);

        await bench.RunAsync();

        Assert.Contains("there is no tool 'rm_rf'. The tools are: list_files", client.Requests[1].LastText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ToolRefusal_IsToldToTheModelAndTheWorkGoesOn()
    {
        var client = new ScriptedChatClient(ScriptedChatClient.Call("read_file", """{"path":"/etc/passwd"}"""), ScriptedChatClient.Text("ok"));
        using var bench = AgentBench.On(client);

        Assert.Equal("\"ok\"", (await bench.RunAsync()).AnswerJson);
        Assert.StartsWith("Error: '/etc/passwd' is outside the workspace", client.Requests[1].LastText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ToolsOption_WithClaudeCodeNames_IsMappedAndTheRestNoted()
    {
        var client = new ScriptedChatClient(ScriptedChatClient.Text("ok"));
        using var bench = AgentBench.On(client);

        await bench.RunAsync(options: new AgentOptions { Tools = ["Read", "Grep", "Bash(git *)", "WebSearch"], DisallowedTools = ["search_*"] });

        Assert.Equal(["read_file"], client.Requests[0].ToolNames);
        Assert.Contains(bench.Progress, progress => progress.Detail == "Tools not available here: run_command (not granted); WebSearch (no such tool here)");
    }

    [Fact]
    public async Task Retry_KeepsTheConversation()
    {
        var client = new ScriptedChatClient(
            ScriptedChatClient.Call("list_files", "{}"), ScriptedChatClient.Throw(() => new IOException("gone")), ScriptedChatClient.Text("ok"));
        using var bench = AgentBench.On(client);

        var outcome = await bench.RunAsync();

        Assert.Equal(("\"ok\"", 2), (outcome.AnswerJson, outcome.Attempts));
        Assert.Equal(client.Requests[1].Messages.Count, client.Requests[2].Messages.Count);
    }

    [Fact]
    public async Task Retries_WaitLongerEachTime()
    {
        var time = new ManualTime { FireAtOnce = TimeSpan.FromSeconds(30) };
        var client = new ScriptedChatClient(ScriptedChatClient.Throw(() => new IOException("gone")));
        using var bench = AgentBench.On(client, time);

        var outcome = await bench.RunAsync();

        Assert.Equal((AgentOutcomeKind.Failed, 4), (outcome.Kind, outcome.Attempts));
        Assert.Equal([0.75, 1.5, 3], time.Delays.Where(delay => delay < TimeSpan.FromSeconds(30)).Select(delay => delay.TotalSeconds));
    }

    [Fact]
    public async Task RetryAfter_WithinThePatience_IsWaitedForInFull()
    {
        var time = new ManualTime { FireAtOnce = TimeSpan.FromSeconds(170) };
        var client = new ScriptedChatClient(ScriptedChatClient.Throw(() => Limited(TimeSpan.FromSeconds(150))), ScriptedChatClient.Text("ok"));
        using var bench = AgentBench.On(client, time);
        var before = time.GetUtcNow();

        Assert.Equal("\"ok\"", (await bench.RunAsync()).AnswerJson);
        Assert.InRange(time.GetUtcNow() - before, TimeSpan.FromSeconds(150), TimeSpan.FromSeconds(151));
    }

    [Fact]
    public async Task RetryAfter_BeyondThePatience_IsASpentQuotaWithItsTime()
    {
        var time = new ManualTime();
        var client = new ScriptedChatClient(ScriptedChatClient.Throw(() => Limited(TimeSpan.FromHours(1))));
        using var bench = AgentBench.On(client, time);

        var outcome = await bench.RunAsync();

        Assert.Equal((AgentOutcomeKind.QuotaExhausted, time.GetUtcNow().AddHours(1)), (outcome.Kind, outcome.RetryAt));
        Assert.Contains("rate limit", outcome.Failure!.Cause, StringComparison.Ordinal);
        Assert.Contains("quota", outcome.Failure.Cause, StringComparison.Ordinal);
        Assert.Single(client.Requests);
    }

    [Fact]
    public async Task Stall_ByTheDefault_RestartsAfterThreeMinutesOfSilence()
    {
        var time = new ManualTime();
        var begun = new SemaphoreSlim(0);
        var client = new ScriptedChatClient(ScriptedChatClient.Silence(() => begun.Release()), ScriptedChatClient.Text("ok"));
        using var bench = AgentBench.On(client, time);

        var running = bench.RunAsync();
        await begun.WaitAsync(AgentBench.Patience, TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromSeconds(179));
        Assert.False(running.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));

        var outcome = await running;
        Assert.Equal(("\"ok\"", 2), (outcome.AnswerJson, outcome.Attempts));
    }

    [Fact]
    public async Task ForeignClient_ThatThrowsAnything_IsAFailure()
    {
        using var bench = AgentBench.On(new ScriptedChatClient(ScriptedChatClient.Throw(() => new NotSupportedException("no such thing"))));

        var outcome = await bench.RunAsync();

        Assert.Equal((AgentOutcomeKind.Failed, 1), (outcome.Kind, outcome.Attempts));
        Assert.Contains("NotSupportedException: no such thing", outcome.Failure!.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoneSurrogates_InAnAnswer_GiveValidJson()
    {
        using var bench = AgentBench.On(new ScriptedChatClient(ScriptedChatClient.Text("a\ud800b\u0001\u2028")));

        var outcome = await bench.RunAsync();

        Assert.Equal("a\ufffdb\u0001\u2028", System.Text.Json.JsonSerializer.Deserialize<string>(outcome.AnswerJson!));
    }

    private static ModelRequestException Limited(TimeSpan retryAfter) =>
        new(ModelRequestFault.Answered, "slow down") { Status = HttpStatusCode.TooManyRequests, RetryAfter = retryAfter };
}
