using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using McpWorkflows.Server.Surface;
using McpWorkflows.Server.Tests.Http;
using McpWorkflows.Server.Tests.Tools;

namespace McpWorkflows.Server.Tests.Tasks;

public class RunTaskTests
{
    private const string OneAgent = "export const meta = { name: 'one', description: 'One agent' }\nphase('Greet')\nreturn await agent('hello', { label: 'greeter' })\n";

    [Fact]
    public async Task StartWorkflow_ClientDeclaresTasks_AnswersWithATaskNamedAsTheRun()
    {
        var agents = new ScriptedAgents { Gated = true };
        await using var bench = await HttpBench.StartAsync(agents);

        var created = await bench.CallAsync("start_workflow", new JsonObject { ["script"] = OneAgent, ["waitSeconds"] = 45 }, Declared());
        await agents.Started;
        var id = created.GetProperty("taskId").GetString()!;
        var working = await GetAsync(bench, id);
        agents.Open();
        var ended = await UntilEndedAsync(bench, id);

        Assert.Equal("task", created.GetProperty("resultType").GetString());
        Assert.StartsWith("wf_", id);
        Assert.InRange(created.GetProperty("pollIntervalMs").GetInt32(), 2_000, 5_000);
        Assert.Equal("working", working.GetProperty("status").GetString());
        Assert.Contains("1 running", working.GetProperty("statusMessage").GetString());
        Assert.Equal("completed", ended.GetProperty("status").GetString());
        var result = ended.GetProperty("result").GetProperty("structuredContent");
        Assert.Equal(id, result.GetProperty("runId").GetString());
        Assert.Equal("answer to hello", result.GetProperty("result").GetString());
        Assert.Equal("completed", (await bench.CallAsync("get_status", new JsonObject { ["runId"] = id })).GetProperty("structuredContent").GetProperty("state").GetString());
    }

    [Fact]
    public async Task StartWorkflow_WithoutTheExtensionOrWithTasksOff_AnswersPlainly()
    {
        await using var bench = await HttpBench.StartAsync(new ScriptedAgents());
        await using var off = await HttpBench.StartAsync(new ScriptedAgents(), surface: new SurfaceOptions { Tasks = false });

        var plain = await bench.CallAsync("start_workflow", new JsonObject { ["script"] = OneAgent, ["waitSeconds"] = 30 });
        var refused = await off.CallAsync("start_workflow", new JsonObject { ["script"] = OneAgent, ["waitSeconds"] = 30 }, Declared());
        var (status, _) = await off.SendAsync(off.Request("tasks/get", new JsonObject { ["taskId"] = "wf_x" }, Declared(), "wf_x"));

        Assert.Equal("completed", plain.GetProperty("structuredContent").GetProperty("state").GetString());
        Assert.Equal("completed", refused.GetProperty("structuredContent").GetProperty("state").GetString());
        Assert.Equal(HttpStatusCode.NotFound, status);
    }

    [Fact]
    public async Task Script_Fails_TheTaskIsCompletedWithIsError()
    {
        await using var bench = await HttpBench.StartAsync(new ScriptedAgents());

        var created = await bench.CallAsync(
            "start_workflow", new JsonObject { ["script"] = "export const meta = { name: 'x', description: 'y' }\nthrow new Error('nothing works')\n" }, Declared());
        var ended = await UntilEndedAsync(bench, created.GetProperty("taskId").GetString()!);

        Assert.Equal("completed", ended.GetProperty("status").GetString());
        Assert.True(ended.GetProperty("result").GetProperty("isError").GetBoolean());
        Assert.Contains("nothing works", ended.GetProperty("result").GetRawText());
    }

    [Fact]
    public async Task Script_Refused_IsAnsweredAtOnceWithoutATask()
    {
        await using var bench = await HttpBench.StartAsync(new ScriptedAgents());

        var answer = await bench.CallAsync("start_workflow", new JsonObject { ["script"] = "const a = ;" }, Declared());

        Assert.True(answer.GetProperty("isError").GetBoolean());
        Assert.False(answer.TryGetProperty("taskId", out _));
    }

    [Fact]
    public async Task Cancel_Twice_IsAcknowledgedTwiceAndTheRunIsCancelled()
    {
        var agents = new ScriptedAgents { Gated = true };
        await using var bench = await HttpBench.StartAsync(agents);
        var id = (await bench.CallAsync("start_workflow", new JsonObject { ["script"] = OneAgent }, Declared())).GetProperty("taskId").GetString()!;
        await agents.Started;

        var (first, _) = await bench.SendAsync(bench.Request("tasks/cancel", new JsonObject { ["taskId"] = id }, Declared(), id));
        var ended = await UntilEndedAsync(bench, id);
        var (second, again) = await bench.SendAsync(bench.Request("tasks/cancel", new JsonObject { ["taskId"] = id }, Declared(), id));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first, second));
        Assert.Equal("complete", again.GetProperty("result").GetProperty("resultType").GetString());
        Assert.Equal("cancelled", ended.GetProperty("status").GetString());
    }

    private static JsonObject Declared() => new() { ["extensions"] = new JsonObject { ["io.modelcontextprotocol/tasks"] = new JsonObject() } };

    private static async Task<JsonElement> GetAsync(HttpBench bench, string id) =>
        (await bench.SendAsync(bench.Request("tasks/get", new JsonObject { ["taskId"] = id }, Declared(), id))).Message.GetProperty("result");

    // As a client does: by asking. The run's own wait keeps the test from spinning.
    private static async Task<JsonElement> UntilEndedAsync(HttpBench bench, string id)
    {
        await bench.CallAsync("get_status", new JsonObject { ["runId"] = id, ["waitSeconds"] = 30 });
        return await GetAsync(bench, id);
    }
}
