using McpWorkflows.Server.Tests.Processes;
using McpWorkflows.Server.Tests.Tools;
using McpWorkflows.Testing.Time;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace McpWorkflows.Server.Tests.Sampling;

public class ClientModelTests
{
    private const string TwoAgents = "export const meta = { name: 'two', description: 'Two agents' }\nreturn await parallel([() => agent('first'), () => agent('second')])\n";

    [Fact]
    public async Task Run_OnTheClientsModel_AsksTheClient()
    {
        var asked = 0;
        await using var pair = await ConnectedPair.OpenAsync(null, "2025-11-25", new McpClientHandlers
        {
            SamplingHandler = (request, _, _) =>
            {
                Interlocked.Increment(ref asked);
                return ValueTask.FromResult(new CreateMessageResult
                {
                    Model = "the-clients-own",
                    Role = Role.Assistant,
                    Content = [new TextContentBlock { Text = "sampled" }],
                });
            },
        });

        var answer = await pair.AnswerAsync("start_workflow", new { script = TwoAgents, model = "client/any", waitSeconds = 30 });

        Assert.Equal("completed", answer.GetProperty("state").GetString());
        Assert.Equal("""["sampled","sampled"]""", answer.GetProperty("result").GetRawText());
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task Run_TheClientsModelNeverAnswers_EndsWithTheCauseAndTheRemedy()
    {
        var asked = 0;
        var both = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var pair = await ConnectedPair.OpenAsync(null, "2025-11-25", Model(async cancellationToken =>
        {
            if (Interlocked.Increment(ref asked) == 2)
                both.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return "never";
        }));
        var time = new ManualTime();
        pair.Workbench.Models.Clients.Time = time;

        var running = pair.AnswerAsync("start_workflow", new { script = TwoAgents, model = "client/any", waitSeconds = 45 });
        await both.Task.WaitAsync(ServerProcess.Timeout, TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromMinutes(5));
        var answer = await running;

        Assert.Equal("completed_with_failures", answer.GetProperty("state").GetString());
        Assert.Equal(2, asked);
        var full = await pair.AnswerAsync("get_status", new { runId = answer.GetProperty("runId").GetString(), detail = "full" });
        Assert.Contains("did not answer within 300 s", full.GetProperty("failures")[0].GetProperty("cause").GetString());
    }

    [Fact]
    public async Task Run_ThePersonRefusesTheRequest_EndsWithWhatTheClientSaid()
    {
        await using var pair = await ConnectedPair.OpenAsync(
            null, "2025-11-25", Model(_ => throw new ModelContextProtocol.McpException("User rejected sampling request")));

        var answer = await pair.AnswerAsync("start_workflow", new { script = TwoAgents, model = "client/any", waitSeconds = 30 });

        Assert.Equal("completed_with_failures", answer.GetProperty("state").GetString());
        var full = await pair.AnswerAsync("get_status", new { runId = answer.GetProperty("runId").GetString(), detail = "full" });
        Assert.Contains("User rejected", full.GetProperty("failures")[0].GetProperty("cause").GetString());
    }

    [Fact]
    public async Task Client_Leaves_ItsModelIsOfferedNoMore()
    {
        await using var pair = await ConnectedPair.OpenAsync(null, "2025-11-25", Model(_ => Task.FromResult("sampled")));
        var clients = pair.Workbench.Models.Clients;
        var runId = (await pair.AnswerAsync("start_workflow", new { script = TwoAgents, model = "client/any", waitSeconds = 30 })).GetProperty("runId").GetString()!;
        Assert.True(clients.IsOffered);
        Assert.NotNull(clients.Find(runId));

        await pair.LeaveAsync();

        Assert.False(clients.IsOffered);
        Assert.Null(clients.Find(runId));
    }

    [Theory]
    [InlineData("2025-11-25")]
    [InlineData("2026-07-28")]
    public async Task Run_OnTheModelOfAClientThatOffersNone_IsRefusedWithTheRemedy(string protocol)
    {
        await using var pair = await ConnectedPair.OpenAsync(null, protocol);

        Assert.Contains("sampling", await pair.RefusalAsync("start_workflow", new { script = TwoAgents, model = "client/any" }));
    }

    private static McpClientHandlers Model(Func<CancellationToken, Task<string>> answer) => new()
    {
        SamplingHandler = async (_, _, cancellationToken) => new CreateMessageResult
        {
            Model = "the-clients-own",
            Role = Role.Assistant,
            Content = [new TextContentBlock { Text = await answer(cancellationToken) }],
        },
    };
}
