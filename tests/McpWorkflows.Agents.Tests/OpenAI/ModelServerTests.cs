using System.Net;
using System.Net.Sockets;
using McpWorkflows.Agents.Tests.Harness;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Testing.Models;

namespace McpWorkflows.Agents.Tests.OpenAI;

/// <summary>The host and its client against a model server on a real socket.</summary>
public sealed class ModelServerTests
{
    private const string Key = "sk-secret-key-0001";

    private const string Schema = """{"type":"object","properties":{"title":{"type":"string"},"lines":{"type":"array","items":{"type":"integer"}}},"required":["title","lines"]}""";

    [Fact]
    public async Task Text_Streamed_IsTheAnswerWithUsage()
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Text("Grüße, \"Welt\" 👋\nok").WithUsage(11, 7, 3).InChunksOf(2).InSlicesOf(5));
        using var bench = AgentBench.On(server.BaseUrl, Key);

        var outcome = await bench.RunAsync("Say hello.");

        Assert.Equal(AgentOutcomeKind.Succeeded, outcome.Kind);
        Assert.Equal("Grüße, \"Welt\" 👋\nok", System.Text.Json.JsonSerializer.Deserialize<string>(outcome.AnswerJson!));
        Assert.Equal(new AgentUsage(11, 7, 3), outcome.Usage);
        Assert.Equal((1, "openai/default", false), (outcome.Attempts, outcome.Model, outcome.Rehearsed));
        var call = Assert.Single(server.Log.Calls);
        Assert.Equal(("Say hello.", "default", Key), (call.Prompt, call.Model, call.ApiKey));
        Assert.True(call.Streams && call.WantsUsage);
        Assert.StartsWith("You are one agent among many", call.Instructions, StringComparison.Ordinal);
        server.Log.AssertWellFormed();
    }

    [Fact]
    public async Task Prompt_WithLoneSurrogates_IsSent()
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Text("fine"));
        using var bench = AgentBench.On(server.BaseUrl);

        Assert.Equal("\"fine\"", (await bench.RunAsync("a\ud800b 👋")).AnswerJson);
        Assert.Equal("a\ufffdb 👋", server.Log.Calls[0].Prompt);
    }

    [Fact]
    public async Task StructuredOutput_WithHalfACharacter_IsAskedAgain()
    {
        await using var server = await ModelServer.StartAsync(call => ModelReply.Call(
            "StructuredOutput", call.Turn == 0 ? "{\"title\":\"\\ud800\",\"lines\":[]}" : "{\"title\":\"\\ud83d\\udc4b\",\"lines\":[]}"));
        using var bench = AgentBench.On(server.BaseUrl);

        Assert.Equal("""{"title":"👋","lines":[]}""", JsonNormal((await bench.RunAsync(options: new AgentOptions { SchemaJson = Schema })).AnswerJson));
        Assert.Contains("surrogate", server.Log.Calls[1].ToolResults[0].Content, StringComparison.Ordinal);

        static string JsonNormal(string? json) => json!.Replace("\\uD83D\\uDC4B", "👋", StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Warm_DoesNotTouchTheNetwork()
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Text("x"));
        using var bench = AgentBench.On(server.BaseUrl);

        await bench.WarmAsync();

        Assert.Equal((0, 0), (server.Log.Count, bench.Progress.Count));
    }

    [Fact]
    public async Task Usage_NotReported_IsZeroAndNoFailure()
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Text("x").WithoutUsage());
        using var bench = AgentBench.On(server.BaseUrl);

        var outcome = await bench.RunAsync();

        Assert.Equal((AgentOutcomeKind.Succeeded, AgentUsage.None), (outcome.Kind, outcome.Usage));
        Assert.Null(server.Log.Calls[0].ApiKey);
    }

    [Fact]
    public async Task Tools_OverRealFiles_ReachTheModelAndUsageIsSummed()
    {
        await using var server = await ModelServer.StartAsync(call => call.Turn switch
        {
            0 => ModelReply.Call("search_text", new { pattern = "planted" }).AndCall("list_files", new { pattern = "**/*.cs" }).WithUsage(10, 1, 4),
            1 => ModelReply.Call("read_file", new { path = "src/a.cs" }).WithUsage(20, 2).InChunksOf(3),
            _ => ModelReply.Text(string.Join("\n---\n", call.ToolResults.Select(result => result.Content))).WithUsage(30, 3),
        });
        using var bench = AgentBench.On(server.BaseUrl);
        bench.Folder.Write("src/a.cs", "first\n// a planted line\n");

        var outcome = await bench.RunAsync();

        var text = System.Text.Json.JsonSerializer.Deserialize<string>(outcome.AnswerJson!)!;
        Assert.Equal("src/a.cs:2: // a planted line\n\n---\nsrc/a.cs\n\n---\n1\tfirst\n2\t// a planted line\n", text);
        Assert.Equal(new AgentUsage(60, 6, 4), outcome.Usage);
        Assert.Equal(
            ["search_text planted", "list_files **/*.cs", "read_file src/a.cs"],
            bench.Progress.Where(progress => progress.Kind == AgentProgressKind.ToolCall).Select(progress => progress.Detail));
        server.Log.AssertWellFormed();
    }

    [Fact]
    public async Task StructuredOutput_CalledAsTool_IsTheAnswerInTheModelsKeyOrder()
    {
        await using var server = await ModelServer.StartAsync(call => ModelReply.Answer(call, new { lines = new[] { 3, 1 }, title = "é<b>" }).InChunksOf(4));
        using var bench = AgentBench.On(server.BaseUrl);

        var outcome = await bench.RunAsync(options: new AgentOptions { SchemaJson = Schema });

        Assert.Equal("""{"lines":[3,1],"title":"é<b>"}""", outcome.AnswerJson);
        Assert.Equal(Schema, server.Log.Calls[0].AnswerSchema!.Value.GetRawText());
    }

    [Fact]
    public async Task StructuredOutput_Invalid_IsAskedAgainWithTheErrors()
    {
        await using var server = await ModelServer.StartAsync(call => call.Turn == 0
            ? ModelReply.Call("StructuredOutput", new { title = 5 })
            : ModelReply.Answer(call, new { title = call.ToolResults[^1].Content, lines = Array.Empty<int>() }));
        using var bench = AgentBench.On(server.BaseUrl);

        var outcome = await bench.RunAsync(options: new AgentOptions { SchemaJson = Schema });

        Assert.Contains("/title: must be string, but is a number (5)", outcome.AnswerJson, StringComparison.Ordinal);
        Assert.Contains("/lines: is required, but absent", outcome.AnswerJson, StringComparison.Ordinal);
        server.Log.AssertWellFormed();
    }

    [Fact]
    public async Task ToolCall_WithBrokenArguments_IsToldToTheModel()
    {
        await using var server = await ModelServer.StartAsync(call =>
            call.Turn == 0 ? ModelReply.Call("read_file", "{\"path\": \"a") : ModelReply.Text(call.ToolResults[0].Content));
        using var bench = AgentBench.On(server.BaseUrl);

        Assert.Contains("not a JSON object", (await bench.RunAsync()).AnswerJson, StringComparison.Ordinal);
        server.Log.AssertWellFormed();
    }

    public static TheoryData<string> TransientFaults => ["429", "429-after", "500", "503", "cut", "no-end", "broken", "garbage"];

    [Theory]
    [MemberData(nameof(TransientFaults))]
    public async Task TransientFault_Once_IsRetried(string fault)
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Text("unused"));
        server.Handler = (call, _) => Task.FromResult(server.Log.Count == 1 ? Faulty(fault) : ModelReply.Text("fine"));
        using var bench = AgentBench.On(server.BaseUrl);

        var outcome = await bench.RunAsync();

        Assert.Equal(("\"fine\"", 2), (outcome.AnswerJson, outcome.Attempts));
        Assert.Contains(bench.Progress, progress => progress.Kind == AgentProgressKind.Retrying);
    }

    /// <summary>The fault, what names its cause, and what names the remedy.</summary>
    public static TheoryData<string, string, string> LastingFaults => new()
    {
        { "429", "rate limit", "Wait" },
        { "503", "overloaded", "resume" },
        { "500", "500", "resume" },
        { "cut", "broke off", "resume" },
        { "no-end", "broke off", "resume" },
        { "broken", "cannot be read", "OPENAI_BASE_URL" },
        { "garbage", "cannot be read", "OPENAI_BASE_URL" },
    };

    [Theory]
    [MemberData(nameof(LastingFaults))]
    public async Task TransientFault_EveryTime_FailsWithCauseAndRemedy(string fault, string cause, string remedy)
    {
        await using var server = await ModelServer.StartAsync(_ => Faulty(fault));
        using var bench = AgentBench.On(server.BaseUrl, Key);

        var outcome = await bench.RunAsync(options: new AgentOptions { Retries = 2 });

        Assert.Equal((AgentOutcomeKind.Failed, 3, 3), (outcome.Kind, outcome.Attempts, server.Log.Count));
        Assert.Contains(cause, outcome.Failure!.Cause, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(remedy, outcome.Failure.Cause, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, outcome.Failure.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RetryAfter_IsWaitedFor()
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Text("unused"));
        server.Handler = (_, _) => Task.FromResult(server.Log.Count == 1 ? ModelReply.RateLimited(TimeSpan.FromSeconds(1)) : ModelReply.Text("fine"));
        using var bench = AgentBench.On(server.BaseUrl);

        await bench.RunAsync();

        Assert.True(server.Log.Calls[1].ArrivedAt - server.Log.Calls[0].ArrivedAt >= TimeSpan.FromMilliseconds(990));
    }

    [Fact]
    public async Task Quota_Spent_IsToldAsSuchAndNotAskedAgain()
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.QuotaSpent());
        using var bench = AgentBench.On(server.BaseUrl);

        var outcome = await bench.RunAsync();

        Assert.Equal((AgentOutcomeKind.QuotaExhausted, 1), (outcome.Kind, server.Log.Count));
        Assert.Null(outcome.RetryAt);
        Assert.Contains("quota", outcome.Failure!.Cause, StringComparison.Ordinal);
        Assert.Contains("limit", outcome.Failure.Cause, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, "OPENAI_API_KEY")]
    [InlineData(403, "OPENAI_API_KEY")]
    [InlineData(404, "does not have the model default")]
    [InlineData(400, "the model may lack what the script asks for")]
    [InlineData(418, "Check the model's name and OPENAI_BASE_URL")]
    public async Task Refusal_IsTerminalWithRemedyAndWithoutTheKey(int status, string remedy)
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Error(status, $"No, {Key}! {new string('x', 5_000)}", "invalid_request_error"));
        using var bench = AgentBench.On(server.BaseUrl, Key);

        var outcome = await bench.RunAsync();

        Assert.Equal((AgentOutcomeKind.Failed, 1), (outcome.Kind, server.Log.Count));
        Assert.Contains(remedy, outcome.Failure!.Cause, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, outcome.Failure.Cause, StringComparison.Ordinal);
        Assert.InRange(outcome.Failure.Cause.Length, 50, 600);
    }

    [Fact]
    public async Task Endpoint_Down_NamesItsOriginAndWhatToCheck()
    {
        // Taken, so that nobody else gets it, but nobody listens there.
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        using var bench = AgentBench.On($"http://user:pass@127.0.0.1:{port}/v1");

        var outcome = await bench.RunAsync(options: new AgentOptions { Retries = 1 });

        Assert.Equal((AgentOutcomeKind.Failed, 2), (outcome.Kind, outcome.Attempts));
        Assert.Contains($"http://127.0.0.1:{port}: the connection was refused", outcome.Failure!.Cause, StringComparison.Ordinal);
        Assert.Contains("OPENAI_BASE_URL", outcome.Failure.Cause, StringComparison.Ordinal);
        Assert.DoesNotContain("pass", outcome.Failure.Cause, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Hang_IsStalledAndTheConnectionClosed(bool midway)
    {
        await using var server = await ModelServer.StartAsync(_ => midway ? ModelReply.Text(new string('x', 200)).HangMidway() : ModelReply.Hang());
        using var bench = AgentBench.On(server.BaseUrl);

        var outcome = await bench.RunAsync(options: new AgentOptions { Stall = TimeSpan.FromMilliseconds(150), Retries = 1 });

        Assert.Equal((AgentOutcomeKind.Stalled, 2), (outcome.Kind, outcome.Attempts));
        Assert.Contains("no sign of life for 0.15 s", outcome.Failure!.Cause, StringComparison.Ordinal);
        await server.Log.WaitAsync(log => log.InFlight == 0, AgentBench.Patience);
    }

    [Fact]
    public async Task SlowStream_WithSignsOfLife_IsNotStalled()
    {
        // Less than half of a stall: the client sets a timer of its progress too, after which time passes once more.
        var time = new ManualTime();
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Text("abcdefghij").InChunksOf(1).Paced(time.PassEach(TimeSpan.FromMilliseconds(500))));
        using var bench = AgentBench.On(server.BaseUrl, time: time);

        var outcome = await bench.RunAsync(options: new AgentOptions { Stall = TimeSpan.FromMilliseconds(1_200) });

        Assert.Equal(("\"abcdefghij\"", 1), (outcome.AnswerJson, outcome.Attempts));
        Assert.Contains(bench.Progress, progress => progress.Kind == AgentProgressKind.Text);
    }

    [Fact]
    public async Task Cancellation_IsPromptAndReachesTheServer()
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Hang());
        using var bench = AgentBench.On(server.BaseUrl);
        using var cancelling = new CancellationTokenSource();

        var running = bench.RunAsync(token: cancelling.Token);
        await server.Log.WaitForCallsAsync(1, AgentBench.Patience);
        await cancelling.CancelAsync();

        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(cancelling.Token, thrown.CancellationToken);
        await server.Log.WaitAsync(log => log.Calls[0].End == CallEnd.AbortedByClient, AgentBench.Patience);
    }

    [Fact]
    public async Task Timeout_EndsTheCallAsFailed()
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Hang());
        using var bench = AgentBench.On(server.BaseUrl);

        var outcome = await bench.RunAsync(options: new AgentOptions { Timeout = TimeSpan.FromMilliseconds(100) });

        Assert.Equal(AgentOutcomeKind.Failed, outcome.Kind);
        Assert.Contains("timeout of 100 ms", outcome.Failure!.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StreamOptions_Refused_AreLeftOutFromThenOn()
    {
        await using var server = await ModelServer.StartAsync(call => call.Body.TryGetProperty("stream_options", out _)
            ? ModelReply.Error(400, "unknown field stream_options", "invalid_request_error")
            : ModelReply.Text("fine"));
        using var bench = AgentBench.On(server.BaseUrl);

        await bench.RunAsync();
        await bench.RunAsync();

        Assert.Equal([true, false, false], server.Log.Calls.Select(call => call.WantsUsage));
    }

    [Fact]
    public async Task Tools_NotSupported_FallBackToJsonSchemaMode()
    {
        await using var server = await ModelServer.StartAsync(call => call.Tools.Count > 0
            ? ModelReply.Error(400, "model 'tiny' does not support tools", "api_error")
            : ModelReply.Answer(call, new { title = "t", lines = new[] { 1 } }));
        using var bench = AgentBench.On(server.BaseUrl);

        var outcome = await bench.RunAsync(options: new AgentOptions { SchemaJson = Schema });

        Assert.Equal("""{"title":"t","lines":[1]}""", outcome.AnswerJson);
        Assert.Equal("json_schema", server.Log.Calls[1].Body.GetProperty("response_format").GetProperty("type").GetString());
    }

    [Fact]
    public async Task ManyCalls_AtOnce_AreNotHeldBackByThePool()
    {
        var all = new TaskCompletionSource();
        await using var server = await ModelServer.StartAsync(async (call, token) =>
        {
            if (call.Number == 16)
            {
                all.SetResult();
            }

            await all.Task.WaitAsync(token);
            return ModelReply.Text("x");
        });
        using var bench = AgentBench.On(server.BaseUrl);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => bench.RunAsync()));

        Assert.All(outcomes, outcome => Assert.Equal(AgentOutcomeKind.Succeeded, outcome.Kind));
        server.Log.AssertHighWater(16);
    }

    private static ModelReply Faulty(string fault) => fault switch
    {
        "429" => ModelReply.RateLimited(),
        "429-after" => ModelReply.RateLimited(TimeSpan.Zero),
        "500" => ModelReply.ServerError(),
        "503" => ModelReply.Overloaded(),
        "cut" => ModelReply.Text(new string('x', 500)).CutMidway(),
        "no-end" => ModelReply.Text("half").WithoutEnd(),
        "broken" => ModelReply.BrokenJson(),
        _ => ModelReply.Garbage(),
    };
}
