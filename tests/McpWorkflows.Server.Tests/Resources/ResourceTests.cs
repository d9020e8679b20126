using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using McpWorkflows.Server.Prompts;
using McpWorkflows.Server.Resources;
using McpWorkflows.Server.Tests.Processes;
using McpWorkflows.Server.Tests.Surface;
using McpWorkflows.Server.Tests.Tools;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace McpWorkflows.Server.Tests.Resources;

public class ResourceTests
{
    private const string OneAgent = "export const meta = { name: 'one', description: 'One agent' }\nphase('Greet')\nlog('on it')\nreturn await agent('hello', { label: 'greeter' })\n";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("2025-06-18")]
    [InlineData("2026-07-28")]
    public async Task Run_Parts_AreRead(string protocol)
    {
        await using var pair = await ConnectedPair.OpenAsync(new ScriptedAgents(), protocol);
        var runId = (await pair.AnswerAsync("start_workflow", new { script = OneAgent, waitSeconds = 30 })).GetProperty("runId").GetString()!;

        var status = await JsonAsync(pair, $"workflow://runs/{runId}");
        var result = await JsonAsync(pair, $"workflow://runs/{runId}/result");
        var calls = await JsonAsync(pair, $"workflow://runs/{runId}/calls");
        var events = await JsonAsync(pair, $"workflow://runs/{runId}/events");
        var later = await JsonAsync(pair, events.GetProperty("next").GetString()!);

        Assert.Equal("completed", status.GetProperty("state").GetString());
        Assert.Equal("answer to hello", result.GetProperty("result").GetString());
        Assert.Equal("greeter", calls.GetProperty("calls")[0].GetProperty("label").GetString());
        Assert.Contains("on it", events.GetProperty("events").GetRawText());
        Assert.Equal(0, later.GetProperty("events").GetArrayLength());
        Assert.Equal(OneAgent, await TextAsync(pair, $"workflow://runs/{runId}/script"));
    }

    [Fact]
    public async Task AuthoringAndLessons_AreListedAndRead()
    {
        await using var pair = await ConnectedPair.OpenAsync(new ScriptedAgents());

        var listed = (await pair.Client.ListResourcesAsync(cancellationToken: Cancellation)).Select(resource => resource.Uri).ToList();

        Assert.Contains("workflow://authoring", listed);
        Assert.Contains("workflow://lessons", listed);
        Assert.Contains("verify(claim", await TextAsync(pair, "workflow://authoring"));
        Assert.Equal("""{"lessons":[]}""", await TextAsync(pair, "workflow://lessons"));
    }

    [Fact]
    public async Task Result_Long_ComesByPagesThatMakeUpTheWhole()
    {
        await using var pair = await ConnectedPair.OpenAsync(new ScriptedAgents());
        var script = "export const meta = { name: 'long', description: 'Long' }\nreturn 'ä\"x'.repeat(9000)\n";
        var runId = (await pair.AnswerAsync("start_workflow", new { script, waitSeconds = 30 })).GetProperty("runId").GetString()!;

        var whole = new StringBuilder();
        var pages = 0;
        for (var next = $"workflow://runs/{runId}/result"; next is not null; pages++)
        {
            var page = await JsonAsync(pair, next);
            whole.Append(page.GetProperty("result").GetString());
            next = page.GetProperty("next").GetString();
        }

        Assert.Equal(string.Concat(Enumerable.Repeat("ä\"x", 9000)), whole.ToString());
        Assert.True(pages > 3);
    }

    [Fact]
    public async Task CallsAndEvents_OfAThousandAgents_ComeByPagesWithoutGapsOrRepeats()
    {
        await using var pair = await ConnectedPair.OpenAsync(new ScriptedAgents());
        var script = "export const meta = { name: 'many', description: 'Many' }\nreturn (await parallel(Array.from({ length: 1000 }, (_, i) => () => agent('a' + i)))).length\n";
        var runId = (await pair.AnswerAsync("start_workflow", new { script, waitSeconds = 45 })).GetProperty("runId").GetString()!;

        var numbers = new List<int>();
        for (var next = $"workflow://runs/{runId}/calls"; next is not null;)
        {
            var page = await JsonAsync(pair, next);
            Assert.InRange(page.GetRawText().Length, 1, 25_000);
            numbers.AddRange(page.GetProperty("calls").EnumerateArray().Select(call => call.GetProperty("number").GetInt32()));
            next = page.GetProperty("next").GetString();
        }

        var sequences = new List<long>();
        JsonElement events;
        for (var next = $"workflow://runs/{runId}/events"; ; next = events.GetProperty("next").GetString()!)
        {
            events = await JsonAsync(pair, next);
            sequences.AddRange(events.GetProperty("events").EnumerateArray().Select(one => one.GetProperty("sequence").GetInt64()));
            if (!events.GetProperty("more").GetBoolean())
                break;
        }

        Assert.Equal(Enumerable.Range(1, 1_000), numbers.Order());
        Assert.Equal(sequences.Distinct().Order(), sequences);
        Assert.InRange((await pair.AnswerAsync("get_status", new { runId })).GetRawText().Length, 1, 1_200);
        Assert.InRange((await pair.AnswerAsync("get_status", new { runId, detail = "full" })).GetRawText().Length, 1, 8_000);
    }

    [Fact]
    public async Task List_HasGuideWorkflowsAndRuns_AndTemplatesComplete()
    {
        await using var pair = await ConnectedPair.OpenAsync(new ScriptedAgents());
        pair.Folder.Write(".mcpworkflows/workflows/one.js", OneAgent);
        var runId = (await pair.AnswerAsync("start_workflow", new { name = "one", waitSeconds = 30 })).GetProperty("runId").GetString()!;

        var listed = (await pair.Client.ListResourcesAsync(cancellationToken: Cancellation)).Select(resource => resource.Uri).ToList();
        var templates = await pair.Client.ListResourceTemplatesAsync(cancellationToken: Cancellation);
        var ids = await pair.Client.CompleteAsync(new ResourceTemplateReference { Uri = "workflow://runs/{id}" }, "id", runId[..4], cancellationToken: Cancellation);
        var names = await pair.Client.CompleteAsync(new ResourceTemplateReference { Uri = "workflow://workflows/{name}" }, "name", "o", cancellationToken: Cancellation);

        Assert.Equal([WorkflowUri.Guide, WorkflowUri.Authoring, WorkflowUri.Lessons, "workflow://workflows/one", "workflow://workflows/code-review"], listed[..5]);
        Assert.Equal($"workflow://runs/{runId}", listed[^1]);
        Assert.Equal(6, templates.Count);
        Assert.Equal([runId], ids.Completion.Values);
        Assert.Equal(["one"], names.Completion.Values);
        Assert.Equal(OneAgent, await TextAsync(pair, "workflow://workflows/one"));
    }

    [Theory]
    [InlineData("workflow://runs/wf_none")]
    [InlineData("workflow://runs/wf_none/events")]
    [InlineData("workflow://workflows/none")]
    [InlineData("workflow://runs")]
    [InlineData("workflow://runs/../../etc/passwd")]
    [InlineData("file:///etc/passwd")]
    public async Task Read_Unknown_IsAnErrorThatNamesIt(string uri)
    {
        await using var pair = await ConnectedPair.OpenAsync(new ScriptedAgents());

        var error = await Assert.ThrowsAnyAsync<McpException>(() => TextAsync(pair, uri));

        Assert.Contains(uri, error.Message);
    }

    [Fact]
    public void Guide_Fits8KilobytesAndHoldsTheDialect()
    {
        var guide = PromptFiles.Guide();

        Assert.InRange(Encoding.UTF8.GetByteCount(guide), 4_000, 8_192);
        Assert.Contains("export const meta", guide);
        Assert.DoesNotContain("{{", guide);
    }

    [Theory]
    [InlineData("2025-11-25")]
    [InlineData("2026-07-28")]
    public async Task Subscription_RunEnds_IsTold(string protocol)
    {
        var agents = new ScriptedAgents { Gated = true };
        await using var pair = await ConnectedPair.OpenAsync(agents, protocol);
        var runId = (await pair.AnswerAsync("start_workflow", new { script = OneAgent })).GetProperty("runId").GetString()!;
        await agents.Started;
        var told = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);

        await using var handler = pair.Client.RegisterNotificationHandler(NotificationMethods.ResourceUpdatedNotification, (updated, _) =>
        {
            told.TrySetResult((string)updated.Params!["uri"]!);
            return ValueTask.CompletedTask;
        });
        var acknowledged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var first = pair.Client.RegisterNotificationHandler(NotificationMethods.SubscriptionsAcknowledgedNotification, (_, _) =>
        {
            acknowledged.TrySetResult();
            return ValueTask.CompletedTask;
        });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var listening = Subscriptions.ListenAsync(pair.Client, new JsonObject { ["resourceSubscriptions"] = new JsonArray($"workflow://runs/{runId}") }, stop.Token);
        if (listening.IsCompleted)
            await pair.Client.SubscribeToResourceAsync($"workflow://runs/{runId}", cancellationToken: Cancellation);
        else
            await acknowledged.Task.WaitAsync(ServerProcess.Timeout, Cancellation);
        await pair.AnswerAsync("get_status", new { runId });
        agents.Open();

        Assert.Equal($"workflow://runs/{runId}", await told.Task.WaitAsync(ServerProcess.Timeout, Cancellation));
        await stop.CancelAsync();
        await listening.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private static async Task<string> TextAsync(ConnectedPair pair, string uri)
    {
        var read = await pair.Client.ReadResourceAsync(uri, cancellationToken: Cancellation);
        return Assert.IsType<TextResourceContents>(Assert.Single(read.Contents)).Text;
    }

    private static async Task<JsonElement> JsonAsync(ConnectedPair pair, string uri) => JsonDocument.Parse(await TextAsync(pair, uri)).RootElement;
}
