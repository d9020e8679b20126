using System.Text.Json.Nodes;
using McpWorkflows.Server.Surface;
using McpWorkflows.Server.Tests.Http;
using McpWorkflows.Server.Tests.Processes;
using McpWorkflows.Server.Tests.Surface;
using McpWorkflows.Server.Tests.Tools;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace McpWorkflows.Server.Tests.Prompts;

public class PromptTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SavedWorkflow_IsAPromptThatStartsIt()
    {
        await using var pair = await ConnectedPair.OpenAsync(new ScriptedAgents());
        pair.Folder.Write(".mcpworkflows/workflows/audit.js", Script("audit"));
        pair.Folder.Write(".mcpworkflows/workflows/broken.js", "const a = ;");

        var prompts = await pair.Client.ListPromptsAsync(cancellationToken: Cancellation);
        var got = await pair.Client.GetPromptAsync("audit", new Dictionary<string, object?> { ["args"] = "{\"folder\":\"src\"}" }, cancellationToken: Cancellation);

        Assert.Equal(["author-workflow", "audit", "code-review", "deep-research", "migrate", "plan"], prompts.Select(prompt => prompt.Name));
        Assert.Contains("before a release", Assert.Single(prompts[1].ProtocolPrompt.Arguments!).Description);
        var text = Assert.IsType<TextContentBlock>(Assert.Single(got.Messages).Content).Text;
        Assert.Contains("start_workflow with name `audit`", text);
        Assert.Contains("""{\"folder\":\"src\"}""", text);
    }

    [Fact]
    public async Task AuthorWorkflow_CarriesJobAndGuide_AndAsksForTheJob()
    {
        await using var pair = await ConnectedPair.OpenAsync(new ScriptedAgents());

        var got = await pair.Client.GetPromptAsync("author-workflow", new Dictionary<string, object?> { ["job"] = "find dead links" }, cancellationToken: Cancellation);
        var error = await Assert.ThrowsAnyAsync<McpException>(() => pair.Client.GetPromptAsync("author-workflow", cancellationToken: Cancellation).AsTask());

        var text = Assert.IsType<TextContentBlock>(Assert.Single(got.Messages).Content).Text;
        Assert.Contains("find dead links", text);
        Assert.Contains("export const meta", text);
        Assert.Contains("'job'", error.Message);
    }

    [Theory]
    [InlineData("2025-06-18")]
    [InlineData("2026-07-28")]
    public async Task WorkflowFile_Written_ClientsAreToldThatListsChanged(string protocol)
    {
        await using var pair = await ConnectedPair.OpenAsync(new ScriptedAgents(), protocol);
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var handler = pair.Client.RegisterNotificationHandler(NotificationMethods.PromptListChangedNotification, (_, _) =>
        {
            told.TrySetResult();
            return ValueTask.CompletedTask;
        });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var listening = Subscriptions.ListenAsync(pair.Client, new JsonObject { ["promptsListChanged"] = true }, stop.Token);

        // Until the watch stands there is nothing to notice: write until told.
        for (var i = 0; !told.Task.IsCompleted && i < 60; i++)
        {
            pair.Folder.Write($".mcpworkflows/workflows/w{i}.js", Script($"w{i}"));
            await Task.WhenAny(told.Task, Task.Delay(500, Cancellation));
        }

        await told.Task.WaitAsync(ServerProcess.Timeout, Cancellation);
        await stop.CancelAsync();
        await listening.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    [Fact]
    public async Task ReadOnly_OffersStatusAndListsOnly_WhateverToolsSays()
    {
        await using var bench = await HttpBench.StartAsync(
            new ScriptedAgents(), surface: new SurfaceOptions { ReadOnly = true, Tools = ["start_workflow", "get_status"] });
        await using var client = await McpClient.CreateAsync(
            new HttpClientTransport(new HttpClientTransportOptions { Endpoint = bench.Url, TransportMode = HttpTransportMode.StreamableHttp }), cancellationToken: Cancellation);

        var tools = await client.ListToolsAsync(cancellationToken: Cancellation);
        var prompts = await client.ListPromptsAsync(cancellationToken: Cancellation);
        var error = await Assert.ThrowsAnyAsync<McpException>(() => client.CallToolAsync("start_workflow", cancellationToken: Cancellation).AsTask());

        Assert.Equal(["get_status"], tools.Select(tool => tool.Name));
        Assert.Empty(prompts);
        Assert.Contains("start_workflow", error.Message);
        Assert.Contains("read-only", client.ServerInstructions);
    }

    [Fact]
    public void Tools_UnknownName_NamesTheNearest()
    {
        var error = Assert.Throws<UsageException>(() => SurfaceOptions.ParseTools("get_status,list_workflow"));

        Assert.Contains("Did you mean 'list_workflows'?", error.Message);
    }

    private static string Script(string name) =>
        $"export const meta = {{ name: '{name}', description: 'Does {name}', whenToUse: 'before a release' }}\nreturn 1\n";
}
