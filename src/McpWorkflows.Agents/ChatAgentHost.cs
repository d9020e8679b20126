using System.Collections.Concurrent;
using McpWorkflows.Agents.Faults;
using McpWorkflows.Agents.Loop;
using McpWorkflows.Agents.OpenAI;
using McpWorkflows.Agents.Providers;
using McpWorkflows.Agents.Rehearsal;
using McpWorkflows.Agents.Tools;
using McpWorkflows.Engine.Agents;
using Microsoft.Extensions.AI;

namespace McpWorkflows.Agents;

/// <summary>
/// Runs agents on chat clients: the loop of requests and tools, structured answers, retries, stall watch and usage.
/// Safe for use from any thread; one host serves the whole process.
/// </summary>
public sealed class ChatAgentHost : IAgentHost, IDisposable
{
    private const int MaxWorkspaces = 64;

    private readonly AgentHostOptions _options;
    private readonly ModelResolver _resolver;
    private readonly ProviderClients _clients;
    private readonly ConcurrentDictionary<string, AgentTool[]> _tools = new(StringComparer.Ordinal);

    /// <summary>A host for the providers that the options configure.</summary>
    /// <exception cref="ArgumentException">An option is out of its bounds.</exception>
    public ChatAgentHost(AgentHostOptions options)
        : this(options, new Dictionary<string, IChatClient>())
    {
    }

    /// <summary>A host with further providers, by the name that stands before the slash; they take the model from <see cref="ChatOptions.ModelId"/>. Owned by the caller.</summary>
    /// <exception cref="ArgumentException">An option is out of its bounds.</exception>
    public ChatAgentHost(AgentHostOptions options, IReadOnlyDictionary<string, IChatClient> providers)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(providers);
        options.Validate();
        _options = options;
        _clients = new ProviderClients(options, providers);
        _resolver = new ModelResolver(options.Models, _clients.Names);
    }

    /// <inheritdoc/>
    public async Task<AgentOutcome> RunAsync(AgentRequest request, IProgress<AgentProgress> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(progress);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            var resolved = _resolver.Resolve(request.Options.Model, request.DefaultModel);
            if (resolved.Model is not { } model)
            {
                return Refuse(resolved.Problem!);
            }

            if (model.IsRehearsal)
            {
                progress.Report(new AgentProgress(AgentProgressKind.AttemptStarted, null, 1));
                return RehearsalModel.Answer(request);
            }

            var (provider, problem) = _clients.Find(model.Provider, request.RunId);
            return provider is null
                ? Refuse(problem!)
                : await RunAsync(request, model, provider, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        // The seam's promise: an agent's end is a value, also when the fault is ours. The message may hold paths, so the type must do.
        catch (Exception exception)
        {
            return new AgentOutcome
            {
                Kind = AgentOutcomeKind.Failed,
                Failure = new AgentFailure($"The agent ended by an internal error ({exception.GetType().Name}). This is a defect of McpWorkflows; please report it."),
            };
        }
    }

    /// <summary>
    /// Runs the code of a call once, in the background and without touching the network, so that the first real call
    /// need not wait for the compiler. Worth calling when a process starts; never fails.
    /// </summary>
    public Task WarmAsync(string workspace) => Task.Run(async () =>
    {
        var endpoint = new OpenAIEndpoint(new Uri("http://localhost/v1"), "none");
        using var client = new OpenAIChatClient(endpoint, _options.Time, new CannedAnswerHandler());
        var request = new AgentRequest { RunId = "", CallNumber = 1, Prompt = "", Label = "", Options = AgentOptions.None, Workspace = workspace };
        try
        {
            await RunAsync(
                request, new ModelReference(ModelReference.OpenAI, ""), ProviderClient.Given(client, ""), new Progress(), CancellationToken.None)
                .ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Whatever is wrong will be told by the first real call.
        }
    });

    /// <summary>Closes connections. Calls in flight fail.</summary>
    public void Dispose() => _clients.Dispose();

    private async Task<AgentOutcome> RunAsync(
        AgentRequest request, ModelReference model, ProviderClient provider, IProgress<AgentProgress> progress, CancellationToken cancellationToken)
    {
        var call = new AgentCall(request, model, _options, progress);
        var selection = ToolSelection.From(request.Options.Tools, request.Options.DisallowedTools);
        var tools = ToolsOf(request.Workspace).Where(tool => selection.Names.Contains(tool.Name)).ToArray();
        call.Report(
            AgentProgressKind.AttemptStarted,
            selection.Unknown.Count == 0 ? null : $"Tools not available here: {string.Join(", ", selection.Unknown)}");
        var loop = new AgentLoop(call, new ModelRequests(provider.Client, new FaultClassifier(provider, model.Name), call), tools);
        if (call.Timeout is not { } limit)
        {
            return await loop.RunAsync(cancellationToken).ConfigureAwait(false);
        }

        using var timeout = new CancellationTokenSource(limit, _options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return await loop.RunAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return call.Fail(AgentOutcomeKind.Failed, $"The agent did not end within its timeout of {limit.TotalMilliseconds:0} ms (timeoutMs). Raise it or give the agent a smaller task.");
        }
    }

    private AgentTool[] ToolsOf(string folder)
    {
        if (_tools.Count >= MaxWorkspaces)
        {
            _tools.Clear();
        }

        return _tools.GetOrAdd(folder, static (path, options) =>
        {
            var workspace = new Workspace(path);
            return
            [
                new ListFilesTool(workspace),
                new SearchTextTool(workspace, options.Time, options.MaxSearchTime),
                new ReadFileTool(workspace, options.ReadPageCharacters),
            ];
        }, _options);
    }

    private static AgentOutcome Refuse(string cause) => new() { Kind = AgentOutcomeKind.Refused, Failure = new AgentFailure(cause) };

    private sealed class Progress : IProgress<AgentProgress>
    {
        public void Report(AgentProgress value)
        {
        }
    }
}
