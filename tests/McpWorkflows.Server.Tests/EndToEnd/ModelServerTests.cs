using System.Net;
using System.Net.Http.Json;
using McpWorkflows.Testing.Models;

namespace McpWorkflows.Server.Tests.EndToEnd;

/// <summary>The double itself: whatever rests on it must be able to fail.</summary>
public sealed class ModelServerTests
{
    private static readonly TimeSpan Patience = TestBench.Patience;

    [Fact]
    public async Task Completion_Streamed_ComesInEventsWithUsageAndEnd()
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Text("héllo wörld, in pieces").InChunksOf(4).InSlicesOf(3));
        using var client = new HttpClient();

        var body = await (await PostAsync(client, server, stream: true)).Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.StartsWith("data: {", body);
        Assert.Contains("\"content\":\"héll\"", body);
        Assert.Contains("\"finish_reason\":\"stop\"", body);
        Assert.Contains("\"completion_tokens\":6", body);
        Assert.EndsWith("data: [DONE]\n\n", body);
    }

    [Fact]
    public async Task Completion_Whole_CarriesToolCallsWithIds()
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Call("read_file", new { path = "a.cs" }));
        using var client = new HttpClient();

        var body = await (await PostAsync(client, server, stream: false)).Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Contains("\"id\":\"call_1_0\"", body);
        Assert.Contains("""{\"path\":\"a.cs\"}""", body);
        Assert.Contains("\"finish_reason\":\"tool_calls\"", body);
    }

    [Fact]
    public async Task Completion_WithToolMessageThatAnswersNothing_IsRefused()
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Text("never"));
        using var client = new HttpClient();

        using var response = await client.PostAsJsonAsync(
            $"{server.BaseUrl}/chat/completions",
            new { model = "m", messages = new[] { new { role = "tool", content = "x", tool_call_id = "call_9" } } },
            TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Throws<InvalidOperationException>(server.Log.AssertWellFormed);
    }

    [Fact]
    public async Task RateLimit_Answered_SaysWhenToComeAgain()
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.RateLimited(TimeSpan.FromSeconds(2)));
        using var client = new HttpClient();

        using var response = await PostAsync(client, server, stream: true);

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(2), response.Headers.RetryAfter?.Delta);
    }

    [Fact]
    public async Task Log_WhenTheClientGoes_SaysAborted()
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Hang());
        using var client = new HttpClient();
        using var gone = new CancellationTokenSource();
        var waiting = PostAsync(client, server, stream: true, gone.Token);
        await server.Log.WaitForCallsAsync(1, Patience);

        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await server.Log.WaitAsync(log => log.InFlight == 0, Patience);

        Assert.Equal(CallEnd.AbortedByClient, Assert.Single(server.Log.Calls).End);
    }

    [Fact]
    public async Task Log_OfCallsThatOverlap_KnowsTheMostAtOnce()
    {
        ModelServer? server = null;
        server = await ModelServer.StartAsync(async (_, _) =>
        {
            await server!.Log.WaitAsync(log => log.HighWater == 3, Patience);
            return ModelReply.Text("together");
        });
        await using var running = server;
        using var client = new HttpClient();

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => PostAsync(client, server, stream: true)));

        server.Log.AssertHighWater(3);
        Assert.Throws<InvalidOperationException>(() => server.Log.AssertHighWater(4));
        Assert.Equal(0, server.Log.InFlight);
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, ModelServer server, bool stream, CancellationToken? gone = null) =>
        client.PostAsJsonAsync(
            $"{server.BaseUrl}/chat/completions",
            new { model = "m", stream, stream_options = new { include_usage = true }, messages = new[] { new { role = "user", content = "hello" } } },
            gone ?? TestContext.Current.CancellationToken);
}
