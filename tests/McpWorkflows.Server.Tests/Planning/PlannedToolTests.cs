using System.Text.Json;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Server.Tests.Tools;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace McpWorkflows.Server.Tests.Planning;

public class PlannedToolTests
{
    private const string Head = "export const meta = { name: 'fan', description: 'Fans out' }\n";

    [Fact]
    public async Task Goal_ThatMayStartManyAgents_WaitsWithItsPlanAndRunsWhenApproved()
    {
        await using var pair = await ConnectedPair.OpenAsync(Planner(Fan(30)));

        var answer = await pair.AnswerAsync("start_workflow", new { goal = "Look at thirty things", waitSeconds = 30 });

        Assert.Equal("planned", Member(answer, "state"));
        Assert.Contains("approve true", Member(answer, "next"));
        var plan = answer.GetProperty("plan");
        Assert.Equal(30, plan.GetProperty("agents").GetProperty("high").GetInt64());
        Assert.Contains("plan.approveAbove.agents", Member(plan, "waitsBecause"));
        var file = Path.Combine(pair.Folder.Path, Member(plan, "file"));
        Assert.EndsWith(Fan(30), await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        var runId = Member(answer, "runId");
        Assert.Equal(Member(plan, "file"), Member((await pair.AnswerAsync("get_status", new { runId })).GetProperty("plan"), "file"));
        Assert.Contains("waits for approval", await pair.RefusalAsync("resume", new { runId }));

        var run = await pair.AnswerAsync("resume", new { runId, approve = true, waitSeconds = 30 });

        Assert.Equal("completed", Member(run, "state"));
        Assert.Equal(30, run.GetProperty("census").GetProperty("agents").GetInt32());
        Assert.Equal(30, (await pair.AnswerAsync("get_status", new { runId, detail = "full" })).GetProperty("plan").GetProperty("agents").GetProperty("high").GetInt64());
    }

    [Fact]
    public async Task Goal_Small_RunsAtOnceAndNamesItsFile()
    {
        await using var pair = await ConnectedPair.OpenAsync(Planner(Fan(3)));

        var answer = await pair.AnswerAsync("start_workflow", new { goal = "Look at three things", waitSeconds = 30 });

        Assert.Equal("completed", Member(answer, "state"));
        Assert.True(File.Exists(Path.Combine(pair.Folder.Path, Member(answer.GetProperty("plan"), "file"))));
    }

    [Theory]
    [InlineData(30, true, "completed")]
    [InlineData(3, false, "planned")]
    public async Task Goal_WithApproveSaid_DoesThatWhateverItsSize(int agents, bool approve, string state)
    {
        await using var pair = await ConnectedPair.OpenAsync(Planner(Fan(agents)));

        Assert.Equal(state, Member(await pair.AnswerAsync("start_workflow", new { goal = "Look", approve, waitSeconds = 30 }), "state"));
    }

    [Fact]
    public async Task Goal_InAWorkspaceWhoseSettingsSayAlways_WaitsEvenWhenApproved()
    {
        await using var pair = await ConnectedPair.OpenAsync(Planner(Fan(1)));
        pair.Folder.Write(".mcpworkflows/settings.json", """{ "plan": { "approve": "always" } }""");

        var answer = await pair.AnswerAsync("start_workflow", new { goal = "Look", approve = true, waitSeconds = 30 });

        Assert.Equal("planned", Member(answer, "state"));
        Assert.Contains("\"always\"", Member(answer.GetProperty("plan"), "waitsBecause"));
    }

    [Fact]
    public async Task Goal_ThePlannerDeclines_OneAgentDoesIt()
    {
        await using var pair = await ConnectedPair.OpenAsync(new ScriptedAgents(request => ScriptedAgents.Says(
            request.Instructions is null ? $"did: {request.Prompt}" : "ONE AGENT: it is one question.")));

        var answer = await pair.AnswerAsync("start_workflow", new { goal = "What is the time?", waitSeconds = 30 });

        Assert.StartsWith("did: What is the time?", Member(answer, "result"));
        Assert.Contains("One agent does this as well", answer.GetProperty("plan").GetProperty("summary")[1].GetString());
    }

    [Fact]
    public async Task Script_HeldByApproveFalse_RunsAsEdited()
    {
        await using var pair = await ConnectedPair.OpenAsync(new ScriptedAgents());
        var runId = Member(await pair.AnswerAsync("start_workflow", new { script = Fan(2), approve = false }), "runId");

        var run = await pair.AnswerAsync("resume", new { runId, script = Fan(3), waitSeconds = 30 });

        Assert.Equal(3, run.GetProperty("census").GetProperty("agents").GetInt32());
    }

    [Fact]
    public async Task Slice_RunsThreeTellsOfTheWhole_AndGoesOnWhenApproved()
    {
        await using var pair = await ConnectedPair.OpenAsync(new ScriptedAgents());

        var answer = await pair.AnswerAsync("start_workflow", new { script = Fan(12), slice = true, waitSeconds = 30 });

        Assert.Equal("planned", Member(answer, "state"));
        Assert.Equal(3, answer.GetProperty("census").GetProperty("agents").GetInt32());
        Assert.Equal(12, answer.GetProperty("slice").GetProperty("wholeAgents").GetInt64());
        Assert.Equal(60, answer.GetProperty("slice").GetProperty("wholeOutputTokens").GetInt64());
        Assert.Equal("answer to look 0", answer.GetProperty("result")[0].GetString());

        var run = await pair.AnswerAsync("resume", new { runId = Member(answer, "runId"), approve = true, waitSeconds = 30 });

        Assert.Equal("completed", Member(run, "state"));
        Assert.Equal(3, run.GetProperty("census").GetProperty("fromJournal").GetInt32());
        Assert.Equal(12, run.GetProperty("result").GetArrayLength());
    }

    [Fact]
    public async Task Cancel_OfAPlan_DropsIt()
    {
        await using var pair = await ConnectedPair.OpenAsync(new ScriptedAgents());
        var runId = Member(await pair.AnswerAsync("start_workflow", new { script = Fan(2), approve = false }), "runId");

        Assert.Equal("cancelled", Member(await pair.AnswerAsync("cancel_workflow", new { runId }), "state"));
    }

    [Fact]
    public async Task Result_ThatDidNotConverge_SaysWhatToTell()
    {
        await using var pair = await ConnectedPair.OpenAsync(new ScriptedAgents());
        var script = Head + "return { bugs: [], search: { converged: false, stopped: 'rounds', open: ['parser'] } }\n";

        var answer = await pair.AnswerAsync("start_workflow", new { script, waitSeconds = 30 });

        Assert.Contains("tell the user what remained open", Member(answer, "next"));
    }

    [Theory]
    [InlineData("2025-06-18", true, "completed")]
    [InlineData("2026-07-28", true, "completed")]
    [InlineData("2025-06-18", false, "planned")]
    [InlineData("2026-07-28", false, "planned")]
    public async Task Plan_ClientCanAsk_ThePersonDecidesOnce(string protocol, bool agrees, string state)
    {
        var asked = new List<string>();
        await using var pair = await ConnectedPair.OpenAsync(new ScriptedAgents(), protocol, new McpClientHandlers
        {
            ElicitationHandler = (request, _) =>
            {
                asked.Add(request!.Message);
                return ValueTask.FromResult(new ElicitResult { Action = "accept", Content = new Dictionary<string, JsonElement> { ["run"] = JsonSerializer.SerializeToElement(agrees) } });
            },
        });

        var runId = Member(await pair.AnswerAsync("start_workflow", new { script = Fan(2), approve = false }), "runId");

        Assert.Equal(state, Member(await pair.AnswerAsync("get_status", new { runId, waitSeconds = 30 }), "state"));
        Assert.Contains("2 agents", Assert.Single(asked));
    }

    private static string Fan(int agents) =>
        Head + $"return await parallel([...Array({agents}).keys()].map(i => () => agent(`look ${{i}}`, {{ label: `look ${{i}}` }})))\n";

    private static ScriptedAgents Planner(string script) => new((AgentRequest request) => ScriptedAgents.Says(
        request.Instructions is null ? $"answer to {request.Prompt}" : $"```js\n{script}```"));

    private static string Member(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
