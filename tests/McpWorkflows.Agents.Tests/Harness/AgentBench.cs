using System.Collections.Concurrent;
using McpWorkflows.Agents.Providers;
using McpWorkflows.Agents.Tools;
using McpWorkflows.Engine.Agents;
using Microsoft.Extensions.AI;

namespace McpWorkflows.Agents.Tests.Harness;

/// <summary>A host with everything around it: a workspace, a configuration, and the progress that was reported.</summary>
internal sealed class AgentBench : IProgress<AgentProgress>, IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ChatAgentHost _host;

    private AgentBench(AgentHostOptions options, IChatClient? client) =>
        _host = client is null ? new ChatAgentHost(options) : new ChatAgentHost(options, new Dictionary<string, IChatClient> { ["openai"] = client });

    public TempFolder Folder { get; } = new();

    public ConcurrentQueue<AgentProgress> Progress { get; } = new();

    /// <summary>On a scripted client and, unless given, a clock on which retries take no time.</summary>
    public static AgentBench On(ScriptedChatClient client, TimeProvider? time = null) =>
        new(Options(new() { ["MCPWORKFLOWS_MODEL"] = "openai/default" }, time ?? new ManualTime { FireAtOnce = TimeSpan.FromSeconds(30) }), client);

    /// <summary>On a model server, with short waits and, unless given a clock, real time.</summary>
    public static AgentBench On(string baseUrl, string? key = null, TimeProvider? time = null) =>
        new(Options(new() { ["MCPWORKFLOWS_MODEL"] = "openai/default", ["OPENAI_BASE_URL"] = baseUrl, ["OPENAI_API_KEY"] = key }, time ?? TimeProvider.System), null);

    public static AgentBench On(Dictionary<string, string?> variables, GrantedTools? granted = null, TimeProvider? time = null) =>
        new(Options(ModelConfiguration.FromEnvironment(variables), time ?? TimeProvider.System, null, granted), null);

    /// <summary>On providers of the settings, with real time and short waits.</summary>
    public static AgentBench On(ModelSettings settings, Dictionary<string, string?>? variables = null) =>
        new(Options(ModelConfiguration.Create(settings, name => variables?.GetValueOrDefault(name)), TimeProvider.System, null), null);

    /// <summary>With a model of the calling client's own, for the runs that have it.</summary>
    public static AgentBench On(ScriptedChatClient own, Func<string, bool> has) =>
        new(Options(ModelConfiguration.FromEnvironment(_ => null), TimeProvider.System, runId => has(runId) ? own : null), null);

    public Task<AgentOutcome> RunAsync(string prompt = "Do it.", AgentOptions? options = null, string? runModel = null, CancellationToken? token = null, TimeSpan? patience = null) =>
        _host.RunAsync(Request(prompt, options, runModel), this, token ?? TestContext.Current.CancellationToken).WaitAsync(patience ?? Patience, CancellationToken.None);

    public Task WarmAsync() => _host.WarmAsync(Folder.Path);

    public AgentRequest Request(string prompt, AgentOptions? options, string? runModel) => new()
    {
        RunId = "run",
        CallNumber = 1,
        Prompt = prompt,
        Label = "label",
        Options = options ?? AgentOptions.None,
        DefaultModel = runModel,
        Workspace = Folder.Path,
    };

    public void Report(AgentProgress value) => Progress.Enqueue(value);

    public void Dispose()
    {
        _host.Dispose();
        Folder.Dispose();
    }

    private static AgentHostOptions Options(Dictionary<string, string?> variables, TimeProvider time) =>
        Options(ModelConfiguration.FromEnvironment(variables), time, null);

    private static AgentHostOptions Options(ModelConfiguration models, TimeProvider time, Func<string, IChatClient?>? findClient, GrantedTools? granted = null) => new()
    {
        Granted = granted ?? GrantedTools.None,
        Models = models,
        FindClient = findClient,
        Time = time,
        RetryDelay = time == TimeProvider.System ? TimeSpan.FromMilliseconds(5) : TimeSpan.FromSeconds(1),
        NextRandom = () => 0.5,
    };
}
