using McpWorkflows.Engine.Agents;
using McpWorkflows.Testing.Models;
using Xunit;

namespace McpWorkflows.Testing.Agents;

public abstract partial class AgentHostContract
{
    public static TheoryData<string> PassingFaults => ["500", "503", "cut", "cut-in-a-call", "no-end"];

    [Theory]
    [MemberData(nameof(PassingFaults))]
    public async Task Fault_Once_IsRetried(string fault)
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Text("unused"));
        server.Handler = (_, _) => Task.FromResult(server.Log.Count == 1 ? Faulty(fault) : ModelReply.Text("fine"));

        var outcome = await RunAsync(server);

        Assert.Equal(("fine", 2), (Text(outcome), outcome.Attempts));
        Assert.Contains(Progress, progress => progress.Kind == AgentProgressKind.Retrying);
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("no-end")]
    public async Task Answer_CutEveryTime_FailsWithCauseAndRemedy(string fault)
    {
        await using var server = await ModelServer.StartAsync(_ => Faulty(fault));

        var outcome = await RunAsync(server, new AgentOptions { Retries = 2 }, key: Key);

        Assert.Equal((AgentOutcomeKind.Failed, 3, 3), (outcome.Kind, outcome.Attempts, server.Log.Count));
        Assert.Contains("broke off", outcome.Failure!.Cause, StringComparison.Ordinal);
        Assert.Contains("resume", outcome.Failure.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_AtTheOutputLimit_IsContinued()
    {
        await using var server = await ModelServer.StartAsync(call => call.Turn == 0 ? ModelReply.Text("one ").Finishing("length") : ModelReply.Text("two"));

        Assert.Equal("one two", Text(await RunAsync(server)));
    }

    [Fact]
    public async Task Fault_AfterToolRounds_RepeatsOneRequestAndNoTool()
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Text("unused"));
        server.Handler = (call, _) => Task.FromResult(
            call.Turn == 0 ? ModelReply.Call("list_files", new { pattern = "*" }).WithUsage(10, 1)
            : server.Log.Count == 2 ? ModelReply.ServerError()
            : ModelReply.Text("fine").WithUsage(20, 2));

        var outcome = await RunAsync(server);

        Assert.Equal(("fine", 3), (Text(outcome), server.Log.Count));
        Assert.Single(Progress, progress => progress.Kind == AgentProgressKind.ToolCall);
        Assert.Equal(new AgentUsage(30, 3), outcome.Usage);
    }

    [Fact]
    public async Task RateLimit_WithRetryAfter_IsWaitedFor()
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Text("unused"));
        server.Handler = (_, _) => Task.FromResult(server.Log.Count == 1 ? ModelReply.RateLimited(TimeSpan.FromSeconds(1)) : ModelReply.Text("fine"));

        Assert.Equal("fine", Text(await RunAsync(server)));
        Assert.True(server.Log.Calls[1].ArrivedAt - server.Log.Calls[0].ArrivedAt >= TimeSpan.FromMilliseconds(990));
    }

    [Fact]
    public async Task RateLimit_ThatAsksForAnHour_IsASpentQuota()
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.RateLimited(TimeSpan.FromHours(1)));

        var outcome = await RunAsync(server);

        Assert.Equal((AgentOutcomeKind.QuotaExhausted, 1), (outcome.Kind, server.Log.Count));
        Assert.NotNull(outcome.RetryAt);
    }

    [Theory]
    [InlineData(401, "OPENAI_API_KEY")]
    [InlineData(403, "OPENAI_API_KEY")]
    [InlineData(404, "does not have the model default")]
    [InlineData(400, "the model may lack what the script asks for")]
    public async Task Refusal_IsTerminalWithRemedyAndWithoutTheKey(int status, string remedy)
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Error(status, $"No, {Key}!", "invalid_request_error"));

        var outcome = await RunAsync(server, key: Key);

        Assert.Equal((AgentOutcomeKind.Failed, 1), (outcome.Kind, server.Log.Count));
        Assert.Contains(remedy, outcome.Failure!.Cause, StringComparison.Ordinal);
        Assert.Contains("No, ***!", outcome.Failure.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_Refused_IsToldAtOnce()
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Text("unused"));
        server.RequiredKey = "another";

        var outcome = await RunAsync(server, key: Key);

        Assert.Equal((AgentOutcomeKind.Failed, 1), (outcome.Kind, server.Log.Count));
        Assert.Contains("does not accept the API key", outcome.Failure!.Cause, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Silence_IsAStallAndTheConnectionIsClosed(bool midway)
    {
        await using var server = await ModelServer.StartAsync(_ => midway ? ModelReply.Text(new string('x', 200)).HangMidway() : ModelReply.Hang());

        var outcome = await RunAsync(server, new AgentOptions { Stall = TimeSpan.FromMilliseconds(400), Retries = 1 });

        Assert.Equal((AgentOutcomeKind.Stalled, 2), (outcome.Kind, outcome.Attempts));
        Assert.Contains("no sign of life for 0.4 s", outcome.Failure!.Cause, StringComparison.Ordinal);
        await server.Log.WaitAsync(log => log.InFlight == 0, Patience);
    }

    [Fact]
    public async Task Cancellation_IsPromptAndReachesTheServer()
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Hang());
        using var cancelling = new CancellationTokenSource();

        var running = RunAsync(server, token: cancelling.Token);
        await server.Log.WaitForCallsAsync(1, Patience);
        await cancelling.CancelAsync();

        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(cancelling.Token, thrown.CancellationToken);
        await server.Log.WaitAsync(log => log.Calls[0].End == CallEnd.AbortedByClient, Patience);
    }

    [Fact]
    public async Task Timeout_EndsTheCallAsFailed()
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Hang());

        var outcome = await RunAsync(server, new AgentOptions { Timeout = TimeSpan.FromMilliseconds(100) });

        Assert.Equal(AgentOutcomeKind.Failed, outcome.Kind);
        Assert.Contains("timeout of 100 ms", outcome.Failure!.Cause, StringComparison.Ordinal);
    }

    private static ModelReply Faulty(string fault) => fault switch
    {
        "500" => ModelReply.ServerError(),
        "503" => ModelReply.Overloaded(),
        "cut" => ModelReply.Text(new string('x', 200)).CutMidway(),
        "cut-in-a-call" => ModelReply.Call("list_files", new { pattern = new string('x', 200) }).CutMidway(),
        "no-end" => ModelReply.Text("half an answer").WithoutEnd(),
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, null),
    };
}
