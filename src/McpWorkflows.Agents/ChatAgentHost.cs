using McpWorkflows.Agents.AgentTypes;
using McpWorkflows.Agents.Faults;
using McpWorkflows.Agents.Limits;
using McpWorkflows.Agents.Loop;
using McpWorkflows.Agents.OpenAI;
using McpWorkflows.Agents.Options;
using McpWorkflows.Agents.Pricing;
using McpWorkflows.Agents.Prompts;
using McpWorkflows.Agents.Providers;
using McpWorkflows.Agents.Rehearsal;
using McpWorkflows.Agents.Tools;
using McpWorkflows.Agents.Worktrees;
using McpWorkflows.Engine.Agents;
using Microsoft.Extensions.AI;

namespace McpWorkflows.Agents;

/// <summary>
/// Runs agents on chat clients: the loop of requests and tools, structured answers, retries, stall watch and usage.
/// Safe for use from any thread; one host serves the whole process.
/// </summary>
public sealed partial class ChatAgentHost : IAgentHost, IAgentTypes, IAgentForecast, IDisposable
{
    private static readonly TimeSpan MaxClosing = TimeSpan.FromSeconds(10);

    private readonly AgentHostOptions _options;
    private readonly OptionsResolver _resolver;
    private readonly LimitBook _limits;
    private readonly CacheWarmth _warmth;
    private readonly PriceTable _prices;
    private readonly ProviderClients _clients;
    private readonly Toolbox _toolbox;
    private readonly AgentTypeCatalog _types;
    private readonly IsolatedCalls _isolated;

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
        _toolbox = new Toolbox(options);
        _types = new AgentTypeCatalog(options.UserHome);
        _isolated = new IsolatedCalls(options.OnNotice);
        _clients = new ProviderClients(options, providers);
        _resolver = new OptionsResolver(options, _clients.Names);
        _limits = new LimitBook(options);
        _warmth = new CacheWarmth(options.Time);
        _prices = new PriceTable(options.Prices, options.SparePrices);
    }

    /// <inheritdoc/>
    public async Task<AgentOutcome> RunAsync(AgentRequest request, IProgress<AgentProgress> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(progress);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            var type = TypeOf(request);
            if (type is null && request.Options.AgentType is { } unknown)
            {
                return Refuse($"agent type '{unknown}' not found. Known: {string.Join(", ", _types.Names(request.Workspace))}.");
            }

            if (type?.Command is not null && !IsRehearsal(request))
            {
                return await RunCommandAsync(request, type, progress, cancellationToken).ConfigureAwait(false);
            }

            request = type is null ? request : request.With(type);
            var (resolved, problem) = _resolver.Resolve(request, type?.Options);
            if (resolved is null)
            {
                return Refuse(problem!);
            }

            var model = resolved.Model.Value;
            if (model.IsRehearsal)
            {
                progress.Report(new AgentProgress(AgentProgressKind.AttemptStarted, null, 1));
                return RehearsalModel.Answer(request) with { Cost = 0 };
            }

            (var provider, problem) = _clients.Find(model.Provider, request.RunId);
            problem = _options.RefuseModel?.Invoke(request.Workspace, model.ToString()) ?? problem;
            problem ??= request.NeedsCost ? _prices.Problem(model) : null;
            return provider is null || problem is not null
                ? Refuse(problem!)
                : await PlaceAsync(request, own => RunAsync(own, resolved, provider, progress, cancellationToken), cancellationToken).ConfigureAwait(false);
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

    /// <inheritdoc/>
    public int? Allowed => _limits.Allowed();

    /// <inheritdoc/>
    public string? LaneOf(AgentRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var type = TypeOf(request);
        if (type?.Command is not null)
        {
            return $"command/{type.Name}";
        }

        return _resolver.Resolve(request, type?.Options).Options?.Model.Value is { IsRehearsal: false } model
            ? LimitBook.KeyOf(model, _options.Models.SettingsOf(model.Provider))
            : null;
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
            var resolved = new OptionsResolver(_options, [ModelReference.OpenAI]).Resolve(request with { DefaultModel = "openai/none" }, null).Options!;
            await RunAsync(request, resolved, ProviderClient.Given(client, ""), new Progress(), CancellationToken.None).ConfigureAwait(false);
            await _isolated.SweepAsync(workspace, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Whatever is wrong will be told by the first real call.
        }
    });

    /// <summary>Closes connections and ends MCP servers. Calls in flight fail.</summary>
    public void Dispose()
    {
        _clients.Dispose();
        _limits.Dispose();
        _toolbox.DisposeAsync().AsTask().Wait(MaxClosing);
    }

    private async Task<AgentOutcome> RunAsync(
        AgentRequest request, ResolvedOptions resolved, ProviderClient provider, IProgress<AgentProgress> progress, CancellationToken cancellationToken)
    {
        var toolset = await _toolbox.OpenAsync(resolved.Tools.Value, resolved.DisallowedTools.Value, request.Workspace, cancellationToken).ConfigureAwait(false);
        if (toolset.Withheld is { } withheld)
        {
            request = request with { Prompt = $"{request.Prompt}\n\n{AgentPrompts.Withheld(withheld)}" };
        }

        var call = new AgentCall(request, resolved, _options, _prices, progress);
        call.Report(AgentProgressKind.AttemptStarted, toolset.Withheld is { } missing ? $"Tools not available here: {missing}" : null);
        var requests = new ModelRequests(
            provider,
            new FaultClassifier(provider, call.Model.Name, _options),
            _limits.Of(call.Model, provider.Provider?.Settings),
            provider.HasCache ? _warmth : null,
            call);
        var loop = new AgentLoop(call, requests, toolset);
        return (await WithinAsync(loop, call, cancellationToken).ConfigureAwait(false)) with { Notes = toolset.Notes };
    }

    private async Task<AgentOutcome> WithinAsync(AgentLoop loop, AgentCall call, CancellationToken cancellationToken)
    {
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

    private static AgentOutcome Refuse(string cause) => new() { Kind = AgentOutcomeKind.Refused, Failure = new AgentFailure(cause) };

    private sealed class Progress : IProgress<AgentProgress>
    {
        public void Report(AgentProgress value)
        {
        }
    }
}
