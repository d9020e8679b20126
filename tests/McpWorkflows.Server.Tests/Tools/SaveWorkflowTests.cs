using System.Text.Json.Nodes;
using McpWorkflows.Server.Tests.Processes;
using McpWorkflows.Server.Tests.Surface;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace McpWorkflows.Server.Tests.Tools;

public class SaveWorkflowTests
{
    private const string Script = "export const meta = { name: 'draft', description: 'Does it', whenToUse: 'before a release' }\nreturn await agent(args ?? 'x')\n";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Save_AFinishedRun_ClientsAreToldAndSeeItAsAPromptAndInTheList()
    {
        await using var pair = await ConnectedPair.OpenAsync(new ScriptedAgents(), "2025-06-18");
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var handler = pair.Client.RegisterNotificationHandler(NotificationMethods.PromptListChangedNotification, (_, _) =>
        {
            told.TrySetResult();
            return ValueTask.CompletedTask;
        });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var listening = Subscriptions.ListenAsync(pair.Client, new JsonObject { ["promptsListChanged"] = true }, stop.Token);
        var runId = await RunAsync(pair);

        // Until the watch stands there is nothing to notice: save until told.
        for (var i = 0; !told.Task.IsCompleted && i < 60; i++)
        {
            await pair.AnswerAsync("save_workflow", new { runId, name = $"kept-{i}", description = "Kept" });
            await Task.WhenAny(told.Task, Task.Delay(500, Cancellation));
        }

        await told.Task.WaitAsync(ServerProcess.Timeout, Cancellation);
        await stop.CancelAsync();
        await listening.ContinueWith(_ => { }, TaskScheduler.Default);
        var prompt = Assert.Single(await pair.Client.ListPromptsAsync(cancellationToken: Cancellation), prompt => prompt.Name == "kept-0");
        var listed = (await pair.AnswerAsync("list_workflows", new { })).GetProperty("workflows").EnumerateArray().First();
        var started = await pair.AnswerAsync("start_workflow", new { name = "kept-0", args = "y", waitSeconds = 30 });

        Assert.Equal(("Kept", "args"), (prompt.Description, Assert.Single(prompt.ProtocolPrompt.Arguments!).Name));
        Assert.Equal(("kept-0", "before a release"), (listed.GetProperty("name").GetString(), listed.GetProperty("whenToUse").GetString()));
        Assert.Equal("answer to y", started.GetProperty("result").GetString());
    }

    [Fact]
    public async Task Save_WhatCannotBeSaved_IsRefusedWithTheRemedy()
    {
        await using var pair = await ConnectedPair.OpenAsync(new ScriptedAgents());
        var runId = await RunAsync(pair);
        var saved = await pair.AnswerAsync("save_workflow", new { runId, name = "kept" });

        Assert.Equal(".mcpworkflows/workflows/kept.js", saved.GetProperty("path").GetString());
        Assert.Contains("overwrite", await pair.RefusalAsync("save_workflow", new { runId, name = "kept" }));
        Assert.Contains("cannot be a workflow's name", await pair.RefusalAsync("save_workflow", new { runId, name = "../../kept" }));
        Assert.Contains("project or user", await pair.RefusalAsync("save_workflow", new { runId, name = "other", scope = "world" }));
        Assert.Contains("get_status without runId", await pair.RefusalAsync("save_workflow", new { runId = "wf_none", name = "other" }));
        Assert.Contains("Replaced", (await pair.AnswerAsync("save_workflow", new { runId, name = "kept", overwrite = true })).GetProperty("next").GetString());
    }

    private static async Task<string> RunAsync(ConnectedPair pair) =>
        (await pair.AnswerAsync("start_workflow", new { script = Script, waitSeconds = 30 })).GetProperty("runId").GetString()!;
}
