using System.Text.Json;
using McpWorkflows.Agents.Tests.Harness;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Testing.Models;

namespace McpWorkflows.Agents.Tests.Anthropic;

public sealed class AnthropicTests
{
    private const string Schema = """{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"]}""";

    [Fact]
    public async Task Text_IsAnsweredWithUsageCostAndOrigin()
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Text("Hello there, in several chunks of text.").WithUsage(1_000, 200, cached: 600, cacheWrites: 100));
        using var bench = On(server, "claude-sonnet-5-5");

        var outcome = await bench.RunAsync();

        server.Log.AssertWellFormed();
        Assert.Equal((AgentOutcomeKind.Succeeded, "\"Hello there, in several chunks of text.\""), (outcome.Kind, outcome.AnswerJson));
        Assert.Equal(new AgentUsage(1_000, 200, 600), outcome.Usage);
        // 300 plain at 2, 600 read at 0.10, 100 written at 2.50, 200 out at 10, per million.
        Assert.Equal((300 * 2m + 600 * 0.1m + 100 * 2.5m + 200 * 10m) / 1_000_000, outcome.Cost);
        Assert.Equal("anthropic/claude-sonnet-5-5", outcome.Model);
        Assert.Equal("""{"model":{"value":"anthropic/claude-sonnet-5-5","from":"configuration"}}""", outcome.Resolved);
        Assert.Equal("the-key", server.Log.Calls[0].ApiKey);
    }

    [Fact]
    public async Task Tools_GoBackAndForth_WithTheSharedBeginningAndTheLastMessageMarkedForTheCache()
    {
        await using var server = await ModelServer.StartAsync(call =>
            call.ToolResults.Count == 0 ? ModelReply.Text("Let me look.").AndCall("list_files", new { pattern = "*.txt" }) : ModelReply.Text($"I see {call.ToolResults[0].Content}"));
        using var bench = On(server);
        bench.Folder.Write("a.txt", "text");

        var outcome = await bench.RunAsync();

        server.Log.AssertWellFormed();
        Assert.Equal("\"I see a.txt\\n\"", outcome.AnswerJson);
        Assert.All(server.Log.Calls, call => Assert.True(call.Body.GetProperty("system")[0].TryGetProperty("cache_control", out _)));
        var last = server.Log.Calls[1].Body.GetProperty("messages").EnumerateArray().Last().GetProperty("content").EnumerateArray().Last();
        Assert.Equal(("tool_result", true), (last.GetProperty("type").GetString(), last.TryGetProperty("cache_control", out _)));
    }

    [Fact]
    public async Task Schema_IsAnsweredThroughTheTool()
    {
        await using var server = await ModelServer.StartAsync(call => ModelReply.Answer(call, new { n = 3 }));
        using var bench = On(server);

        var outcome = await bench.RunAsync(options: new AgentOptions { SchemaJson = Schema });

        server.Log.AssertWellFormed();
        Assert.Equal("""{"n":3}""", outcome.AnswerJson);
    }

    [Theory]
    [InlineData("low")]
    [InlineData("xhigh")]
    [InlineData("max")]
    public async Task Effort_IsSentAsTheProviderNamesIt(string effort)
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Text("ok"));
        using var bench = On(server);

        await bench.RunAsync(options: new AgentOptions { Effort = effort });

        Assert.Equal(effort, server.Log.Calls[0].Body.GetProperty("output_config").GetProperty("effort").GetString());
    }

    [Fact]
    public async Task Effort_Refused_IsLeftOutAndNoted()
    {
        await using var server = await ModelServer.StartAsync(call => call.Body.TryGetProperty("output_config", out _)
            ? ModelReply.Error(400, "output_config.effort: this model does not support effort", "invalid_request_error")
            : ModelReply.Text("ok"));
        using var bench = On(server);

        var outcome = await bench.RunAsync(options: new AgentOptions { Effort = "high" });

        Assert.Equal(("\"ok\"", 2), (outcome.AnswerJson, server.Log.Count));
        Assert.Contains("\"effort\":{\"value\":\"high\",\"from\":\"call\"},\"refusedByEndpoint\":[\"effort\"]", outcome.Resolved, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MaxTokens_IsContinued()
    {
        await using var server = await ModelServer.StartAsync(call => call.Turn == 0 ? ModelReply.Text("one ").Finishing("length") : ModelReply.Text("two"));
        using var bench = On(server);

        Assert.Equal("\"one two\"", (await bench.RunAsync()).AnswerJson);
    }

    [Fact]
    public async Task Refusal_IsAFailureWithItsCause()
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Text("I must not").Finishing("refusal"));
        using var bench = On(server);

        var outcome = await bench.RunAsync();

        Assert.Equal(AgentOutcomeKind.Failed, outcome.Kind);
        Assert.Contains("refusal", outcome.Failure!.Cause, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, "authentication_error", "ANTHROPIC_API_KEY", 1)]
    [InlineData(404, "not_found_error", "does not have the model claude-x", 1)]
    [InlineData(529, "overloaded_error", "overloaded", 2)]
    [InlineData(500, "api_error", "failed", 2)]
    [InlineData(429, "rate_limit_error", "rate limit", 2)]
    public async Task Error_IsToldByItsCauseAndRetriedWhereThatHelps(int status, string type, string words, int requests)
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Error(status, "It went wrong.", type));
        using var bench = On(server);

        var outcome = await bench.RunAsync(options: new AgentOptions { Retries = 1 });

        Assert.Equal((AgentOutcomeKind.Failed, requests), (outcome.Kind, server.Log.Count));
        Assert.Contains(words, outcome.Failure!.Cause, StringComparison.Ordinal);
        Assert.Contains("It went wrong.", outcome.Failure.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Credit_UsedUp_IsASpentQuota()
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Error(400, "Your credit balance is too low to access the Anthropic API.", "invalid_request_error"));
        using var bench = On(server);

        Assert.Equal(AgentOutcomeKind.QuotaExhausted, (await bench.RunAsync()).Kind);
    }

    [Theory]
    [MemberData(nameof(Breakages))]
    public async Task Stream_ThatBreaks_IsAskedAgain(string kind, string words)
    {
        ModelReply broken = kind switch
        {
            "error" => ModelReply.Text("half an answer, and then no more").FailingMidway("overloaded_error"),
            "cut" => ModelReply.Text("half an answer, and then no more").CutMidway(),
            "noEnd" => ModelReply.Text("half an answer").WithoutEnd(),
            "garbage" => ModelReply.Garbage(),
            _ => ModelReply.Text("half").HangMidway(),
        };
        await using var server = await ModelServer.StartAsync(call => call.Number == 1 ? broken : ModelReply.Text("whole"));
        using var bench = On(server);

        var outcome = await bench.RunAsync(options: new AgentOptions { Stall = TimeSpan.FromMilliseconds(kind == "hang" ? 1_500 : 20_000) });

        Assert.Equal(("\"whole\"", 2), (outcome.AnswerJson, outcome.Attempts));
        Assert.Contains(bench.Progress, step => step.Kind == AgentProgressKind.Retrying && step.Detail!.Contains(words, StringComparison.Ordinal));
    }

    public static TheoryData<string, string> Breakages() => new()
    {
        { "error", "overloaded" },
        { "cut", "broke off" },
        { "noEnd", "ended before the answer did" },
        { "garbage", "Check that ANTHROPIC_BASE_URL" },
        { "hang", "stalled" },
    };

    private static AgentBench On(ModelServer server, string model = "claude-x") => AgentBench.On(new Dictionary<string, string?>
    {
        ["MCPWORKFLOWS_MODEL"] = $"anthropic/{model}",
        ["ANTHROPIC_BASE_URL"] = server.Origin,
        ["ANTHROPIC_API_KEY"] = "the-key",
    });
}
