using System.Collections.Concurrent;
using System.Text.Json;
using McpWorkflows.Server.Tests.Processes;
using ModelContextProtocol;

namespace McpWorkflows.Server.Tests.Tools;

public class ServerToolsTests
{
    private const string OneAgent = "export const meta = { name: 'one', description: 'One agent' }\nreturn await agent('hello', { label: 'greeter' })\n";

    [Fact]
    public async Task StartWorkflow_WaitSeconds_ReturnsResultAndCensus()
    {
        await using var pair = await ConnectedPair.OpenAsync(new ScriptedAgents());

        var answer = await pair.AnswerAsync("start_workflow", new { script = OneAgent, waitSeconds = 30 });

        Assert.Equal("completed", Member(answer, "state"));
        Assert.Equal("answer to hello", Member(answer, "result"));
        Assert.Equal(1, answer.GetProperty("census").GetProperty("agents").GetInt32());
        Assert.Equal(5, answer.GetProperty("usage").GetProperty("outputTokens").GetInt64());
        Assert.StartsWith("wf_", Member(answer, "runId"));
    }

    [Fact]
    public async Task StartWorkflow_ByDefault_AnswersWhileAgentsAreAtWork()
    {
        var agents = new ScriptedAgents { Gated = true };
        await using var pair = await ConnectedPair.OpenAsync(agents);

        var answer = await pair.AnswerAsync("start_workflow", new { script = OneAgent });

        Assert.Equal("running", Member(answer, "state"));
        Assert.Contains("get_status", Member(answer, "next"));
        agents.Open();
    }

    [Theory]
    [InlineData("""{}""", "none was given")]
    [InlineData("""{"name":"a","goal":"b"}""", "name, goal")]
    public async Task StartWorkflow_NotExactlyOneSource_SaysWhich(string arguments, string expected)
    {
        await using var pair = await ConnectedPair.OpenAsync(new ScriptedAgents());

        Assert.Contains(expected, await pair.RefusalAsync("start_workflow", JsonDocument.Parse(arguments).RootElement));
    }

    [Fact]
    public async Task StartWorkflow_BrokenScript_NamesLineAndCause()
    {
        await using var pair = await ConnectedPair.OpenAsync(new ScriptedAgents());

        var message = await pair.RefusalAsync("start_workflow", new { script = "export const meta = { name: 'x', description: 'y' }\nconst a = ;\n" });

        Assert.Contains("workflow.js:2:", message);
        Assert.Contains("const a = ;", message);
        Assert.DoesNotContain(" at McpWorkflows", message);
    }

    [Fact]
    public async Task StartWorkflow_BrokenScriptAndUnusableModel_NamesTheScriptFirst()
    {
        await using var pair = await ConnectedPair.OpenAsync(null);

        var message = await pair.RefusalAsync(
            "start_workflow", new { model = "acme/x", script = "export const meta = { name: 'x', description: 'y' }\nconst a = ;\n" });

        Assert.Contains("workflow.js:2:", message);
    }

    [Fact]
    public async Task StartWorkflow_UnknownName_SuggestsTheNearest()
    {
        await using var pair = await ConnectedPair.OpenAsync(new ScriptedAgents());
        pair.Folder.Write(".mcpworkflows/workflows/code-review.js", OneAgent.Replace("'one'", "'code-review'"));

        Assert.Contains("Did you mean 'code-review'?", await pair.RefusalAsync("start_workflow", new { name = "code-reveiw" }));
    }

    [Fact]
    public async Task StartWorkflow_SavedByName_Runs()
    {
        await using var pair = await ConnectedPair.OpenAsync(new ScriptedAgents());
        pair.Folder.Write(".claude/workflows/one.js", OneAgent);

        var answer = await pair.AnswerAsync("start_workflow", new { name = "one", waitSeconds = 30 });

        Assert.Equal("completed", Member(answer, "state"));
    }

    [Theory]
    [InlineData("""{"list":[1,2]}""")]
    [InlineData("""
        "{\"list\":[1,2]}"
        """)]
    public async Task StartWorkflow_ArgsAsObjectOrAsText_ReachTheScriptAlike(string args)
    {
        await using var pair = await ConnectedPair.OpenAsync(new ScriptedAgents());
        var script = "export const meta = { name: 'sum', description: 'Sum' }\nreturn args.list.reduce((a, b) => a + b)\n";

        var answer = await pair.AnswerAsync("start_workflow", new { script, args = JsonDocument.Parse(args).RootElement, waitSeconds = 30 });

        Assert.Equal(3, answer.GetProperty("result").GetInt32());
    }

    [Fact]
    public async Task StartWorkflow_Goal_PlansAndRunsTheScript()
    {
        var agents = new ScriptedAgents(request => ScriptedAgents.Says(
            request.Instructions is null ? "42" : $"Here you are.\n```js\n{OneAgent}```\nEnjoy."));
        await using var pair = await ConnectedPair.OpenAsync(agents);

        var answer = await pair.AnswerAsync("start_workflow", new { goal = "Greet the world", waitSeconds = 30 });

        Assert.Equal("42", Member(answer, "result"));
        Assert.Equal(5, answer.GetProperty("planner").GetProperty("outputTokens").GetInt64());
    }

    [Fact]
    public async Task GetStatus_AgentFailed_ListsCauseAndState()
    {
        await using var pair = await ConnectedPair.OpenAsync(new ScriptedAgents(_ => ScriptedAgents.Fails("rate limit: 429 after 3 attempts")));

        var answer = await pair.AnswerAsync("start_workflow", new { script = OneAgent, waitSeconds = 30 });

        Assert.Equal("completed_with_failures", Member(answer, "state"));
        var failure = Assert.Single(answer.GetProperty("failures").EnumerateArray());
        Assert.Equal("greeter", Member(failure, "label"));
        Assert.Contains("rate limit", Member(failure, "cause"));
    }

    [Fact]
    public async Task GetStatus_ClientGivesUp_RunGoesOn()
    {
        var agents = new ScriptedAgents { Gated = true };
        await using var pair = await ConnectedPair.OpenAsync(agents);
        var runId = Member(await pair.AnswerAsync("start_workflow", new { script = OneAgent }), "runId");
        await agents.Started;
        using var patience = new CancellationTokenSource();
        var wait = pair.CallAsync("get_status", new { runId, waitSeconds = 45 }, cancellationToken: patience.Token);

        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        agents.Open();

        var answer = await pair.AnswerAsync("get_status", new { runId, waitSeconds = 30 });
        Assert.Equal("completed", Member(answer, "state"));
    }

    [Fact]
    public async Task GetStatus_WithProgressToken_ValuesRiseAndNothingFollowsTheAnswer()
    {
        var agents = new ScriptedAgents { Gated = true };
        await using var pair = await ConnectedPair.OpenAsync(agents);
        var runId = Member(await pair.AnswerAsync("start_workflow", new { script = OneAgent }), "runId");
        var heard = new ProgressLog();
        var wait = pair.AnswerAsync("get_status", new { runId, waitSeconds = 30 }, heard);
        await heard.First;
        agents.Open();

        Assert.Equal("completed", Member(await wait, "state"));
        var values = heard.Values;
        await pair.AnswerAsync("get_status", new { runId });

        Assert.NotEmpty(values);
        Assert.Equal(values.Count, heard.Values.Count);
        Assert.Equal(values.Select(value => value.Progress).Distinct().Order(), values.Select(value => value.Progress));
        Assert.All(values, value => Assert.InRange(value.Message!.Length, 1, 199));
    }

    [Fact]
    public async Task GetStatus_LongResult_IsReadToItsEndByNext()
    {
        await using var pair = await ConnectedPair.OpenAsync(new ScriptedAgents());
        var script = "export const meta = { name: 'long', description: 'Long' }\nreturn 'abcdefghij'.repeat(2000)\n";
        var answer = await pair.AnswerAsync("start_workflow", new { script, waitSeconds = 30 });
        var text = Member(answer, "result");
        Assert.Equal(20_000, answer.GetProperty("resultChars").GetInt32());

        while (Member(answer, "next") is var next && next.IndexOf("result:", StringComparison.Ordinal) is var at and >= 0)
        {
            answer = await pair.AnswerAsync("get_status", new { runId = Member(answer, "runId"), detail = next[at..next.IndexOf('"', at)] });
            text += Member(answer, "result");
        }

        Assert.Equal(string.Concat(Enumerable.Repeat("abcdefghij", 2_000)), text);
    }

    [Fact]
    public async Task GetStatus_Full_ListsCallsAndLog()
    {
        await using var pair = await ConnectedPair.OpenAsync(new ScriptedAgents());
        var script = "export const meta = { name: 'x', description: 'y' }\nphase('Ask')\nlog('about to ask')\nreturn await agent('hello', { label: 'greeter' })\n";
        var runId = Member(await pair.AnswerAsync("start_workflow", new { script, waitSeconds = 30 }), "runId");

        var answer = await pair.AnswerAsync("get_status", new { runId, detail = "full" });

        Assert.Contains(answer.GetProperty("calls").EnumerateArray(), call => call.GetString() == "#1 greeter: succeeded");
        Assert.Contains(answer.GetProperty("log").EnumerateArray(), line => line.GetString()!.Contains("about to ask", StringComparison.Ordinal));
        Assert.Contains(answer.GetProperty("phases").EnumerateArray(), phase => phase.GetString() == "Ask: 1 of 1 done");
    }

    [Fact]
    public async Task GetStatus_WithoutRunId_ListsTheLatestRuns()
    {
        await using var pair = await ConnectedPair.OpenAsync(new ScriptedAgents());
        var runId = Member(await pair.AnswerAsync("start_workflow", new { script = OneAgent, waitSeconds = 30 }), "runId");

        var answer = await pair.AnswerAsync("get_status", new { });

        Assert.Equal(runId, Member(Assert.Single(answer.GetProperty("runs").EnumerateArray()), "runId"));
    }

    [Theory]
    [InlineData("get_status")]
    [InlineData("resume")]
    [InlineData("cancel_workflow")]
    public async Task AnyTool_UnknownRun_SaysWhatToDo(string tool)
    {
        await using var pair = await ConnectedPair.OpenAsync(new ScriptedAgents());

        Assert.Contains("There is no run 'wf_nowhere'", await pair.RefusalAsync(tool, new { runId = "wf_nowhere" }));
    }

    [Fact]
    public async Task CancelWorkflow_Running_EndsIt()
    {
        var agents = new ScriptedAgents { Gated = true };
        await using var pair = await ConnectedPair.OpenAsync(agents);
        var runId = Member(await pair.AnswerAsync("start_workflow", new { script = OneAgent }), "runId");
        await agents.Started;

        Assert.Equal("cancelled", Member(await pair.AnswerAsync("cancel_workflow", new { runId }), "state"));
        Assert.Equal("cancelled", Member(await pair.AnswerAsync("cancel_workflow", new { runId }), "state"));
    }

    [Fact]
    public async Task CancelWorkflow_OneAgent_SkipsItAndTheRunGoesOn()
    {
        var agents = new ScriptedAgents { Gated = true };
        await using var pair = await ConnectedPair.OpenAsync(agents);
        var runId = Member(await pair.AnswerAsync("start_workflow", new { script = OneAgent }), "runId");
        await agents.Started;

        Assert.Contains("greeter", await pair.RefusalAsync("cancel_workflow", new { runId, agent = "nobody" }));
        await pair.AnswerAsync("cancel_workflow", new { runId, agent = "greeter" });

        var answer = await pair.AnswerAsync("get_status", new { runId, waitSeconds = 30 });
        Assert.Equal(1, answer.GetProperty("census").GetProperty("skipped").GetInt32());
        Assert.NotEqual("cancelled", Member(answer, "state"));
    }

    [Fact]
    public async Task Resume_AfterScriptError_ReusesTheFinishedAgent()
    {
        await using var pair = await ConnectedPair.OpenAsync(new ScriptedAgents());
        var broken = OneAgent.Replace("return await", "const a = await") + "return a.b.c\n";
        var failed = await pair.AnswerAsync("start_workflow", new { script = broken, waitSeconds = 30 });
        Assert.Equal("failed", Member(failed, "state"));
        Assert.Contains("workflow.js:3:", Member(failed, "error"));

        var answer = await pair.AnswerAsync("resume", new { runId = Member(failed, "runId"), script = OneAgent, waitSeconds = 30 });

        Assert.Equal("completed", Member(answer, "state"));
        Assert.Equal(1, answer.GetProperty("census").GetProperty("fromJournal").GetInt32());
    }

    [Fact]
    public async Task ListWorkflows_SavedOnes_AreDescribedWithoutAbsolutePaths()
    {
        await using var pair = await ConnectedPair.OpenAsync(new ScriptedAgents());
        pair.Folder.Write(".mcpworkflows/workflows/one.js", OneAgent);

        var answer = await pair.AnswerAsync("list_workflows", new { });

        var item = answer.GetProperty("workflows").EnumerateArray().Single(workflow => Member(workflow, "name") == "one");
        Assert.Equal("One agent", Member(item, "description"));
        Assert.Equal(".mcpworkflows/workflows/one.js", Member(item, "path"));
    }

    [Fact]
    public async Task ListWorkflows_WhatAPolicyForbids_SaysSo()
    {
        await using var pair = await ConnectedPair.OpenAsync(new ScriptedAgents());
        pair.Folder.Write(".mcpworkflows/workflows/one.js", OneAgent);
        pair.Folder.Write(".mcpworkflows/settings.json", """{ "policy": { "workflows": ["code-*"] } }""");

        var listed = (await pair.AnswerAsync("list_workflows", new { })).GetProperty("workflows").EnumerateArray().ToDictionary(workflow => Member(workflow, "name")!);

        Assert.Contains("policy.workflows in .mcpworkflows/settings.json", Member(listed["one"], "error"));
        Assert.False(listed["code-review"].TryGetProperty("error", out _));
    }

    [Theory]
    [InlineData("2024-11-05")]
    [InlineData("2025-03-26")]
    [InlineData("2025-06-18")]
    [InlineData("2025-11-25")]
    [InlineData("2026-07-28")]
    public async Task Server_EveryRevision_ListsEveryToolAndAnswers(string protocol)
    {
        await using var pair = await ConnectedPair.OpenAsync(new ScriptedAgents(), protocol);

        var tools = await pair.Client.ListToolsAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(protocol, pair.Client.NegotiatedProtocolVersion);
        Assert.Equal(6, tools.Count);
        Assert.Equal("completed", Member(await pair.AnswerAsync("start_workflow", new { script = OneAgent, waitSeconds = 30 }), "state"));
    }

    [Fact]
    public async Task Server_UnknownTool_IsAProtocolError()
    {
        await using var pair = await ConnectedPair.OpenAsync(new ScriptedAgents());

        var error = await Assert.ThrowsAsync<McpProtocolException>(() => pair.CallAsync("start_workflows", new { }, cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(McpErrorCode.InvalidParams, error.ErrorCode);
    }

    private static string Member(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private sealed class ProgressLog : IProgress<ProgressNotificationValue>
    {
        private readonly ConcurrentQueue<ProgressNotificationValue> values = new();
        private readonly TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IReadOnlyList<ProgressNotificationValue> Values => [.. values];

        public Task First => first.Task.WaitAsync(ServerProcess.Timeout);

        public void Report(ProgressNotificationValue value)
        {
            values.Enqueue(value);
            first.TrySetResult();
        }
    }
}
