using System.Collections.Concurrent;
using System.Text.Json;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Testing.Models;
using Xunit;

namespace McpWorkflows.Testing.Agents;

/// <summary>
/// What every <see cref="IAgentHost"/> on models promises, against a model server on a real socket; each implementation
/// derives a test class from it.
/// </summary>
public abstract partial class AgentHostContract : IProgress<AgentProgress>, IDisposable
{
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private const string Key = "sk-secret-key-0001";

    private readonly string _folder = Directory.CreateTempSubdirectory("mcpworkflows-contract-").FullName;
    private readonly ConcurrentQueue<AgentProgress> _progress = new();
    private readonly TaskCompletionSource _shown = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IAgentHost? _host;

    protected AgentHostContract()
    {
        Workspace = Path.Combine(_folder, "workspace");
        Directory.CreateDirectory(Workspace);
    }

    /// <summary>The agents' folder; what stands beside it is outside.</summary>
    protected string Workspace { get; }

    protected IEnumerable<AgentProgress> Progress => _progress;

    /// <summary>A host on real time; disposed of with the test where it can be.</summary>
    protected abstract IAgentHost Create(ContractSettings settings);

    public void Report(AgentProgress value)
    {
        _progress.Enqueue(value);
        if (value is { Kind: AgentProgressKind.Text, Detail: "abcd" })
        {
            _shown.TrySetResult();
        }
    }

    public void Dispose()
    {
        (_host as IDisposable)?.Dispose();
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected Task<AgentOutcome> RunAsync(ModelServer server, AgentOptions? options = null, string prompt = "Do it.", string? key = null, CancellationToken? token = null)
    {
        _host ??= Create(new ContractSettings(server.BaseUrl, key, Path.Combine(_folder, "home")));
        return _host.RunAsync(
            new AgentRequest { RunId = "run", CallNumber = 1, Prompt = prompt, Label = "label", Options = options ?? AgentOptions.None, Workspace = Workspace },
            this,
            token ?? TestContext.Current.CancellationToken).WaitAsync(Patience, CancellationToken.None);
    }

    protected static string Text(AgentOutcome outcome)
    {
        Assert.True(outcome.Kind == AgentOutcomeKind.Succeeded, $"{outcome.Kind}: {outcome.Failure?.Cause}");
        return JsonSerializer.Deserialize<string>(outcome.AnswerJson!)!;
    }

    [Fact]
    public async Task Text_Streamed_IsTheAnswerWithUsage()
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Text("Grüße, \"Welt\" 👋\nok").WithUsage(11, 7, 3).InChunksOf(2).InSlicesOf(5));

        var outcome = await RunAsync(server, prompt: "Say hello.", key: Key);

        Assert.Equal("Grüße, \"Welt\" 👋\nok", Text(outcome));
        Assert.Equal(new AgentUsage(11, 7, 3), outcome.Usage);
        Assert.Equal((1, "openai/default", false), (outcome.Attempts, outcome.Model, outcome.Rehearsed));
        var call = Assert.Single(server.Log.Calls);
        Assert.Equal(("Say hello.", "default", Key), (call.Prompt, call.Model, call.ApiKey));
        Assert.True(call.Streams);
        Assert.StartsWith("You are one agent among many", call.Instructions, StringComparison.Ordinal);
        server.Log.AssertWellFormed();
    }

    [Fact]
    public async Task Stream_InManyChunks_ReportsProgressBeforeItEnds()
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Text("abcdefgh").InChunksOf(1).Drip(TimeSpan.FromMilliseconds(150)));

        var outcome = await RunAsync(server, new AgentOptions { Stall = TimeSpan.FromSeconds(20) });

        Assert.Equal("abcdefgh", Text(outcome));
        Assert.Contains(Progress, progress => progress is { Kind: AgentProgressKind.Text, Detail: not "abcdefgh" });
    }

    [Fact]
    public async Task Stream_ThatPauses_HasShownAllThatCame()
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Text("abcdefgh").InChunksOf(1).HangMidway());
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var running = RunAsync(server, new AgentOptions { Stall = TimeSpan.FromMinutes(5) }, token: end.Token);

        await _shown.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);

        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task Tools_OverSeveralRounds_AreAnsweredAndUsageIsCountedOncePerRound()
    {
        await File.WriteAllTextAsync(Path.Combine(Workspace, "a.cs"), "first\n// a planted line\n", TestContext.Current.CancellationToken);
        await using var server = await ModelServer.StartAsync(call => call.Turn switch
        {
            0 => ModelReply.Call("search_text", new { pattern = "planted" }).AndCall("list_files", new { pattern = "**/*.cs" }).WithUsage(10, 1, 4),
            1 => ModelReply.Call("read_file", new { path = "a.cs" }).WithUsage(20, 2).InChunksOf(3),
            _ => ModelReply.Text(string.Join("\n---\n", call.ToolResults.Select(result => result.Content))).WithUsage(30, 3),
        });

        var outcome = await RunAsync(server);

        Assert.Equal("a.cs:2: // a planted line\n\n---\na.cs\n\n---\n1\tfirst\n2\t// a planted line\n", Text(outcome));
        Assert.Equal(new AgentUsage(60, 6, 4), outcome.Usage);
        Assert.Equal(
            ["search_text planted", "list_files **/*.cs", "read_file a.cs"],
            Progress.Where(progress => progress.Kind == AgentProgressKind.ToolCall).Select(progress => progress.Detail));
        Assert.Equal(3, server.Log.Count);
        server.Log.AssertWellFormed();
    }

    [Fact]
    public async Task Tools_ByDefault_OnlyRead()
    {
        await using var server = await ModelServer.StartAsync(call =>
            call.Turn == 0 ? ModelReply.Call("write_file", new { path = "new.txt", content = "x" }) : ModelReply.Text(call.ToolResults[0].Content));

        var answer = Text(await RunAsync(server));

        Assert.Equal(["list_files", "read_file", "search_text"], server.Log.Calls[0].Tools.Select(tool => tool.Name).Order());
        Assert.StartsWith("Error:", answer, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Workspace));
        server.Log.AssertWellFormed();
    }

    [Fact]
    public async Task Tools_OutsideTheWorkspace_AreRefused()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "secret.txt"), "the secret", TestContext.Current.CancellationToken);
        await using var server = await ModelServer.StartAsync(call =>
            call.Turn == 0 ? ModelReply.Call("read_file", new { path = "../secret.txt" }) : ModelReply.Text(call.ToolResults[0].Content));

        var answer = Text(await RunAsync(server));

        Assert.StartsWith("Error:", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("the secret", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("delete_everything")]
    [InlineData("no such tool!")]
    public async Task Tool_Unknown_IsToldToTheModelWhichGoesOn(string name)
    {
        await using var server = await ModelServer.StartAsync(call =>
            call.Turn == 0 ? ModelReply.Call(name, new { }) : ModelReply.Text(call.ToolResults[0].Content));

        var answer = Text(await RunAsync(server));

        Assert.Contains($"there is no tool '{name}'", answer, StringComparison.Ordinal);
        Assert.Contains("read_file", answer, StringComparison.Ordinal);
        server.Log.AssertWellFormed();
    }

    [Fact]
    public async Task Tool_WithBrokenArguments_IsToldToTheModel()
    {
        await using var server = await ModelServer.StartAsync(call =>
            call.Turn == 0 ? ModelReply.Call("read_file", "{\"path\": \"a") : ModelReply.Text(call.ToolResults[0].Content));

        Assert.Contains("not a JSON object", Text(await RunAsync(server)), StringComparison.Ordinal);
        server.Log.AssertWellFormed();
    }

    [Fact]
    public async Task ToolRounds_WithoutEnd_AreBoundedAndFailClearly()
    {
        await using var server = await ModelServer.StartAsync(_ => ModelReply.Call("list_files", new { pattern = "*" }).WithUsage(10, 1));

        var outcome = await RunAsync(server, new AgentOptions { MaxTurns = 3 });

        Assert.Equal((AgentOutcomeKind.Failed, 4), (outcome.Kind, server.Log.Count));
        Assert.Contains("used up its 3 turns (maxTurns)", outcome.Failure!.Cause, StringComparison.Ordinal);
        Assert.Equal(new AgentUsage(40, 4), outcome.Usage);
        Assert.Empty(server.Log.Calls[^1].Tools);
    }
}
