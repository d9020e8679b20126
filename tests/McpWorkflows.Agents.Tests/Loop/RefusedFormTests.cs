using McpWorkflows.Agents.Loop;
using McpWorkflows.Agents.Tests.Harness;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Testing.Models;

namespace McpWorkflows.Agents.Tests.Loop;

/// <summary>Endpoints that refuse something of a request which it can do without.</summary>
public sealed class RefusedFormTests
{
    private const string Schema = """{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"]}""";

    [Fact]
    public async Task Effort_Refused_IsLeftOutFromThenOnForThatModelAlone()
    {
        await using var server = await ModelServer.StartAsync(call => call.Model == "plain" && call.Body.TryGetProperty("reasoning_effort", out _)
            ? ModelReply.Error(400, "Unrecognized request argument supplied: reasoning_effort", "invalid_request_error")
            : ModelReply.Text("fine"));
        using var bench = AgentBench.On(server.BaseUrl);

        var first = await bench.RunAsync(options: new AgentOptions { Effort = "high", Model = "openai/plain" });
        var second = await bench.RunAsync(options: new AgentOptions { Effort = "high", Model = "openai/plain" });
        var other = await bench.RunAsync(options: new AgentOptions { Effort = "high", Model = "openai/other" });

        Assert.All([first, second, other], outcome => Assert.Equal("\"fine\"", outcome.AnswerJson));
        Assert.Equal([true, false, false, true], server.Log.Calls.Select(call => call.Body.TryGetProperty("reasoning_effort", out _)));
        Assert.All([first, second], outcome => Assert.Contains("\"refusedByEndpoint\":[\"effort\"]", outcome.Resolved, StringComparison.Ordinal));
        Assert.DoesNotContain("refusedByEndpoint", other.Resolved, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Effort_WithARefusalThatHadAnotherCause_IsAskedForAgainByTheNextCall()
    {
        await using var server = await ModelServer.StartAsync(call => call.Number == 1
            ? ModelReply.Error(400, "Something else is wrong.", "invalid_request_error")
            : call.Number == 2 ? ModelReply.Error(400, "Something else is wrong.", "invalid_request_error") : ModelReply.Text("fine"));
        using var bench = AgentBench.On(server.BaseUrl);

        var first = await bench.RunAsync(options: new AgentOptions { Effort = "high" });
        await bench.RunAsync(options: new AgentOptions { Effort = "high" });

        Assert.Equal(AgentOutcomeKind.Failed, first.Kind);
        Assert.Equal([true, false, true], server.Log.Calls.Select(call => call.Body.TryGetProperty("reasoning_effort", out _)));
    }

    [Theory]
    [InlineData("max", "Unsupported value: 'reasoning_effort' does not support 'xhigh' with this model. Supported values are: 'low', 'medium', and 'high'.", "xhigh")]
    [InlineData("xhigh", "Unsupported value: 'reasoning_effort' does not support 'xhigh' with this model. Supported values are: 'low', 'medium', and 'high'.", "high")]
    [InlineData("high", "output_config.effort \"high\" is not supported by model x; supported values: [medium]", "medium")]
    [InlineData("low", "reasoning effort must be one of: medium, high", "medium")]
    [InlineData("max", "This model does not support effort level 'max'.", "high")]
    [InlineData("xhigh", "This model does not support the effort parameter.", null)]
    [InlineData("high", "Unrecognized request argument supplied: reasoning_effort", null)]
    [InlineData("high", "Bad request", null)]
    public void Effort_Refused_StepsDownToWhatTheEndpointNames(string asked, string refusal, string? instead) =>
        Assert.Equal(new Concession(ConcessionKind.Effort, asked, instead), EffortLevels.Concede(asked, refusal));

    [Theory]
    [InlineData("This model's maximum context length is 8192 tokens.")]
    [InlineData("prompt is too long: 250000 tokens > 200000 maximum")]
    public void Refusal_OfAnotherCause_LeavesTheEffort(string refusal) => Assert.Null(EffortLevels.Concede("high", refusal));

    [Fact]
    public async Task ForcedTool_Refused_IsNotForcedFromThenOn()
    {
        await using var server = await ModelServer.StartAsync(call => call.Body.TryGetProperty("tool_choice", out _)
            ? ModelReply.Error(400, "tool_choice: type \"tool\" and \"any\" are not supported for this model.", "invalid_request_error")
            : ModelReply.Answer(call, new { n = 3 }));
        using var bench = OnAnthropic(server);
        var options = new AgentOptions { SchemaJson = Schema, Tools = [] };

        var first = await bench.RunAsync(options: options);
        var second = await bench.RunAsync(options: options);

        Assert.Equal(("""{"n":3}""", """{"n":3}""", 3), (first.AnswerJson, second.AnswerJson, server.Log.Count));
    }

    [Fact]
    public async Task OutputLimit_Refused_IsWhatTheEndpointAllowsFromThenOn()
    {
        await using var server = await ModelServer.StartAsync(call => call.Body.GetProperty("max_tokens").GetInt32() > 8192
            ? ModelReply.Error(400, "max_tokens: 32000 > 8192, which is the maximum allowed number of output tokens for claude-x", "invalid_request_error")
            : ModelReply.Text("ok"));
        using var bench = OnAnthropic(server);

        await bench.RunAsync();
        var outcome = await bench.RunAsync();

        Assert.Equal(("\"ok\"", 3), (outcome.AnswerJson, server.Log.Count));
        Assert.Contains("max_tokens (ran with 8192)", outcome.Resolved, StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_IsBoundedInTimeAndNumber()
    {
        var time = new ManualTime();
        var refused = new RefusedForms(time);
        refused.Remember("m", new Concession(ConcessionKind.Effort, "high"));
        refused.Remember("m", new Concession(ConcessionKind.Effort, "high"));
        Assert.Single(refused.Of("m"));

        time.Advance(TimeSpan.FromHours(1));
        Assert.Empty(refused.Of("m"));

        for (var number = 0; number < 5_000; number++)
        {
            refused.Remember($"m{number}", new Concession(ConcessionKind.ToolChoice));
        }

        Assert.InRange(Enumerable.Range(0, 5_000).Count(number => refused.Of($"m{number}").Count > 0), 1, 500);
    }

    private static AgentBench OnAnthropic(ModelServer server) => AgentBench.On(new Dictionary<string, string?>
    {
        ["MCPWORKFLOWS_MODEL"] = "anthropic/claude-x",
        ["ANTHROPIC_BASE_URL"] = server.Origin,
        ["ANTHROPIC_API_KEY"] = "the-key",
    });
}
