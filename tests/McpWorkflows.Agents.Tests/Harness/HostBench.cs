using System.Threading.Channels;
using McpWorkflows.Agents.McpTools;
using McpWorkflows.Agents.Providers;
using McpWorkflows.Agents.Tools;
using McpWorkflows.Engine.Agents;
using Microsoft.Extensions.AI;

namespace McpWorkflows.Agents.Tests.Harness;

/// <summary>A host, on real time unless given a clock, with what a person may grant it, a workspace, and a home beside it.</summary>
internal sealed class HostBench : IProgress<AgentProgress>, IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly ChatAgentHost _host;
    private readonly TempFolder _folder;
    private readonly Channel<AgentProgress> _progress = Channel.CreateUnbounded<AgentProgress>();
    private int _calls;

    public HostBench(
        ScriptedChatClient? client = null,
        GrantedTools? granted = null,
        SandboxMode sandbox = SandboxMode.None,
        Dictionary<string, McpServerDefinition>? servers = null,
        TempFolder? folder = null,
        TimeProvider? time = null)
    {
        _folder = folder ?? new TempFolder();
        var options = new AgentHostOptions
        {
            Models = ModelConfiguration.FromEnvironment(new Dictionary<string, string?> { ["MCPWORKFLOWS_MODEL"] = "openai/default" }),
            Granted = granted ?? GrantedTools.None,
            Sandbox = sandbox,
            McpServers = servers ?? [],
            McpTime = TimeSpan.FromSeconds(30),
            UserHome = Home,
            Time = time ?? TimeProvider.System,
            OnNotice = Notices.Add,
        };
        _host = new ChatAgentHost(options, new Dictionary<string, IChatClient> { ["openai"] = client ?? new ScriptedChatClient(ScriptedChatClient.Text("ok")) });
    }

    public TempFolder Folder => _folder;

    public string Home => _folder.At("../home");

    public List<string> Notices { get; } = [];

    public ChatAgentHost Host => _host;

    public Task<AgentOutcome> RunAsync(AgentOptions? options = null, string prompt = "Do it.", string? runModel = null, string runId = "run", CancellationToken? token = null) =>
        _host.RunAsync(
            new AgentRequest
            {
                RunId = runId,
                CallNumber = Interlocked.Increment(ref _calls),
                Prompt = prompt,
                Label = "label",
                Options = options ?? AgentOptions.None,
                DefaultModel = runModel,
                Workspace = _folder.Path,
            },
            this,
            token ?? TestContext.Current.CancellationToken).WaitAsync(Patience, CancellationToken.None);

    public void Report(AgentProgress value) => _progress.Writer.TryWrite(value);

    /// <summary>Waits for text that an agent printed, each reported once.</summary>
    public async Task HeardAsync(string text)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        while (await _progress.Reader.ReadAsync(patience.Token) is not { Kind: AgentProgressKind.Text } heard || heard.Detail != text)
        {
        }
    }

    public void Dispose()
    {
        _host.Dispose();
        _folder.Dispose();
    }
}
