using System.Diagnostics;
using McpWorkflows.Agents.Tests.Harness;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Testing.Models;

namespace McpWorkflows.Agents.Tests.Limits;

/// <summary>An endpoint that admits a tenth of what the agents could ask for, on real sockets; a minute takes three seconds.</summary>
public sealed class RateLimitedEndpointTests(ITestOutputHelper output)
{
    private const int Agents = 500;
    private const int Width = 16;

    private static readonly TimeSpan Minute = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(25);

    // 16 at a time and 25 ms each would be 640 a second; a tenth of that is let in.
    private static readonly double RequestsPerMinute = Width / Latency.TotalSeconds / 10 * Minute.TotalSeconds;

    [Theory]
    [InlineData(LimitHeaders.OpenAI, 1_000_000)]
    [InlineData(LimitHeaders.Anthropic, 1_000_000)]
    [InlineData(LimitHeaders.OpenAI, 150)]
    [InlineData(LimitHeaders.RetryAfter, 1_000_000)]
    [InlineData(LimitHeaders.None, 1_000_000)]
    public async Task FiveHundredAgents_AtATenthOfTheirDemand_AllFinishNearTheLimitsOwnTime(LimitHeaders headers, double tokensPerRequest)
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Text("done").After(Latency).WithUsage(180, 20));
        var limiter = new RateLimiter(Minute, RequestsPerMinute, RequestsPerMinute * tokensPerRequest) { Headers = headers };
        server.Limiter = limiter;
        using var bench = AgentBench.On(server.BaseUrl);
        using var slots = new SemaphoreSlim(Width);
        var watch = Stopwatch.StartNew();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, Agents).Select(async number =>
        {
            await slots.WaitAsync(TestContext.Current.CancellationToken);
            try
            {
                return await bench.RunAsync($"Task {number}.", patience: TimeSpan.FromMinutes(2));
            }
            finally
            {
                slots.Release();
            }
        }));

        var (wall, dictated) = (watch.Elapsed, limiter.Dictates(Agents, limiter.TokensAdmitted));
        output.WriteLine($"{headers}: {wall.TotalSeconds:0.00} s where the limit dictates {dictated.TotalSeconds:0.00} s ({wall / dictated:0.00}); {limiter.Refused} times 429 ({100.0 * limiter.Refused / Agents:0.0}%)");
        // The run keeps within 15% and 5%; the rest is what a loaded machine may take.
        Assert.InRange(wall, dictated * 0.95, (dictated * 1.15) + TimeSpan.FromSeconds(2));
        Assert.InRange(limiter.Refused, 0, Agents * (headers is LimitHeaders.OpenAI or LimitHeaders.Anthropic ? 5 : 8) / 100);
        Assert.All(outcomes, outcome => Assert.Equal(AgentOutcomeKind.Succeeded, outcome.Kind));
        Assert.Equal(Agents, limiter.Admitted);
    }

    [Fact]
    public async Task EndpointThatTakesTwelveAtATime_UnderAFanOutOfSixteen_RefusesFewAndLosesNone()
    {
        var (served, refused) = (0, 0);
        await using var server = await ModelServer.StartAsync(async (_, token) =>
        {
            try
            {
                if (Interlocked.Increment(ref served) > 12)
                {
                    Interlocked.Increment(ref refused);
                    return ModelReply.RateLimited();
                }

                await Task.Delay(Latency, token);
                return ModelReply.Text("done");
            }
            finally
            {
                Interlocked.Decrement(ref served);
            }
        });
        using var bench = AgentBench.On(server.BaseUrl);
        using var slots = new SemaphoreSlim(Width);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, Agents).Select(async number =>
        {
            await slots.WaitAsync(TestContext.Current.CancellationToken);
            try
            {
                return await bench.RunAsync($"Task {number}.", new AgentOptions { Retries = 1 }, patience: TimeSpan.FromMinutes(2));
            }
            finally
            {
                slots.Release();
            }
        }));

        output.WriteLine($"{refused} times 429");
        Assert.All(outcomes, outcome => Assert.Equal(AgentOutcomeKind.Succeeded, outcome.Kind));
        Assert.InRange(refused, 1, Agents / 10);
    }

    /// <summary>Without a word on when to come back, and where the script does not say how often to retry.</summary>
    [Fact]
    public async Task EndpointThatRefusesTenTimesInARow_IsWaitedFor()
    {
        await using var server = await ModelServer.StartAsync(call => call.Number <= 10 ? ModelReply.RateLimited() : ModelReply.Text("ok"));
        using var bench = AgentBench.On(server.BaseUrl);

        Assert.Equal("\"ok\"", (await bench.RunAsync()).AnswerJson);
    }
}
