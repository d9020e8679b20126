using McpWorkflows.Agents;
using McpWorkflows.Agents.Schemas;
using McpWorkflows.Cluster.Owners;
using McpWorkflows.Engine.Agents;
using McpWorkflows.Engine.Journal;
using McpWorkflows.Engine.Lessons;
using McpWorkflows.Engine.Runs;
using McpWorkflows.Engine.Scripting;
using McpWorkflows.Engine.ScriptProcesses;
using McpWorkflows.Engine.Workflows;
using McpWorkflows.Journal;
using McpWorkflows.Server.Planning;
using McpWorkflows.Server.Settings;
using McpWorkflows.Server.Telemetry;

namespace McpWorkflows.Server.Composition;

/// <summary>
/// The composition root. Nothing costly happens until somebody asks for it or <see cref="Warm"/> starts it in the
/// background: an MCP client's first answer never waits for a database.
/// </summary>
internal sealed class Workbench : IAsyncDisposable
{
    private static readonly TimeSpan OpeningPause = TimeSpan.FromSeconds(1);

    private readonly WorkbenchOptions options;
    private readonly Lazy<IAgentHost> host;
    private readonly Lazy<ProductSettings> settings;
    private readonly bool ownsHost;
    private readonly CancellationTokenSource lifetime = new();
    private readonly ScriptProcessRuntimeFactory? processes;
    private readonly JintScriptRuntimeFactory scripts = new();
    private readonly Workbench? owner;
    private readonly Lock opening = new();
    private readonly TelemetrySettings telemetry = TelemetrySettings.Read();
    private readonly TelemetryStart export;
    private DispatchingAgentHost? dispatcher;
    private Task attending = Task.CompletedTask;
    private Task<(IJournal Journal, WorkflowEngine Engine)>? opened;

    /// <param name="agents">In place of what the model setting calls for.</param>
    public Workbench(WorkbenchOptions options, IAgentHost? agents = null)
    {
        this.options = options;
        // Commands that only look, and rehearsals, have nothing to tell.
        export = new TelemetryStart(options.ReadsOnly || options.InMemory ? new TelemetrySettings() : telemetry);
        Catalog = new FileWorkflowCatalog(UserHome, BundledWorkflows.All);
        Scripts = new ScriptSources(Catalog, options.Workspace);
        Shelf = new WorkflowShelf(Catalog, UserHome);
        settings = new Lazy<ProductSettings>(ReadSettings, LazyThreadSafetyMode.PublicationOnly);
        // A rehearsal in memory asks no model and leaves nothing behind.
        Policy = options.InMemory && ModelSetup.IsRehearsal(options.Model)
            ? null
            : new Policies(UserHome, MachinePolicy.Path, Environment.GetEnvironmentVariable(MachinePolicy.Variable));
        Models = new ModelSetup(options.Model, () => settings.Value, agents, Policy) { Dispatches = Dispatches, ShareSlots = ShareSlots };
        Plans = new PlanDesk(this);
        host = new Lazy<IAgentHost>(Models.CreateHost);
        ownsHost = agents is null;
        processes = options.ScriptProcesses is { } bounds ? new ScriptProcessRuntimeFactory(bounds, TimeProvider.System) : null;
    }

    private Workbench(Workbench owner, WorkbenchOptions options)
        : this(options with { ScriptProcesses = null })
    {
        this.owner = owner;
        Models = new ModelSetup(options.Model, () => settings.Value) { Clients = owner.Models.Clients, Dispatches = Dispatches };
        host = owner.host;
        ownsHost = false;
    }

    public string Workspace => options.Workspace;

    public string UserHome { get; } = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    public IWorkflowCatalog Catalog { get; }

    public ScriptSources Scripts { get; }

    public WorkflowShelf Shelf { get; }

    public ModelSetup Models { get; }

    /// <summary>What machine, user and project allow; null where nothing is ever asked of a model.</summary>
    public Policies? Policy { get; }

    public PlanDesk Plans { get; }

    /// <summary>Runs the agents of all runs of this process.</summary>
    public IAgentHost Agents => host.Value;

    /// <summary>Agents of runs are done by workers; throws <see cref="SettingsException"/> or <see cref="UsageException"/>.</summary>
    private bool Dispatches() => options.Dispatches && !options.InMemory && DispatchAddress.Find(options.Dispatch, Settings) is not null;

    /// <summary>What the settings files say. Throws <see cref="SettingsException"/>.</summary>
    public ProductSettings Settings => settings.Value;

    /// <summary>Agents in flight, over all processes with the same journal.</summary>
    public int Concurrency => Limits().Concurrency;

    /// <summary>Ends when the process is about to; for work that outlives a client's patience.</summary>
    public CancellationToken Lifetime => (owner?.lifetime ?? lifetime).Token;

    /// <summary>Runs are at work in this process.</summary>
    public bool IsBusy => opened is { IsCompletedSuccessfully: true } task && task.Result.Engine.IsBusy;

    /// <summary>
    /// A bench for another folder and default model on this one's journal, engine and agents; it lives as long as this one,
    /// which alone need be disposed of.
    /// </summary>
    public Workbench For(string workspace, string? model) => new(this, options with { Workspace = workspace, Model = model });

    public async Task<WorkflowEngine> EngineAsync(CancellationToken cancellationToken)
    {
        var exporting = (owner ?? this).export.NowAsync();
        var (_, engine) = await Open().WaitAsync(cancellationToken);
        await exporting.WaitAsync(cancellationToken);
        return engine;
    }

    public async Task<IJournal> JournalAsync(CancellationToken cancellationToken) =>
        (await Open().WaitAsync(cancellationToken)).Journal;

    /// <summary>
    /// The same, however long a database of several machines is away: said once on stderr, and once when it is there. Throws
    /// <see cref="JournalException"/> for a journal that waiting does not help.
    /// </summary>
    public async Task<IJournal> AwaitJournalAsync(CancellationToken cancellationToken)
    {
        for (var told = false; ; told = true)
        {
            try
            {
                var journal = await JournalAsync(cancellationToken);
                if (told)
                    await Console.Error.WriteLineAsync($"The journal {JournalPath.Describe(JournalPath.Resolve(options.Journal))} is there now.");
                return journal;
            }
            catch (JournalAwayException away)
            {
                if (!told)
                    await Console.Error.WriteLineAsync($"warning: {away.Message} It is tried again until it is there.");
            }

            await Task.Delay(OpeningPause, cancellationToken);
        }
    }

    /// <summary>Gathers lessons on this bench's journal and engine.</summary>
    public async Task<Dreams> DreamsAsync(CancellationToken cancellationToken)
    {
        var (journal, engine) = await Open().WaitAsync(cancellationToken);
        return new Dreams(engine, journal, TimeProvider.System, new RandomIdSource());
    }

    /// <summary>Gathering lessons of a project, on this bench's model and within the ceilings of the settings.</summary>
    public DreamRequest DreamRequest(string workspace) => new()
    {
        Workspace = workspace,
        Model = Models.Default,
        Budget = Settings.Budget.Tokens,
        BudgetDollars = Settings.Budget.Dollars,
    };

    /// <summary>What past runs taught, for the planner; null when nothing did, or the settings say not to use it.</summary>
    public async Task<string?> PlannerLessonsAsync(CancellationToken cancellationToken) => !Settings.Lessons.Use
        ? null
        : (await (await JournalAsync(cancellationToken)).ReadLessonsAsync(ProjectFolder.RootOf(Workspace), cancellationToken)).ForPlanner();

    /// <summary>Starts in the background what the first run will need. Its failures show when they matter.</summary>
    public void Warm()
    {
        if (owner is not null)
        {
            owner.Warm();
            return;
        }

        var cancellationToken = Lifetime;
        // A server has runs of others to take up, whether or not a client ever asks it for something.
        _ = options.Attends ? Task.Run(() => AwaitJournalAsync(cancellationToken), cancellationToken) : (Task)Open();
        _ = Task.Run(() => WarmScriptsAsync(cancellationToken), cancellationToken);
        _ = Task.Run(() => AgentHosts.WarmAsync(host.Value, Workspace), cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await lifetime.CancelAsync();
        if (opened is { } task)
        {
            // Whoever asked for it has been told why it did not open; here that must not hide another error.
            await task.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            await attending.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            if (task.IsCompletedSuccessfully)
            {
                var (journal, engine) = task.Result;
                dispatcher?.Leave();
                await engine.DisposeAsync();
                if (dispatcher is not null)
                    await dispatcher.DisposeAsync();
                await journal.DisposeAsync();
            }
        }

        if (processes is not null)
            await processes.DisposeAsync();
        if (ownsHost && host.IsValueCreated)
            (host.Value as IDisposable)?.Dispose();
        await export.DisposeAsync();
        lifetime.Dispose();
    }

    private Task WarmScriptsAsync(CancellationToken cancellationToken)
    {
        if (processes is null)
            return scripts.WarmAsync(cancellationToken);
        processes.Warm();
        return Task.CompletedTask;
    }

    private Task<(IJournal Journal, WorkflowEngine Engine)> Open()
    {
        if (owner is not null)
            return owner.Open();
        lock (opening)
        {
            // A journal that could not be opened is tried again: a lock goes away, a disk gets room.
            if (opened is null or { IsFaulted: true } or { IsCanceled: true })
                opened = Task.Run(OpenAsync);
            return opened;
        }
    }

    private async Task<(IJournal Journal, WorkflowEngine Engine)> OpenAsync()
    {
        var agents = Task.Run(() => host.Value);
        // Before the journal: whoever wrote a wrong address has it named at once.
        var broker = Dispatches() ? DispatchAddress.Find(options.Dispatch, Settings) : null;
        if (broker is not null)
            DispatchAddress.RequireServer(options.Journal);
        var journal = await JournalOpener.OpenAsync(options, lifetime.Token);
        var runner = await agents;
        if (broker is not null)
            runner = dispatcher = CallRoutes.Dispatch(broker, journal, runner);
        var engine = new WorkflowEngine(
            broker is null ? Limits() with { AgentsElsewhere = options.IsWorker } : Posting(Limits()),
            journal,
            runner,
            processes ?? (IScriptRuntimeFactory)scripts,
            Catalog,
            TimeProvider.System,
            new RandomIdSource(),
            new AnswerSchemas(),
            Policy);
        if (options.Attends)
            attending = AttendAsync(journal, engine);
        return (journal, engine);
    }

    /// <summary>Takes up what was left behind, once that would be exported.</summary>
    private async Task AttendAsync(IJournal journal, WorkflowEngine engine)
    {
        await export.SoonAsync(lifetime.Token);
        engine.Attend(run => Models.CanRun(run.Settings.Model)
            && Policy?.Refuse(run.Settings.Workspace, run.Settings.SavedAs) is null
            && (!IsShared || Directory.Exists(run.Settings.Workspace)));
        DreamWatch.Start(this, new Dreams(engine, journal, TimeProvider.System, new RandomIdSource()), TimeProvider.System);
    }

    /// <summary>Null while the journal is not open: the host is made before, and nothing waits for it.</summary>
    private IAgentSlots? ShareSlots(string pool, int width) =>
        opened is { IsCompletedSuccessfully: true } task ? task.Result.Journal.ShareSlots(pool, width) : null;

    /// <summary>Servers on other machines may have the journal too, with other folders.</summary>
    private bool IsShared => !options.InMemory && JournalPath.IsServer(JournalPath.Resolve(options.Journal));

    /// <summary>
    /// The workers hold the limit. The server has some more calls posted than that, so that a worker that gets free finds one waiting
    /// and not a journey to the script and back.
    /// </summary>
    private static EngineOptions Posting(EngineOptions limits) =>
        limits with { AgentsElsewhere = true, Concurrency = limits.Concurrency + Math.Max(4, limits.Concurrency / 2) };

    private EngineOptions Limits()
    {
        var limits = new EngineOptions
        {
            ResumeInterrupted = options.ResumeInterrupted,
            TakeOver = IsShared,
            UseLessons = Settings.Lessons.Use,
            TraceContent = telemetry.Content || Settings.TraceContent,
        };
        if (Settings.Concurrency is { } width)
            limits = limits with { Concurrency = width };
        if (Policy?.Caps(Workspace).Concurrency is { } most && most.Most < limits.Concurrency)
            limits = limits with { Concurrency = (int)most.Most };
        // A command has one run, and shows it until it ends.
        return options.Attends ? limits : limits with { UnloadAfter = null };
    }

    private ProductSettings ReadSettings()
    {
        var read = SettingsReader.Read(UserHome, Workspace);
        foreach (var warning in read.Warnings)
            Console.Error.WriteLine($"warning: {warning}");
        return read;
    }
}
