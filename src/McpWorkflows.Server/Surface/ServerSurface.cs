using McpWorkflows.Server.Composition;
using McpWorkflows.Server.Http;
using McpWorkflows.Server.Prompts;
using McpWorkflows.Server.Questions;
using McpWorkflows.Server.Resources;
using McpWorkflows.Server.Sampling;
using McpWorkflows.Server.Tasks;
using McpWorkflows.Server.Tools;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpWorkflows.Server.Surface;

/// <summary>
/// Everything that a client can see, for any transport: tools, resources, prompts, completion, subscriptions and tasks.
/// One per process; each connection takes options of its own from it.
/// </summary>
internal sealed class ServerSurface : IHttpSurface
{
    public const string Name = "mcp-workflows";

    private readonly SurfaceOptions options;
    private readonly McpServerPrimitiveCollection<McpServerTool> tools = [];
    private readonly WorkflowResources resources;
    private readonly WorkflowPrompts prompts;
    private readonly Completions completions;
    private readonly ChangeFeed changes;
    private readonly QuestionLayer questions;
    private readonly ClientModels clients;
    private readonly TaskLayer? tasks;

    public ServerSurface(Workbench workbench, SurfaceOptions options, ILogger logger, TimeProvider time)
    {
        this.options = options;
        var watch = new RunWatch(time);
        McpServerTool[] all =
        [
            new StartWorkflowTool(workbench, watch, logger),
            new GetStatusTool(workbench, watch, logger),
            new ResumeTool(workbench, watch, logger),
            new CancelWorkflowTool(workbench, logger),
            new ListWorkflowsTool(workbench, logger),
            new SaveWorkflowTool(workbench, logger),
        ];
        foreach (var tool in all.Where(tool => options.Offered.Contains(tool.ProtocolTool.Name)))
            tools.Add(tool);
        resources = new WorkflowResources(workbench, logger);
        prompts = new WorkflowPrompts(workbench, options);
        completions = new Completions(workbench);
        changes = new ChangeFeed(new WorkflowWatch(workbench, resources, time), time, logger, workbench.Lifetime);
        questions = new QuestionLayer(workbench);
        clients = workbench.Models.Clients;
        tasks = options.Tasks && options.Offered.Contains("start_workflow") ? new TaskLayer(new RunTasks(workbench), time) : null;
        Modern = Options(pushes: false);
        Handshake = Options(pushes: false);
        Handshake.Capabilities!.Resources = new ResourcesCapability();
        Handshake.Capabilities.Prompts = new PromptsCapability();
    }

    public McpServerOptions Modern { get; }

    public McpServerOptions Handshake { get; }

    public string? RoutingParameter(string method) => tasks is null ? null : TaskLayer.RoutingParameter(method);

    /// <summary>For one connection to which notifications can be sent at any time: stdio, or a local socket.</summary>
    public ClientConnection Connect()
    {
        var own = Options(pushes: true);
        return new ClientConnection(own, changes, clients.AddTo(own));
    }

    private McpServerOptions Options(bool pushes)
    {
        var result = new McpServerOptions
        {
            ServerInfo = new Implementation { Name = Name, Title = "MCP Workflows", Version = ProductVersion.Text },
            ServerInstructions = PromptFiles.Load(options.ReadOnly ? "instructions-read-only.md" : "instructions.md"),
            ToolCollection = tools,
            Capabilities = new ServerCapabilities
            {
                Resources = new ResourcesCapability { Subscribe = true, ListChanged = true },
                Prompts = new PromptsCapability { ListChanged = true },
                Completions = new CompletionsCapability(),
            },
        };
        result.Filters.Request.ListToolsFilters.Add(next => async (request, cancellationToken) => InOrder(await next(request, cancellationToken)));
        resources.AddTo(result);
        prompts.AddTo(result);
        result.Handlers.CompleteHandler = completions.CompleteAsync;
        changes.AddTo(result);
        if (!options.ReadOnly)
            questions.AddTo(result, pushes);
        tasks?.AddTo(result);
        return result;
    }

    private static ListToolsResult InOrder(ListToolsResult listed)
    {
        listed.Tools = [.. listed.Tools.OrderBy(tool => SurfaceOptions.AllTools.ToList().IndexOf(tool.Name))];
        return listed;
    }
}
