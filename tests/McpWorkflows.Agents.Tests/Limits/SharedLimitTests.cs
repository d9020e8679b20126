using McpWorkflows.Agents.Limits;
using McpWorkflows.Agents.Tests.Harness;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Testing.Models;

namespace McpWorkflows.Agents.Tests.Limits;

public sealed class SharedLimitTests
{
    [Fact]
    public async Task EndpointThatFails_UnderAFanOut_IsProbedByOneAndFailsAllQuickly()
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.ServerError());
        using var bench = AgentBench.On(server.BaseUrl);

        var outcomes = await FanOutAsync(bench, 200, _ => null);

        Assert.All(outcomes, outcome => Assert.Equal(AgentOutcomeKind.Failed, outcome.Kind));
        Assert.All(outcomes, outcome => Assert.Contains("failed (500", outcome.Failure!.Cause, StringComparison.Ordinal));
        // 200 calls of four attempts each would be 800.
        Assert.InRange(server.Log.Count, 4, 150);
    }

    [Fact]
    public async Task EndpointThatIsBackAgain_IsUsedAgain()
    {
        await using var server = await ModelServer.StartAsync(call => call.Number <= 3 ? ModelReply.Overloaded() : ModelReply.Text("ok"));
        using var bench = AgentBench.On(server.BaseUrl);

        var outcomes = await FanOutAsync(bench, 100, _ => null);

        Assert.All(outcomes, outcome => Assert.Equal("\"ok\"", outcome.AnswerJson));
        Assert.InRange(server.Log.Count, 100, 120);
    }

    [Fact]
    public async Task QuotaSpent_ForOneModel_IsToldToAllItsCallsWithTheTimeAndToNoOther()
    {
        await using var server = await ModelServer.StartAsync(call => call.Model == "dear"
            ? ModelReply.Error(429, "You have hit your usage limit. Try again in 2 hours.", "usage_limit_reached")
            : ModelReply.Text("ok"));
        using var bench = AgentBench.On(server.BaseUrl);
        var before = DateTimeOffset.UtcNow;

        var outcomes = await FanOutAsync(bench, 60, number => number % 2 == 0 ? "openai/dear" : "openai/cheap");

        var spent = outcomes.Where(outcome => outcome.Kind == AgentOutcomeKind.QuotaExhausted).ToList();
        Assert.Equal((30, 30), (spent.Count, outcomes.Count(outcome => outcome.Kind == AgentOutcomeKind.Succeeded)));
        Assert.All(spent, outcome => Assert.InRange(outcome.RetryAt!.Value, before.AddHours(2).AddSeconds(-1), before.AddHours(2).AddMinutes(1)));
        Assert.InRange(server.Log.Calls.Count(call => call.Model == "dear"), 1, 16);
    }

    [Fact]
    public async Task MaxConcurrency_OfAProvider_IsKept()
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Text("ok").After(TimeSpan.FromMilliseconds(10)));
        var models = new ModelSettingsOf("acme", server.BaseUrl) { MaxConcurrency = 3 };
        using var bench = AgentBench.On(models.Settings);

        var outcomes = await FanOutAsync(bench, 30, number => $"acme/{number % 2}");

        Assert.All(outcomes, outcome => Assert.Equal(AgentOutcomeKind.Succeeded, outcome.Kind));
        Assert.Equal(3, server.Log.HighWater);
    }

    [Fact]
    public async Task Siblings_WithALongCommonBeginning_StartWhenTheFirstHasWarmedTheCache()
    {
        var first = new TaskCompletionSource();
        await using var server = await ModelServer.StartAsync(async (call, token) =>
        {
            if (call.Number == 1)
            {
                await first.Task.WaitAsync(token);
            }

            return ModelReply.Text("ok");
        });
        using var bench = AgentBench.On(new Dictionary<string, string?>
        {
            ["MCPWORKFLOWS_MODEL"] = "azure/gpt",
            ["AZURE_OPENAI_ENDPOINT"] = server.Origin,
            ["AZURE_OPENAI_API_KEY"] = "key",
        });
        var document = new string('x', 6_000);

        var siblings = Enumerable.Range(0, 8).Select(number => bench.RunAsync($"{document}\n{number}")).ToList();
        await server.Log.WaitForCallsAsync(1, AgentBench.Patience);
        var other = await bench.RunAsync("Something short.");
        Assert.Equal((2, "\"ok\""), (server.Log.Count, other.AnswerJson));
        first.SetResult();
        await Task.WhenAll(siblings);

        Assert.Equal(9, server.Log.Count);
    }

    [Theory]
    [InlineData("1s", 1d)]
    [InlineData("120ms", 0.12)]
    [InlineData("6m0s", 360d)]
    [InlineData("1h2m3.5s", 3723.5)]
    [InlineData("20", 20d)]
    [InlineData("soon", null)]
    [InlineData("5 parsecs", null)]
    public void Duration_AsHeadersStateIt_IsRead(string text, double? seconds) => Assert.Equal(seconds, Allowance.Duration(text)?.TotalSeconds);

    private static async Task<AgentOutcome[]> FanOutAsync(AgentBench bench, int count, Func<int, string?> model)
    {
        using var slots = new SemaphoreSlim(16);
        return await Task.WhenAll(Enumerable.Range(0, count).Select(async number =>
        {
            await slots.WaitAsync(TestContext.Current.CancellationToken);
            try
            {
                return await bench.RunAsync($"Task {number}.", runModel: model(number), patience: TimeSpan.FromMinutes(1));
            }
            finally
            {
                slots.Release();
            }
        }));
    }
}
