using McpWorkflows.Server.Tests.Tools;
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

    [Theory]
    [InlineData("2025-11-25")]
    [InlineData("2026-07-28")]
    public async Task Run_OnTheModelOfAClientThatOffersNone_IsRefusedWithTheRemedy(string protocol)
    {
        await using var pair = await ConnectedPair.OpenAsync(null, protocol);

        Assert.Contains("sampling", await pair.RefusalAsync("start_workflow", new { script = TwoAgents, model = "client/any" }));
    }
}
